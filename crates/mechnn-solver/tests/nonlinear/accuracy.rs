//! Solutions within the tolerance, step by step and at the end; the order of every rule.

use mechnn_solver::nonlinear::problems::{self, Reference, StandardProblem};
use mechnn_solver::nonlinear::{CollocationRule, NonlinearSolver, Status};
use mechnn_solver::smoother::Linearization;

use crate::integrator::{Peer, integrate};
use crate::standard::{ALLOWED, error, is_stiff, named, solve, solver};

fn assert_accurate(solver: impl Fn(&StandardProblem) -> NonlinearSolver, relative: f64) {
    println!("relative tolerance {relative:e}");
    let columns = ["error/tol", "steps", "rejected", "Newton", "f and J"];
    println!(
        "{:24} {:>10} {:>6} {:>8} {:>7} {:>8}",
        "problem", columns[0], columns[1], columns[2], columns[3], columns[4]
    );
    for problem in problems::all() {
        let solution = solve(&solver(&problem), &problem);
        assert_eq!(solution.status, Status::Converged, "{} at {relative:e}", problem.name);
        // Stiff problems without published values: the peer's Radau method itself ends at 3e-8.
        let is_reference_good =
            relative >= 1e-8 || !(is_stiff(&problem) && matches!(problem.reference, Reference::Integrate));
        let error = is_reference_good.then(|| error(&problem, &solution.states, relative));
        let shown = error.map_or("unknown".to_owned(), |error| format!("{error:.4}"));
        let info = solution.info;
        println!(
            "{:24} {shown:>10} {:6} {:8} {:7} {:8}",
            problem.name, info.steps, info.rejected_steps, info.iterations, info.linearizations
        );
        assert!(error.unwrap_or(0.0) <= ALLOWED, "{} at {relative:e}: error {shown} tolerances", problem.name);
        assert!(info.largest_error <= 1.0, "{}: accepted a step with {}", problem.name, info.largest_error);
    }
}

#[test]
fn standard_problems_are_solved_to_the_tolerance() {
    for relative in [1e-4, 1e-6, 1e-8, 1e-10] {
        assert_accurate(|problem| solver(problem, relative), relative);
    }
}

#[test]
fn other_rules_and_longer_windows_keep_the_tolerance() {
    for relative in [1e-4, 1e-6] {
        assert_accurate(
            |problem| NonlinearSolver { rule: CollocationRule::RadauThree, ..solver(problem, relative) },
            relative,
        );
        for window in [5, 25] {
            assert_accurate(|problem| NonlinearSolver { window, ..solver(problem, relative) }, relative);
        }
    }
    let relative = 1e-4;
    for problem in problems::all().iter().filter(|problem| !is_stiff(problem)) {
        let solver = NonlinearSolver { rule: CollocationRule::HermiteSimpson, ..solver(problem, relative) };
        let solution = solve(&solver, problem);
        assert_eq!(solution.status, Status::Converged, "{}", problem.name);
        let error = error(problem, &solution.states, relative);
        assert!(error <= ALLOWED, "Hermite-Simpson on {}: error {error} tolerances", problem.name);
    }
}

/// The peer's explicit method where the step allows it: its implicit one is 100 times less accurate than asked for.
fn peer_for(problem: &StandardProblem, time: f64, step: f64, state: &[f64]) -> Peer {
    let dims = state.len();
    let mut at = Linearization::zeros(dims, problem.theta.len());
    problem.dynamics.linearize(time, state, &problem.theta, &mut at);
    let row_sums = at.by_state.chunks_exact(dims).map(|row| row.iter().map(|j| j.abs()).sum::<f64>());
    if step * row_sums.fold(0.0, f64::max) < 1e4 { Peer::Explicit } else { Peer::Implicit }
}

