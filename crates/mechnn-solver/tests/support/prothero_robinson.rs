//! The problem of Prothero and Robinson: stiff, with a smooth solution.

use mechnn_solver::{InitialValues, LinearOde, OdeProblem, ProblemError, TimeGrid};
use ndarray::{Array3, Array4, Array5};

/// `u' = -λ (u - cos t) - sin t`, divided by λ, on `points` points of step `step`; `u(0) = 1 + offset`.
///
/// The solution is `cos t + offset exp(-λ t)`. K = `orders`, one equation.
pub(crate) fn prothero_robinson(
    lambda: f64,
    points: usize,
    step: f64,
    orders: usize,
    offset: f64,
) -> Result<OdeProblem, ProblemError> {
    let coefficients = Array5::from_shape_fn((1, 1, 1, 1, orders), |(_, _, _, _, derivative)| {
        [1.0, 1.0 / lambda].get(derivative).copied().unwrap_or(0.0)
    });
    let forcing = Array3::from_shape_fn((1, points, 1), |(_, t, _)| {
        let t = t as f64 * step;
        t.cos() - t.sin() / lambda
    });
    let start = InitialValues::new(Array4::from_elem((1, 1, 1, 1), 1.0 + offset));
    OdeProblem::new(&LinearOde::new(coefficients, forcing), &TimeGrid::uniform(points, step), &start)
}
