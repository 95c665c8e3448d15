//! The noise model that the residuals ask for, then the last fit.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use super::noise_choice::with_other_noise;
use super::polish::{Polished, polish};
use super::settle::settled;
use crate::discovery::fit::Fit;
use crate::discovery::request::DiscoveryOptions;
use crate::discovery::structure::Problem;

/// The noise model that the residuals ask for, if none was given, and the equations obeyed as far as the data bear.
///
/// # Errors
/// [`SmootherError`] if a fit fails.
pub(crate) fn finish(problem: &Problem<'_>, fit: &Fit, options: &DiscoveryOptions) -> Result<Polished, SmootherError> {
    let other = match (options.noise_model, &options.noise_std) {
        (None, None) => with_other_noise(problem, fit),
        _ => None,
    };
    match other {
        Some((data, fit)) => {
            let problem = problem.on(&data);
            polish(&problem, &settled(&problem, fit, GaussNewton::default())?, options.simplify)
        }
        None => polish(problem, fit, options.simplify),
    }
}
