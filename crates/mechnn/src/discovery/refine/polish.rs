//! The last fit of a discovery.

use mechnn_solver::smoother::{Marginals, SmootherError};

use super::settle::settled;
use super::simplify::{about_other_values, simplified};
use super::tighten::{PATIENT, tightened};
use crate::data::NoiseModel;
use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::prepare::PreparedData;
use crate::discovery::prepare::noise::StatesAre;
use crate::discovery::structure::{Guess, Problem};

/// Longest step in units of the time in which the states change by their spread: from here on the error of a
/// Hermite-Simpson step is below the last level of model error.
const LONGEST_STEP: f64 = 0.05;

/// The last fit of a discovery.
pub(crate) struct Polished {
    /// The data on the grid of the fit.
    pub(crate) data: PreparedData,
    pub(crate) fit: Fit,
    /// Uncertainty of the states, and of every number about its value, also of those that were found to be simple.
    pub(crate) marginals: Marginals,
}

/// A fit with the model error as small as the data bear, on a grid fine enough for that; then, if asked for, with
/// numbers that may be simple set to simple ones.
///
/// # Errors
/// [`SmootherError`] if the fit fails at the level it had.
pub(crate) fn polish(problem: &Problem<'_>, fit: &Fit, simple: bool) -> Result<Polished, SmootherError> {
    // A grid on which the discretisation does not matter.
    let rates = Estimator::new(*problem).rates(&fit.structure, &fit.estimate.parameters, &fit.estimate.states);
    let (mut data, states) = problem.data.refined(LONGEST_STEP, &fit.estimate.states, &rates);
    if data.noise_models.contains(&NoiseModel::Proportional) {
        // The fitted states tell the size of the noise better than the smoothed ones did.
        data.set_noise_models(data.noise_models.clone(), &states, StatesAre::Fitted);
    }
    let fine = problem.on(&data);
    let estimator = Estimator::new(fine);

    // Noise and fit in agreement, then the model error taken away.
    let guess = Guess { structure: fit.structure.clone(), parameters: fit.estimate.parameters.clone() };
    let first = estimator.fit(guess, states, &fit.noise, &[problem.tuning.tight], PATIENT)?;
    let first = settled(&fine, first, PATIENT)?;
    let (mut fit, mut level) = tightened(&fine, first.clone());
    let mut marginals = match estimator.marginals(&fit, level) {
        Ok(marginals) => marginals,
        Err(_) => {
            // Next to a pole nothing is left to tell the states' directions apart.
            (fit, level) = (first, problem.tuning.tight);
            estimator.marginals(&fit, level)?
        }
    };

    // Simple numbers.
    if simple && let Some(simple) = simplified(&fine, &fit, &marginals, level) {
        about_other_values(&mut marginals.parameters, &fit.parameters(), &simple.parameters());
        fit = simple;
    }
    Ok(Polished { fit, marginals, data })
}
