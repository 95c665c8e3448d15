//! The standard problems: solved, and how wrong a solution is.

use mechnn_solver::nonlinear::problems::{self, Reference, StandardProblem};
use mechnn_solver::nonlinear::{NonlinearSolution, NonlinearSolver, Tolerance};
use ndarray::Array2;

use crate::integrator::{Peer, integrate};

pub(crate) fn solver(problem: &StandardProblem, relative: f64) -> NonlinearSolver {
    let absolute = problem.absolute.iter().map(|absolute| absolute * relative).collect();
    NonlinearSolver { tolerance: Tolerance { relative, absolute }, ..NonlinearSolver::default() }
}

pub(crate) fn solve<'a>(solver: &NonlinearSolver, problem: &'a StandardProblem) -> NonlinearSolution<'a> {
    solver.solve(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times).unwrap()
}

pub(crate) fn named(part: &str) -> StandardProblem {
    problems::all().into_iter().find(|problem| problem.name.contains(part)).unwrap()
}

/// Problems that the explicit method of the peer cannot integrate.
pub(crate) fn is_stiff(problem: &StandardProblem) -> bool {
    ["1000", "1e6", "Robertson", "HIRES", "Oregonator", "E5"].iter().any(|name| problem.name.contains(name))
}

/// What is known of the answer: rows and states.
pub(crate) fn known(problem: &StandardProblem) -> Vec<(usize, Vec<f64>)> {
    let last = problem.times.len() - 1;
    match &problem.reference {
        Reference::Exact(exact) => problem.times.iter().map(|t| exact(*t)).enumerate().collect(),
        Reference::Last(published) => vec![(last, published.clone())],
        Reference::Integrate => {
            let absolute: Vec<f64> = problem.absolute.iter().map(|absolute| absolute * 1e-11).collect();
            let peer = if is_stiff(problem) { Peer::Implicit } else { Peer::Explicit };
            let mut states = vec![(0, problem.initial.clone())];
            for n in 1..=last {
                let span = [problem.times[n - 1], problem.times[n]];
                let from = &states[n - 1].1;
                let state = integrate((&*problem.dynamics, &problem.theta), from, span, (1e-12, &absolute), peer);
                states.push((n, state));
            }
            states
        }
    }
}

/// Largest error over dimensions and known rows, in units of the relative tolerance times the largest state.
pub(crate) fn error(problem: &StandardProblem, states: &Array2<f64>, relative: f64) -> f64 {
    let known = known(problem);
    let mut worst = 0.0f64;
    for d in 0..problem.initial.len() {
        let scale = known.iter().fold(0.0f64, |max, (_, state)| max.max(state[d].abs()));
        for (n, state) in &known {
            let error = (states[[*n, d]] - state[d]).abs() / (relative * (scale + problem.absolute[d]));
            worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
        }
    }
    worst
}

/// Errors grow along unstable orbits and fall where solutions forget; 50 tolerances cover the problems here.
pub(crate) const ALLOWED: f64 = 50.0;
