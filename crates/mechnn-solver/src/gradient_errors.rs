//! How far rounding may have moved a gradient.

use crate::gradient::{OdeGradient, StepsGradient};

/// Estimated rounding error of a gradient: for each input the largest error of one of its entries, in the unit of the
/// gradient. An input whose gradient is not larger than this has no digit that is sure.
///
/// Of least squares it is the change that another correction of the solution and of the adjoint would make, as
/// [`SolveInfo::error_estimate`](crate::SolveInfo::error_estimate) is for the values, and not less than a rounding of the
/// largest entry times the condition that the pivots and weights suggest; of collocation the relative
/// error of one solve with the factors, times the largest entry.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GradientErrors {
    /// Of the coefficients.
    pub coefficients: f64,
    /// Of the forcing.
    pub forcing: f64,
    /// Of the initial values.
    pub initial: f64,
    /// Of the steps.
    pub steps: f64,
    /// Of the periodic jump; 0 if there is none.
    pub periodic_jump: f64,
    /// Of the boundary values; 0 if there are none.
    pub boundary: f64,
    /// Of the weights.
    pub weights: f64,
    /// Of gamma * alpha.
    pub gamma_alpha: f64,
}

impl GradientErrors {
    /// The largest change of each input from one gradient of a problem to another; at least the rounding error of the
    /// largest entry.
    pub(crate) fn between(gradient: &OdeGradient, corrected: &OdeGradient) -> Self {
        Self {
            coefficients: largest_change(&gradient.coefficients, &corrected.coefficients),
            forcing: largest_change(&gradient.forcing, &corrected.forcing),
            initial: largest_change(&gradient.initial, &corrected.initial),
            steps: match (&gradient.steps, &corrected.steps) {
                (StepsGradient::Shared(own), StepsGradient::Shared(corrected)) => largest_change(own, corrected),
                (StepsGradient::PerDimension(own), StepsGradient::PerDimension(corrected)) => {
                    largest_change(own, corrected)
                }
                _ => unreachable!("both are gradients of one problem"),
            },
            periodic_jump: largest_change(
                gradient.periodic_jump.iter().flatten(),
                corrected.periodic_jump.iter().flatten(),
            ),
            boundary: largest_change(gradient.boundary.iter().flatten(), corrected.boundary.iter().flatten()),
            weights: largest_change(&gradient.weights, &corrected.weights),
            gamma_alpha: largest_change([&gradient.gamma_alpha], [&corrected.gamma_alpha]),
        }
    }
}

impl GradientErrors {
    /// The larger error of each input.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            coefficients: self.coefficients.max(other.coefficients),
            forcing: self.forcing.max(other.forcing),
            initial: self.initial.max(other.initial),
            steps: self.steps.max(other.steps),
            periodic_jump: self.periodic_jump.max(other.periodic_jump),
            boundary: self.boundary.max(other.boundary),
            weights: self.weights.max(other.weights),
            gamma_alpha: self.gamma_alpha.max(other.gamma_alpha),
        }
    }

    /// Each input's largest entry times `relative`.
    pub(crate) fn relative(gradient: &OdeGradient, relative: f64) -> Self {
        fn largest<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> f64 {
            numbers.into_iter().fold(0.0, |most, number| most.max(number.abs()))
        }
        Self {
            coefficients: relative * largest(&gradient.coefficients),
            forcing: relative * largest(&gradient.forcing),
            initial: relative * largest(&gradient.initial),
            steps: relative
                * match &gradient.steps {
                    StepsGradient::Shared(steps) => largest(steps),
                    StepsGradient::PerDimension(steps) => largest(steps),
                },
            periodic_jump: relative * largest(gradient.periodic_jump.iter().flatten()),
            boundary: relative * largest(gradient.boundary.iter().flatten()),
            weights: relative * largest(&gradient.weights),
            gamma_alpha: relative * gradient.gamma_alpha.abs(),
        }
    }
}

fn largest_change<'a>(own: impl IntoIterator<Item = &'a f64>, corrected: impl IntoIterator<Item = &'a f64>) -> f64 {
    let pairs = own.into_iter().zip(corrected);
    let (change, size) = pairs.fold((0.0_f64, 0.0_f64), |(change, size), (own, corrected)| {
        (change.max((own - corrected).abs()), size.max(own.abs()))
    });
    change.max(f64::EPSILON * size)
}
