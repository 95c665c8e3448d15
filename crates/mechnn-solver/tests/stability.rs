//! Steps far above the time scale of the equation neither amplify an error nor lose the smooth solution.
#![allow(clippy::unwrap_used)]

use mechnn_solver::method::BlockBanded;
use mechnn_solver::{OdeSolver, Scheme, Weights};

#[path = "support/prothero_robinson.rs"]
mod prothero_robinson;

use prothero_robinson::prothero_robinson;

/// 500 steps: an amplification by 1 % a step would be a factor of 145.
const POINTS: usize = 501;

const SCHEMES: [(Scheme, usize); 5] = [
    (Scheme::IntegratedWiener, 2),
    (Scheme::IntegratedWiener, 3),
    (Scheme::IntegratedWiener, 4),
    (Scheme::IntegratedWiener, 5),
    (Scheme::Pade, 2),
];

#[test]
fn a_smooth_solution_survives_stiffness() {
    for lambda in [1e3, 1e5] {
        for step in [0.01, 0.2, 1.0] {
            for (scheme, orders) in SCHEMES {
                let errors = errors(lambda, step, scheme, orders, 0.0);
                let largest = errors.iter().copied().fold(0.0, f64::max);
                // An error O(h^k) of u' leaves 1 / λ of it in u, since the equation holds: K = 2, h = 1 has 0.28 /
                // λ.
                let bound = 0.5 * step / lambda;
                assert!(largest < bound, "{} K = {orders}, λ = {lambda:e}, h = {step}: {largest:e}", scheme.name());
            }
        }
    }
}

#[test]
fn an_initial_error_is_not_amplified() {
    // u(0) is 1 off; the exact difference is exp(-λ t), gone after one step.
    for lambda in [1e3, 1e5] {
        for step in [0.01, 0.2, 1.0] {
            for (scheme, orders) in SCHEMES {
                let errors = errors(lambda, step, scheme, orders, 1.0);
                let name = format!("{} K = {orders}, λ = {lambda:e}, h = {step}", scheme.name());
                let largest = errors.iter().copied().fold(0.0, f64::max);
                assert!(largest < 1.0 + 1e-6, "{name}: {largest:e}");
                match scheme {
                    // The trapezoidal rule multiplies it by (2 - λ h) / (2 + λ h) a step: A-stable, not L-stable.
                    Scheme::Pade => {
                        let factor = ((2.0 - lambda * step) / (2.0 + lambda * step)).abs();
                        for (t, error) in errors.iter().enumerate() {
                            let expected = factor.powi(t as i32);
                            assert!((error - expected).abs() < 1e-3, "{name}, point {t}: {error:e}, {expected:e}");
                        }
                    }
                    // The process forgets it: below 1 % after ten steps.
                    _ => {
                        let later = errors[10..].iter().copied().fold(0.0, f64::max);
                        assert!(later < 1e-2, "{name}: {later:e} after ten steps");
                    }
                }
            }
        }
    }
}

/// `|u - cos t|` at every point, equations and initial value hard.
fn errors(lambda: f64, step: f64, scheme: Scheme, orders: usize, offset: f64) -> Vec<f64> {
    let weights = Weights { equation: 1e4, initial: 1e4, smoothness: 1.0 };
    let problem = prothero_robinson(lambda, POINTS, step, orders, offset).unwrap();
    let problem = problem.with_scheme(scheme).unwrap().with_weights(weights).unwrap();
    let solution = BlockBanded.solve(&problem).unwrap();
    (0..POINTS).map(|t| (solution.values[[0, t, 0, 0]] - (t as f64 * step).cos()).abs()).collect()
}
