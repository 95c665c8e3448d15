//! Gradients as named lists of numbers, to compare and to fill.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::{OdeGradient, StepsGradient};

/// The inputs of a problem by name, in the order of [`parts_mut`].
pub(crate) const INPUTS: [&str; 8] = [
    "coefficients",
    "forcing",
    "initial values",
    "steps",
    "periodic jump",
    "boundary values",
    "weights",
    "gamma_alpha",
];

/// The numbers of each input.
pub(crate) fn parts(gradient: &OdeGradient) -> [Vec<f64>; 8] {
    let mut gradient = gradient.clone();
    parts_mut(&mut gradient).map(|part| part.into_iter().map(|number| *number).collect())
}

/// The numbers of each input, to be written.
pub(crate) fn parts_mut(gradient: &mut OdeGradient) -> [Vec<&mut f64>; 8] {
    let steps = match &mut gradient.steps {
        StepsGradient::Shared(steps) => steps.iter_mut().collect(),
        StepsGradient::PerDimension(steps) => steps.iter_mut().collect(),
    };
    [
        gradient.coefficients.iter_mut().collect(),
        gradient.forcing.iter_mut().collect(),
        gradient.initial.iter_mut().collect(),
        steps,
        gradient.periodic_jump.iter_mut().flatten().collect(),
        gradient.boundary.iter_mut().flatten().collect(),
        gradient.weights.iter_mut().collect(),
        vec![&mut gradient.gamma_alpha],
    ]
}
