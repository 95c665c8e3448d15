//! How well the equations predict rows that had no part in their coefficients.

use mechnn_solver::smoother::{Estimate, GaussNewton, WienerSmoother};

use super::fit::{Fit, Laboratory};
use super::start::Start;

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
pub(super) struct Refit {
    pub(super) start: Start,
    pub(super) fit: Fit,
    /// Rows of each trajectory that are part of it.
    pub(super) rows: Vec<usize>,
}

impl Laboratory<'_> {
    /// The structure of `fit` fitted to the first 80 % of the rows of each trajectory that is long enough. None if none
    /// is, or if the fit fails.
    pub(super) fn without_last_rows(&self, fit: &Fit) -> Option<Refit> {
        let dims = self.dims();
        let mut start = self.start.clone();
        let mut rows = Vec::new();
        let mut states = Vec::new();
        let mut offset = 0;
        for (segment, observed_at) in start.segments.iter_mut().zip(&mut start.observed_at) {
            let all = observed_at.len();
            let kept = (KEPT * all as f64) as usize;
            let observed = |d: usize, from: usize, to: usize| {
                observed_at[from..to].iter().filter(|&&at| !segment.observations[at * dims + d].is_nan()).count()
            };
            let long_enough = all - kept >= FEWEST_ROWS
                && (0..self.start.measured).all(|d| observed(d, 0, kept) >= WienerSmoother::MIN_OBSERVATIONS)
                && (0..dims).any(|d| observed(d, kept, all) > 0);
            let kept = if long_enough { kept } else { all };
            rows.push(kept);
            let own = (observed_at[kept - 1] + 1) * dims;
            states.extend_from_slice(&fit.estimate.states[offset..][..own]);
            offset += segment.observations.len();
            segment.times.truncate(own / dims);
            segment.observations.truncate(own);
            segment.relative_noise.truncate(own);
            observed_at.truncate(kept);
        }
        if rows.iter().zip(&self.start.observed_at).all(|(kept, all)| *kept == all.len()) {
            return None;
        }
        let laboratory = Laboratory { start: &start, ..*self };
        let estimate = Estimate { states, parameters: fit.parameters() };
        let refit =
            laboratory.fit(fit.candidates.clone(), estimate, &fit.noise, &[self.tuning.tight], GaussNewton::default());
        let fit = refit.ok()?;
        Some(Refit { start, fit, rows })
    }
}
