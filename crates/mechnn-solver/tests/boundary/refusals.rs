//! What cannot be solved has a status, what does not fit an error.

use mechnn_solver::nonlinear::{BoundarySolver, BoundaryStatus, LinearConditions, NonlinearError};
use ndarray::Array2;

use crate::equations::{BRATU, BURGERS};
use crate::problem::{dirichlet, line, solve, uniform};

#[test]
fn what_cannot_be_solved_has_a_status() {
    let times = uniform(1.0, 4);
    let flat = line(&times, 0.0, 0.0);
    // The same condition twice.
    let twice = LinearConditions::separated(2, &[(0, 0.0), (0, 0.0)], &[]).unwrap();
    let solution = solve(&BRATU, &[1.0], &twice, &times, &flat, 1e-6);
    assert!(matches!(solution.status, BoundaryStatus::IllConditioned { .. }), "{:?}", solution.status);
    // More steps than allowed.
    let solver = BoundarySolver { max_steps: 40, ..BoundarySolver::with_tolerance(1e-10, 1e-10) };
    let guess = line(&times, 0.0, -1.0);
    let solution = solver.solve(&BURGERS, &[1e-2], &dirichlet(0.0, -1.0), &times, guess.view()).unwrap();
    assert!(matches!(solution.status, BoundaryStatus::StepBudget { needed } if needed > 40), "{:?}", solution.status);
    // exp overflows at the guess.
    let solution = solve(&BRATU, &[1.0], &dirichlet(0.0, 0.0), &times, &line(&times, 1e4, 1e4), 1e-6);
    assert_eq!(solution.status, BoundaryStatus::NotFinite);
    assert!(solution.states.iter().all(|x| x.is_finite()));
}

#[test]
fn what_does_not_fit_is_refused() {
    let times = uniform(1.0, 4);
    let guess = line(&times, 0.0, 0.0);
    let solver = BoundarySolver::default();
    let conditions = dirichlet(0.0, 0.0);
    assert!(LinearConditions::separated(2, &[(0, 0.0)], &[]).is_err());
    assert!(LinearConditions::separated(2, &[(0, 0.0)], &[(2, 0.0)]).is_err());
    let refused = |theta: &[f64], conditions: &LinearConditions, times: &[f64], guess: &Array2<f64>| {
        solver.solve(&BRATU, theta, conditions, times, guess.view()).is_err()
    };
    assert!(refused(&[], &conditions, &times, &guess));
    assert!(refused(&[f64::NAN], &conditions, &times, &guess));
    assert!(refused(&[1.0], &conditions, &times[..1], &guess));
    assert!(refused(&[1.0], &conditions, &times, &Array2::zeros((4, 2))));
    assert!(refused(&[1.0], &conditions, &times, &Array2::from_elem((5, 2), f64::INFINITY)));
    assert!(refused(&[1.0], &dirichlet(f64::NAN, 0.0), &times, &guess));
    let wide = LinearConditions { at_first: Array2::zeros((2, 3)), ..conditions.clone() };
    assert!(refused(&[1.0], &wide, &times, &guess));
    for broken in [
        BoundarySolver { max_steps: 1, ..solver.clone() },
        BoundarySolver::with_tolerance(0.5, 1e-9),
        BoundarySolver::with_tolerance(1e-6, 0.0),
    ] {
        let error = broken.solve(&BRATU, &[1.0], &conditions, &times, guess.view()).err();
        assert!(matches!(error, Some(NonlinearError::Setting { .. })), "{error:?}");
    }
}
