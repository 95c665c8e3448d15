//! The last fit of a discovery.

use mechnn_solver::smoother::{Marginals, SmootherError};

use super::settle::settled;
use super::simplify::{about_other_values, simplified};
use super::tighten::{PATIENT, tightened};
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
    // The fitted states tell the size of the noise better than the smoothed ones did.
    data.set_noise_parts(data.noise_parts.clone(), &states, StatesAre::Fitted);
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

#[cfg(test)]
mod tests {
    use super::{LONGEST_STEP, polish};
    use crate::discovery::test_problem::{SWING, TestProblem, polynomials, simulated, times};

    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    #[test]
    fn simple_numbers_are_set_with_the_uncertainty_that_they_had() {
        let test = TestProblem::swing(1, 0.02);
        let fit = test.fit(&TRUE);
        let [free, simple] = [false, true].map(|simple| polish(&test.problem(), &fit, simple).expect("a fit"));
        let (numbers, estimates) = (test.numbers(&simple.fit), test.numbers(&free.fit));
        assert!((numbers[0] - 1.0).abs() < 1e-12 && (numbers[1] + 2.0).abs() < 1e-12, "{numbers:?}");
        assert!(free.fit.map.is_identity() && estimates[0] != 1.0 && estimates[1] != -2.0, "{estimates:?}");
        // Of each number the second moment about its value: at least the variance about the estimate.
        for j in 0..3 {
            let [before, after] = [&free, &simple].map(|own| own.marginals.parameters[j * 3 + j]);
            let moved = (simple.fit.parameters()[j] - free.fit.parameters()[j]).powi(2);
            assert!((after - before - moved).abs() < 1e-9 * after, "number {j}: {before}, {moved}, {after}");
        }
    }

    #[test]
    fn the_last_fit_is_on_a_grid_whose_steps_are_short() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.25));
        let test = TestProblem::new(data, &polynomials(1));
        let polished = polish(&test.problem(), &test.fit(&TRUE), false).expect("a fit");
        let times = &polished.data.segments[0].times;
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= LONGEST_STEP));
        assert_eq!(polished.fit.estimate.states.len(), 2 * times.len());
        assert_eq!(polished.marginals.states.len(), 2 * times.len());
        for (found, expected) in test.numbers(&polished.fit).iter().zip([1.0, -2.0, -0.3]) {
            // Exact data, and an error of a step that is a 16th of what it was on the grid of the data.
            assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
        }
    }
}
