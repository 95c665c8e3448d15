//! What the fit leaves of each column.

use super::inference_result::InferredNoise;
use crate::inference::description::{Noise, Observation};
use crate::inference::fit::Fit;

/// Levels of the errors and what the residuals are like, of every observation.
pub(crate) fn noise(fit: &Fit<'_>) -> Vec<InferredNoise> {
    let binding = &fit.binding;
    let predictions = binding.predictions(&fit.estimate.states, &fit.estimate.parameters);
    let levels = &binding.trajectories[0].levels;
    let of = |(k, observation): (usize, &Observation)| {
        let standardised: Vec<f64> = predictions
            .iter()
            .filter(|(row, _)| row.observation == k)
            .map(|(row, predicted)| (row.value - predicted) / (levels[k] * row.relative))
            .collect();
        let sum: f64 = standardised.iter().map(|r| r * r).sum();
        let lagged: f64 = standardised.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let level = match observation.noise {
            Noise::Known(level) => level,
            _ => levels[k],
        };
        InferredNoise {
            column: observation.column.clone(),
            estimated: observation.noise.is_estimated(),
            level,
            count: standardised.len(),
            misfit: (sum / standardised.len().max(1) as f64).sqrt(),
            autocorrelation: if sum > 0.0 { lagged / sum } else { 0.0 },
        }
    };
    binding.model.observations.iter().enumerate().map(of).collect()
}
