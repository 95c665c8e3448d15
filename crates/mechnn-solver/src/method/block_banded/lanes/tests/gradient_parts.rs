//! The numbers of a gradient, input by input.

use ndarray::Axis;

use crate::gradient::{OdeGradient, StepsGradient};

/// The gradient of each input, with its name; that of the steps as with one clock.
pub(super) fn gradient_parts(gradient: &OdeGradient) -> [(&'static str, Vec<f64>); 5] {
    let steps = match &gradient.steps {
        StepsGradient::Shared(steps) => steps.iter().copied().collect(),
        StepsGradient::PerDimension(steps) => steps.sum_axis(Axis(2)).into_iter().collect(),
    };
    [
        ("coefficients", gradient.coefficients.iter().copied().collect()),
        ("forcing", gradient.forcing.iter().copied().collect()),
        ("initial values", gradient.initial.iter().copied().collect()),
        ("steps", steps),
        ("weights", gradient.weights.to_vec()),
    ]
}

/// Largest difference relative to the largest number, or to 1, the size of all inputs: where a square system leaves no
/// residuals, the gradient of the weights is zero but for rounding.
pub(super) fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(1.0, |most: f64, number| most.max(number.abs()));
    let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // A NaN stays.
    apart.fold(0.0, |most: f64, apart| if apart <= most { most } else { apart }) / size
}
