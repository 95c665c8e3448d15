//! A check of hand-written Jacobians, for tests.

use super::error::{NonlinearError, check_vector};
use crate::dynamics::{Dynamics, Linearization};

/// Largest difference between the Jacobians of `dynamics` at a point and central differences of its rate, each
/// relative to the largest entry of its row. About 1e-9 for right Jacobians of well scaled problems, above 1e-3 for
/// wrong ones; infinite if an entry, or the difference between the rate of both methods, is not finite.
///
/// Increments are `6e-6 max(|x_j|, 1e-3 |x|)`, so the point should be a typical one, not the origin.
///
/// # Shapes
/// - `x`: `[D]`
/// - `theta`: `[P]`
///
/// # Errors
/// [`NonlinearError`] if a length does not fit or an entry is not finite.
pub fn check_jacobians(dynamics: &dyn Dynamics, t: f64, x: &[f64], theta: &[f64]) -> Result<f64, NonlinearError> {
    let (dims, parameters) = (dynamics.dims(), dynamics.parameters());
    check_vector("x", "dimensions", x, dims)?;
    check_vector("theta", "parameters", theta, parameters)?;
    let mut at = Linearization::zeros(dims, parameters);
    dynamics.linearize(t, x, theta, &mut at);
    let rate = |x: &[f64], theta: &[f64]| {
        let mut rate = vec![f64::NAN; dims];
        dynamics.rate(t, x, theta, &mut rate);
        rate
    };
    let here = rate(x, theta);
    let rates = worst(dims, 1, &at.rate, &here);
    let by_state = differences(x, dims, |moved| rate(moved, theta));
    let by_parameter = differences(theta, dims, |moved| rate(x, moved));
    let states = worst(dims, dims, &at.by_state, &by_state);
    Ok(rates.max(states).max(worst(dims, parameters, &at.by_parameter, &by_parameter)))
}

/// Central differences of `f` in every entry of `at`, `[dims, len]` row-major.
fn differences(at: &[f64], dims: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let typical = at.iter().fold(0.0f64, |max, value| max.max(value.abs()));
    let mut jacobian = vec![0.0; dims * at.len()];
    for j in 0..at.len() {
        let size = at[j].abs().max(1e-3 * typical);
        // The cube root of the rounding balances it against the third derivative.
        let increment = f64::EPSILON.cbrt() * if size > 0.0 { size } else { 1.0 };
        let moved = |sign: f64| {
            let mut moved = at.to_vec();
            moved[j] += sign * increment;
            (moved[j], f(&moved))
        };
        let ((right, above), (left, below)) = (moved(1.0), moved(-1.0));
        for d in 0..dims {
            jacobian[d * at.len() + j] = (above[d] - below[d]) / (right - left);
        }
    }
    jacobian
}

fn worst(rows: usize, columns: usize, given: &[f64], differences: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for row in 0..rows {
        let range = row * columns..(row + 1) * columns;
        let both = || given[range.clone()].iter().zip(&differences[range.clone()]);
        let largest = both().fold(f64::MIN_POSITIVE, |max, (a, b)| max.max(a.abs()).max(b.abs()));
        for (a, b) in both() {
            let difference = (a - b).abs() / largest;
            worst = if difference.is_nan() { f64::INFINITY } else { worst.max(difference) };
        }
    }
    worst
}
