//! From equations obeyed up to a small error to equations obeyed.

use mechnn_solver::smoother::{Estimate, GaussNewton, Marginals, SmootherError};

use super::affine_map::AffineMap;
use super::fit::{Fit, Laboratory};
use super::options::NoiseModel;
use super::simplify::simplify;
use super::start::{Start, set_proportional};

/// Levels of model error that follow the one at which structures are compared, [`super::tuning::Tuning::tight`].
const LEVELS: [f64; 6] = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5];

const PATIENT: GaussNewton = GaussNewton { max_iterations: 60, tolerance: 1e-6, corrects: true };

/// Longest step in units of the time in which the states change by their spread: from here on the error of a
/// Hermite-Simpson step is below the last level.
const LONGEST_STEP: f64 = 0.05;

/// Most times the noise is estimated from the fit and the fit with the noise, and the relative change at which they agree.
const NOISE_PASSES: usize = 10;
const SETTLED: f64 = 0.01;

const SIMPLIFYING_PASSES: usize = 4;

/// The last fit of a discovery.
pub(super) struct Polished {
    /// The data on the grid of the fit.
    pub(super) start: Start,
    pub(super) fit: Fit,
    /// Uncertainty of the states, and of every coefficient about its value, also of those that were found to be simple numbers.
    pub(super) marginals: Marginals,
}

impl Laboratory<'_> {
    /// A fit with the model error as small as the data bear, on a grid fine enough for that; then, if asked for, with
    /// coefficients that may be simple numbers set to them.
    ///
    /// While a small model error is allowed, each piece of a trajectory tells of the coefficients on its own. Without it
    /// the whole trajectory does, and where it is chaotic, that determines them far better than the pieces: errors grow
    /// exponentially, so small ones show. A model that is wrong in detail cannot follow; it keeps the level it can.
    ///
    /// # Errors
    /// [`SmootherError`] if the fit fails at the level it had.
    pub(super) fn polish(&self, fit: &Fit, simple: bool) -> Result<Polished, SmootherError> {
        let dims = self.dims();
        let rates = self.rates(&fit.candidates, &fit.estimate.parameters, &fit.estimate.states);
        let (mut start, states) = self.start.refined(LONGEST_STEP, &fit.estimate.states, &rates);
        if start.noise_model == NoiseModel::Proportional {
            // The fitted states tell the size of the noise better than the smoothed ones did.
            set_proportional(&mut start.segments, &states, dims, true);
        }
        let laboratory = Laboratory { start: &start, ..*self };
        let estimate = Estimate { states, parameters: fit.estimate.parameters.clone() };
        let first = laboratory.fit(fit.candidates.clone(), estimate, &fit.noise, &[self.tuning.tight], PATIENT)?;
        let first = laboratory.settled(first, PATIENT)?;
        let (mut fit, mut level) = laboratory.tighten(first.clone());
        let mut marginals = match laboratory.marginals(&fit, level) {
            Ok(marginals) => marginals,
            Err(_) => {
                // Next to a pole nothing is left to tell the states' directions apart.
                (fit, level) = (first, self.tuning.tight);
                laboratory.marginals(&fit, level)?
            }
        };
        if simple && let Some(simple) = laboratory.simplified(&fit, &marginals, level) {
            about_other_values(&mut marginals.parameters, &fit.parameters(), &simple.parameters());
            fit = simple;
        }
        Ok(Polished { fit, marginals, start })
    }

    /// The fit with noise and coefficients in agreement.
    ///
    /// # Errors
    /// [`SmootherError`] if not even the first fit succeeds.
    pub(super) fn settled(&self, mut fit: Fit, method: GaussNewton) -> Result<Fit, SmootherError> {
        for pass in 0..NOISE_PASSES {
            let noise = self.noise_from_residuals(&fit);
            let moved = noise.iter().zip(&fit.noise).map(|(new, old)| (new / old).ln().abs()).fold(0.0, f64::max);
            match self.improve(&Fit { noise, ..fit.clone() }, self.tuning.tight, method) {
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

    /// The fit at the smallest level of model error that the data bear, and that level.
    fn tighten(&self, first: Fit) -> (Fit, f64) {
        let tolerated = self.tuning.rise * self.observations();
        let reference = self.deviance(&first);
        let (mut best, mut reached) = (first, self.tuning.tight);
        for level in LEVELS.into_iter().filter(|level| *level < self.tuning.tight) {
            match self.improve(&best, level, PATIENT) {
                Ok(fit) if self.deviance(&fit) < reference + tolerated => (best, reached) = (fit, level),
                _ => break,
            }
        }
        (best, reached)
    }

    /// The fit with simple coefficients, if there are some and the data agree. `marginals` are those of the fit at
    /// `level`.
    fn simplified(&self, free: &Fit, marginals: &Marginals, level: f64) -> Option<Fit> {
        let units = self.units(&free.candidates);
        let p = units.len();
        let mut map = AffineMap::identity(p);
        let mut simplest: Option<(Fit, f64)> = None;
        // What is fixed makes known better what is not: again, until nothing more is simple.
        for _ in 0..SIMPLIFYING_PASSES {
            let (fit, covariance) = match &simplest {
                None => (free, marginals.parameters.clone()),
                Some((fit, level)) => (fit, fit.map.spread(&self.marginals(fit, *level).ok()?.parameters)),
            };
            if simplify(&mut map, &self.numbers(fit, &covariance)) == 0 {
                break;
            }
            let scaled = map.in_units(&units);
            let parameters = scaled.closest(&fit.parameters());
            let start = Estimate { states: fit.estimate.states.clone(), parameters };
            let candidates = fit.candidates.clone();
            let first = self.fit_constrained(candidates, scaled, start, &fit.noise, &[self.tuning.tight], PATIENT).ok();
            let next = first.map(|first| self.tighten(first));
            let allowed = self.tuning.worth_of_a_constant * (p - map.free()) as f64;
            match next {
                Some((next, reached))
                    if reached <= 10.0 * level && self.deviance(&next) - self.deviance(free) < allowed =>
                {
                    simplest = Some((next, reached));
                }
                _ => break,
            }
        }
        simplest.map(|(fit, _)| fit)
    }
}

/// The second moments of parameters about `values`, from their covariance, `[P, P]`, about what was `estimated`.
///
/// $$ E[(\theta - v)(\theta - v)^\top] = C + (\hat\theta - v)(\hat\theta - v)^\top $$
///
/// A coefficient that is set to a simple number, and those that move with it, are as uncertain as they were free, and by as
/// much as they moved.
fn about_other_values(covariance: &mut [f64], estimated: &[f64], values: &[f64]) {
    let moved: Vec<f64> = values.iter().zip(estimated).map(|(value, estimated)| value - estimated).collect();
    for (row, own) in covariance.chunks_exact_mut(moved.len().max(1)).zip(&moved) {
        row.iter_mut().zip(&moved).for_each(|(entry, other)| *entry += own * other);
    }
}

#[cfg(test)]
mod tests {
    use super::about_other_values;

    #[test]
    fn what_is_moved_is_as_uncertain_as_far_as_it_was_moved() {
        let mut covariance = vec![0.09, 0.01, 0.01, 0.04];
        about_other_values(&mut covariance, &[1.6, 2.0], &[2.0, 2.0]);
        let expected = [0.25, 0.01, 0.01, 0.04];
        assert!(covariance.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{covariance:?}");
    }
}
