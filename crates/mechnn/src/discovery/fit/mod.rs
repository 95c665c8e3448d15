//! One structure fitted to the data, and what that is worth.

mod right_hand_side;

mod evaluation;

mod many_points;

mod dynamics;

mod affine_map;

mod constrained;

mod penalty;

mod fitted;

mod residual_noise;

mod criterion;

mod estimator;

#[cfg(test)]
mod tests;

pub(crate) use affine_map::AffineMap;
pub(crate) use criterion::Criterion;
pub(crate) use estimator::Estimator;
pub(crate) use fitted::Fit;
pub(crate) use residual_noise::{NOISE_FLOOR, floored, noise_from_residuals, residual_noise};
