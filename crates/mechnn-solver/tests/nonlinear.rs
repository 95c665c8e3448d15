//! Initial value problems of nonlinear ODEs: accuracy, residuals, statuses.
#![allow(clippy::unwrap_used)]

mod integrator;

use integrator::{Peer, integrate};
use mechnn_solver::nonlinear::problems::{self, Reference, StandardProblem};
use mechnn_solver::nonlinear::{CollocationRule, NonlinearSolution, NonlinearSolver, Status, Tolerance};

fn solver(problem: &StandardProblem, relative: f64) -> NonlinearSolver {
    let absolute = problem.absolute.iter().map(|absolute| absolute * relative).collect();
    NonlinearSolver { tolerance: Tolerance { relative, absolute }, ..NonlinearSolver::default() }
}

fn solve<'a>(solver: &NonlinearSolver, problem: &'a StandardProblem) -> NonlinearSolution<'a> {
    solver.solve(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times).unwrap()
}

/// Problems that the explicit method of the peer cannot integrate.
fn is_stiff(problem: &StandardProblem) -> bool {
    ["1000", "1e6", "Robertson", "HIRES", "Oregonator", "E5"].iter().any(|name| problem.name.contains(name))
}

/// Largest error over dimensions and those times where the answer is known, in units of the tolerance of the largest
/// state.
fn error(problem: &StandardProblem, solution: &NonlinearSolution<'_>, relative: f64) -> f64 {
    let last = problem.times.len() - 1;
    let mut known: Vec<(usize, Vec<f64>)> = Vec::new();
    match &problem.reference {
        Reference::Exact(exact) => known.extend(problem.times.iter().map(|t| exact(*t)).enumerate()),
        Reference::Last(published) => known.push((last, published.clone())),
        Reference::Integrate => {
            let mut state = problem.initial.clone();
            let absolute: Vec<f64> = problem.absolute.iter().map(|absolute| absolute * 1e-11).collect();
            let peer = if is_stiff(problem) { Peer::Implicit } else { Peer::Explicit };
            for n in 1..=last {
                let span = [problem.times[n - 1], problem.times[n]];
                state = integrate((&*problem.dynamics, &problem.theta), &state, span, (1e-12, &absolute), peer);
                known.push((n, state.clone()));
            }
        }
    }
    let mut worst = 0.0f64;
    for d in 0..problem.initial.len() {
        let scale = known.iter().fold(0.0f64, |max, (_, state)| max.max(state[d].abs()));
        for (n, state) in &known {
            let error = (solution.states[[*n, d]] - state[d]).abs() / (relative * (scale + problem.absolute[d]));
            worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
        }
    }
    worst
}

#[test]
fn standard_problems_are_solved_to_the_tolerance() {
    for (rule, window) in [(CollocationRule::RadauThree, 1), (CollocationRule::RadauFive, 1), (CollocationRule::RadauFive, 5), (CollocationRule::RadauFive, 25)] {
        for relative in [1e-4, 1e-6, 1e-8, 1e-10] {
            println!("{rule:?} {window}, relative tolerance {relative:e}");
            println!("{:28} {:>9} {:>6} {:>5} {:>7} {:>8} {:>8}", "problem", "error/tol", "steps", "rej.", "Newton", "J evals", "ms");
            for problem in problems::all() {
                let solver = NonlinearSolver { rule, window, ..solver(&problem, relative) };
                let begin = std::time::Instant::now();
                let solution = solve(&solver, &problem);
                let time = begin.elapsed().as_secs_f64() * 1e3;
                let error = if solution.status == Status::Converged { error(&problem, &solution, relative) } else { f64::NAN };
                let info = solution.info;
                println!(
                    "{:28} {error:9.4} {:6} {:5} {:7} {:8} {time:8.2} {:?}",
                    problem.name, info.steps, info.rejected_steps, info.iterations, info.linearizations, solution.status
                );
            }
        }
    }
}