/// Every step of every converged solution, integrated again by the other implementation.
#[test]
fn every_converged_step_passes_an_independent_residual_check() {
    let cases = [1e-4, 1e-6].into_iter().flat_map(|relative| problems::all().into_iter().map(move |p| (relative, p)));
    for (relative, problem) in cases {
        for window in [1, 25] {
            let solution = solve(&NonlinearSolver { window, ..solver(&problem, relative) }, &problem);
            assert_eq!(solution.status, Status::Converged);
            let (mesh, states) = (solution.mesh(), solution.mesh_states());
            assert_eq!(states.row(0).to_vec(), problem.initial);
            for (n, time) in problem.times.iter().enumerate() {
                let node = mesh.iter().position(|node| node == time).unwrap();
                assert_eq!(solution.states.row(n), states.row(node), "{}: row {n} is not on the mesh", problem.name);
            }
            let absolute: Vec<f64> = problem.absolute.iter().map(|absolute| absolute * 1e-11).collect();
            let mut worst = 0.0f64;
            for (k, ends) in mesh.windows(2).enumerate() {
                assert!(ends[1] > ends[0]);
                let from = states.row(k).to_vec();
                let span = [ends[0], ends[1]];
                let peer = peer_for(&problem, ends[0], ends[1] - ends[0], &from);
                let state = integrate((&*problem.dynamics, &problem.theta), &from, span, (1e-12, &absolute), peer);
                for (d, value) in state.iter().enumerate() {
                    let accepted = relative * (problem.absolute[d] + value.abs().max(from[d].abs()));
                    let error = (value - states[[k + 1, d]]).abs() / accepted;
                    worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
                }
            }
            println!("{relative:e} {:24} window {window:2}: local error at most {worst:.3} tolerances", problem.name);
            // Step control accepts estimates of 0.02 tolerance^-0.4, at least 1: 5 at 1e-6. Where stiffness reduces
            // the order, the error is as large as the estimate; the other factor of 2 is the estimate's.
            assert!(worst <= 10.0, "{} at {relative:e}: local error of {worst} tolerances", problem.name);
        }
    }
}

#[test]
fn the_error_on_a_fixed_mesh_falls_with_the_order_of_the_rule() {
    for (rule, counts) in [
        (CollocationRule::HermiteSimpson, [64, 128]),
        (CollocationRule::RadauThree, [64, 128]),
        // Order 9 is at rounding soon.
        (CollocationRule::RadauFive, [24, 48]),
    ] {
        for name in ["rigid body", "Kepler", "logistic"] {
            let problem = named(name);
            let Reference::Exact(exact) = problem.reference else { panic!("{name} has a closed form") };
            let end = 10.0;
            let solver = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(1e-13, 1e-15) };
            let error = |count: usize| {
                // One octave more steps for the orbit, whose error is not asymptotic before.
                let count = if name == "Kepler" { 2 * count } else { count };
                let count = if name == "logistic" { count / 8 } else { count };
                let mesh: Vec<f64> = (0..=count).map(|k| end * k as f64 / count as f64).collect();
                let solution =
                    solver.solve_on_mesh(&*problem.dynamics, &problem.theta, &problem.initial, &mesh).unwrap();
                assert_eq!(solution.status, Status::Converged);
                let differences = solution.states.row(count).to_vec().into_iter().zip(exact(end));
                differences.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
            };
            let (coarse, fine) = (error(counts[0]), error(counts[1]));
            let order = (coarse / fine).log2();
            println!("{rule:?} on {name}: {coarse:.2e}, {fine:.2e}, order {order:.2}");
            let expected = rule.order() as f64;
            assert!(
                (order - expected).abs() < 0.2,
                "{rule:?} on {name}: order {order:.2} from {coarse:e} to {fine:e}"
            );
        }
    }
}

#[test]
fn results_do_not_depend_on_requested_times_beyond_the_tolerance_nor_on_threads() {
    let mut problem = named("Brusselator");
    let relative = 1e-8;
    let coarse = solve(&solver(&problem, relative), &problem).states;
    problem.times = (0..=1000).map(|k| k as f64 / 50.0).collect();
    let solver = NonlinearSolver { window: 25, ..solver(&problem, relative) };
    let fine = solve(&solver, &problem).states;
    for n in 0..=20 {
        for d in 0..2 {
            assert!((coarse[[n, d]] - fine[[50 * n, d]]).abs() < 20.0 * relative * 4.0);
        }
    }
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(single.install(|| solve(&solver, &problem).states), fine);
}
