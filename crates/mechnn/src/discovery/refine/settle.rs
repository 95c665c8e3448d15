//! Noise and fit brought into agreement.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use crate::discovery::fit::{Estimator, Fit, noise_from_residuals};
use crate::discovery::structure::Problem;
use crate::estimation::largest_change;

/// Most times the noise is estimated from the fit and the fit with the noise, and the relative change at which they
/// agree.
const PASSES: usize = 10;
const SETTLED: f64 = 0.01;

/// The fit with noise and numbers in agreement.
///
/// # Errors
/// [`SmootherError`] if not even the first fit succeeds.
pub(crate) fn settled(problem: &Problem<'_>, mut fit: Fit, method: GaussNewton) -> Result<Fit, SmootherError> {
    let estimator = Estimator::new(*problem);
    for pass in 0..PASSES {
        let noise = noise_from_residuals(problem, &fit);
        let moved = largest_change(&fit.noise, &noise);
        match estimator.improve_with_noise(&fit, &noise, problem.tuning.tight, method) {
            Ok(next) => fit = next,
            Err(error) if pass == 0 => return Err(error),
            Err(_) => break,
        }
        if moved < SETTLED {
            break;
        }
    }
    Ok(fit)
}
