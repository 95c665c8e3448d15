//! Starts from states that are noisy, coarse or useless.

use mechnn_solver::nonlinear::problems::Reference;
use mechnn_solver::nonlinear::{Start, Status};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::standard::{self, ALLOWED, error, named, solve, solver};

#[test]
fn warm_starts_converge_from_noisy_states_in_few_iterations() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for name in ["Lotka", "Lorenz", "pendulum", "Brusselator", "FitzHugh"] {
        let mut problem = named(name);
        let end = problem.times[problem.times.len() - 1];
        problem.times = (0..=100).map(|k| end * k as f64 / 100.0).collect();
        let relative = 1e-6;
        let solver = solver(&problem, relative);
        let cold = solve(&solver, &problem);
        let noisy = cold.states.mapv(|x| x + 0.05 * x.abs() * (random.random::<f64>() - 0.5));
        let warm = solver
            .solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, noisy.view())
            .unwrap();
        assert_eq!((warm.status, warm.info.start), (Status::Converged, Start::Warm), "{name}");
        println!(
            "{name}: {} iterations in {} windows, {} steps",
            warm.info.iterations, warm.info.windows, warm.info.steps
        );
        assert!(warm.info.iterations <= 12, "{name}: {} iterations", warm.info.iterations);
        let error = error(&problem, &warm.states, relative);
        assert!(error <= ALLOWED, "{name}: error {error} tolerances");
    }
}

#[test]
fn coarse_states_are_refined_and_useless_ones_replaced() {
    let mut problem = named("pendulum");
    problem.times = vec![0.0, 2.0, 4.0, 6.0];
    let relative = 1e-8;
    let solver = solver(&problem, relative);
    let Reference::Exact(exact) = problem.reference else { panic!("closed form") };
    let coarse: Vec<f64> = problem.times.iter().flat_map(|t| exact(*t)).collect();
    let coarse = Array2::from_shape_vec((4, 2), coarse).unwrap();
    let from = |states: &Array2<f64>| {
        solver.solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, states.view()).unwrap()
    };
    let refined = from(&coarse);
    assert_eq!((refined.status, refined.info.start), (Status::Converged, Start::Warm));
    assert!(refined.info.steps > 3 && refined.info.largest_error <= 1.0);
    assert!(error(&problem, &refined.states, relative) <= ALLOWED);

    let problem = named("Robertson");
    let solver = standard::solver(&problem, relative);
    let useless = Array2::from_elem((problem.times.len(), 3), -1e3);
    let solution = solver
        .solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, useless.view())
        .unwrap();
    assert_ne!(solution.info.start, Start::Cold);
    if solution.status == Status::Converged {
        assert!(error(&problem, &solution.states, relative) <= 1e3 * ALLOWED);
    }
}
