//! How well the equations predict rows that had no part in their coefficients.

use mechnn_solver::smoother::{GaussNewton, RelativeNoise, WienerSmoother};

use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::prepare::PreparedData;
use crate::discovery::structure::{Guess, Problem};

/// The prediction of a trajectory's last rows, by coefficients and states refitted without them.
///
/// The terms were chosen with these rows: the score is of the coefficients and of the form, not of the search.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HeldOut {
    /// Rows that were left out.
    pub rows: usize,
    /// Variance-weighted R2 of the prediction; negative infinity if it diverges.
    pub r2: f64,
    /// Root mean square of the prediction's errors over the noise: 1 is as good as can be.
    pub error: f64,
}

/// Fraction of the rows that stay.
const KEPT: f64 = 0.8;

/// Fewer rows left out say nothing.
const FEWEST_ROWS: usize = 3;

/// The first rows of all trajectories, fitted.
pub(crate) struct Refit {
    pub(crate) data: PreparedData,
    pub(crate) fit: Fit,
    /// Rows of each trajectory that are part of it.
    pub(crate) rows: Vec<usize>,
}

/// The structure of `fit` fitted to the first 80 % of the rows of each trajectory that is long enough. None if none
/// is, or if the fit fails.
pub(crate) fn refit_without_last_rows(problem: &Problem<'_>, fit: &Fit) -> Option<Refit> {
    let dims = problem.dims();
    let mut data = problem.data.clone();
    let mut rows = Vec::new();
    let mut states = Vec::new();
    let mut offset = 0;
    for (segment, observed_at) in data.segments.iter_mut().zip(&mut data.observed_at) {
        let all = observed_at.len();
        let kept = (KEPT * all as f64) as usize;
        let observed = |d: usize, from: usize, to: usize| {
            observed_at[from..to].iter().filter(|&&at| !segment.observations[at * dims + d].is_nan()).count()
        };
        let long_enough = all - kept >= FEWEST_ROWS
            && (0..problem.data.roles.measured()).all(|d| observed(d, 0, kept) >= WienerSmoother::MIN_OBSERVATIONS)
            && (0..dims).any(|d| observed(d, kept, all) > 0);
        let kept = if long_enough { kept } else { all };
        rows.push(kept);
        let own = (observed_at[kept - 1] + 1) * dims;
        states.extend_from_slice(&fit.estimate.states[offset..][..own]);
        offset += segment.observations.len();
        segment.times.truncate(own / dims);
        segment.observations.truncate(own);
        if let RelativeNoise::OfEach(relative) = &mut segment.relative_noise {
            relative.truncate(own);
        }
        observed_at.truncate(kept);
    }
    if rows.iter().zip(&problem.data.observed_at).all(|(kept, all)| *kept == all.len()) {
        return None;
    }
    let guess = Guess { structure: fit.structure.clone(), parameters: fit.parameters() };
    let levels = [problem.tuning.tight];
    let estimator = Estimator::new(problem.on(&data));
    let fit = estimator.fit(guess, states, &fit.noise, &levels, GaussNewton::default()).ok()?;
    Some(Refit { data, fit, rows })
}
