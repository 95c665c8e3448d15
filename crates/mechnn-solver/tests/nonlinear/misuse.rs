//! Inputs that do not fit are typed errors; wrong Jacobians are found.

use mechnn_solver::ProblemError;
use mechnn_solver::nonlinear::problems;
use mechnn_solver::nonlinear::{NonlinearError, NonlinearSolver, Tolerance, check_jacobians};
use ndarray::{Array2, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::scalar::Scalar;
use crate::standard::named;

#[test]
fn misuse_is_a_typed_error() {
    let problem = named("Lotka");
    let dynamics = &*problem.dynamics;
    let solver = NonlinearSolver::default();
    let solve =
        |theta: &[f64], initial: &[f64], times: &[f64]| solver.solve(dynamics, theta, initial, times).err().unwrap();
    let (theta, initial, times) = (&problem.theta[..], &problem.initial[..], &problem.times[..]);
    let is_shape =
        |error, name| matches!(error, NonlinearError::Problem(ProblemError::Shape { input, .. }) if input == name);
    assert!(is_shape(solve(&theta[1..], initial, times), "theta"));
    assert!(is_shape(solve(theta, &[1.0], times), "initial"));
    let is_not_finite =
        |error, name| matches!(error, NonlinearError::Problem(ProblemError::NotFinite { input, .. }) if input == name);
    assert!(is_not_finite(solve(&[f64::NAN; 4], initial, times), "theta"));
    assert!(is_not_finite(solve(theta, &[1.0, f64::INFINITY], times), "initial"));
    assert!(is_not_finite(solve(theta, initial, &[0.0, f64::NAN]), "times"));
    assert!(matches!(
        solve(theta, initial, &[0.0]),
        NonlinearError::Problem(ProblemError::TooFewPoints { points: 1 })
    ));
    assert!(matches!(solve(theta, initial, &[0.0, 1.0, 1.0]), NonlinearError::Problem(ProblemError::Step { .. })));
    let settings = [
        (NonlinearSolver::with_tolerance(0.0, 1e-9), "tolerance.relative"),
        (NonlinearSolver::with_tolerance(f64::NAN, 1e-9), "tolerance.relative"),
        (NonlinearSolver::with_tolerance(1e-6, 0.0), "tolerance.absolute"),
        (NonlinearSolver { max_steps: 0, ..solver.clone() }, "max_steps"),
        (NonlinearSolver { window: 0, ..solver.clone() }, "window"),
        (NonlinearSolver { max_step: -1.0, ..solver.clone() }, "max_step"),
    ];
    for (solver, setting) in settings {
        let error = solver.solve(dynamics, theta, initial, times).err().unwrap();
        assert!(matches!(error, NonlinearError::Setting { name, .. } if name == setting), "{setting}: {error}");
    }
    let three = Tolerance { relative: 1e-6, absolute: vec![1e-9; 3] };
    let error = NonlinearSolver { tolerance: three, ..solver.clone() }.solve(dynamics, theta, initial, times).err();
    assert!(is_shape(error.unwrap(), "tolerance.absolute"));
    let states = Array2::zeros((times.len(), 3));
    assert!(is_shape(solver.solve_from(dynamics, theta, initial, times, states.view()).err().unwrap(), "states"));
    let solution = solver.solve(dynamics, theta, initial, times).unwrap();
    assert!(is_shape(solution.pull(states.slice(s![1.., ..2])).unwrap_err(), "cotangent"));
}

#[test]
fn jacobians_are_checked() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for problem in problems::all() {
        let mut point = || -> Vec<f64> { problem.initial.iter().map(|_| 0.5 + random.random::<f64>()).collect() };
        let worst = check_jacobians(&*problem.dynamics, 0.7, &point(), &problem.theta).unwrap();
        assert!(worst < 1e-6, "{}: {worst:e}", problem.name);
    }
    let wrong = Scalar(|_, x: f64| x * x, |_, x| 2.1 * x);
    assert!(check_jacobians(&wrong, 0.0, &[1.0], &[]).unwrap() > 0.01);
    let undefined = Scalar(|_, x: f64| x, |_, _| f64::NAN);
    assert_eq!(check_jacobians(&undefined, 0.0, &[1.0], &[]).unwrap(), f64::INFINITY);
    assert!(check_jacobians(&wrong, 0.0, &[1.0, 2.0], &[]).is_err());
}
