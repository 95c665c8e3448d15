//! Additive or proportional noise, judged by what a fit leaves of the data.

use mechnn_solver::smoother::GaussNewton;

use super::fit::{Fit, Laboratory, NOISE_FLOOR};
use super::options::NoiseModel;
use super::start::{Start, set_proportional};

/// Level of model error on the way to the fit under the other noise model.
const FIRST_LEVEL: f64 = 0.02;

impl Laboratory<'_> {
    /// The data and the fit under the other noise model, if the data make that one more likely.
    ///
    /// The smoothed states decide first, and cannot do it well: how smooth a state or its logarithm is says more than
    /// the noise does. Against equations the residuals can be compared by themselves.
    pub(super) fn with_other_noise(&self, fit: &Fit) -> Option<(Start, Fit)> {
        let mut start = self.start.clone();
        match start.noise_model {
            NoiseModel::Additive => {
                start.noise_model = NoiseModel::Proportional;
                set_proportional(&mut start.segments, &fit.estimate.states, self.dims(), false);
            }
            NoiseModel::Proportional => {
                start.noise_model = NoiseModel::Additive;
                start.segments.iter_mut().for_each(|segment| segment.relative_noise.clear());
            }
        }
        let laboratory = Laboratory { start: &start, ..*self };
        let noise = laboratory.noise_from_residuals(fit);
        let estimate = fit.estimate.clone();
        let levels = [FIRST_LEVEL, self.tuning.tight];
        let other = laboratory.fit(fit.candidates.clone(), estimate, &noise, &levels, GaussNewton::default()).ok()?;
        let gain = self.noise_deviance(fit) - laboratory.noise_deviance(&other);
        (gain > self.tuning.other_noise).then_some((start, other))
    }

    /// Minus twice the log-likelihood of all residuals, the noise of every state at its best: with residuals e and the
    /// sizes r of the noise relative to it,
    ///
    /// $$ \sum_d n_d \ln\Big( \tfrac{1}{n_d} \sum_i e_i^2 / r_i^2 \Big) + 2 \sum_i \ln r_i $$
    fn noise_deviance(&self, fit: &Fit) -> f64 {
        let dims = self.dims();
        let (mut squares, mut counts, mut sizes) = (vec![0.0; dims], vec![0.0; dims], 0.0);
        let mut offset = 0;
        for segment in &self.start.segments {
            let states = &fit.estimate.states[offset..][..segment.observations.len()];
            for (index, (x, y)) in
                states.iter().zip(&segment.observations).enumerate().filter(|(_, (_, y))| !y.is_nan())
            {
                let relative = segment.relative_noise.get(index).copied().unwrap_or(1.0);
                squares[index % dims] += ((x - y) / relative).powi(2);
                counts[index % dims] += 1.0;
                sizes += 2.0 * relative.ln();
            }
            offset += segment.observations.len();
        }
        let of_state =
            |d: usize| counts[d] * (squares[d] / counts[d] + (NOISE_FLOOR * self.start.spread[d]).powi(2)).ln();
        (0..dims).filter(|&d| counts[d] > 0.0).map(of_state).sum::<f64>() + sizes
    }
}
