//! What the fit leaves of each column.

use super::inference_result::InferredNoise;
use crate::estimation::Neighbours;
use crate::inference::description::{Noise, Observation};
use crate::inference::fit::Fit;
use crate::inference::prepare::BoundTrajectory;

/// Levels of the errors and what the residuals are like, of every observation.
pub(crate) fn noise(fit: &Fit<'_>) -> Vec<InferredNoise> {
    let binding = &fit.binding;
    let predictions = binding.predictions(&fit.estimate.states, &fit.estimate.parameters);
    let levels = &binding.trajectories[0].levels;
    let of = |(k, observation): (usize, &Observation)| {
        let mut rest = predictions.as_slice();
        let of_trajectory = |trajectory: &BoundTrajectory<'_>| -> Vec<f64> {
            let (own, others) = rest.split_at(trajectory.observations());
            rest = others;
            let of_column = own.iter().filter(|(row, _)| row.observation == k);
            of_column.map(|(row, predicted)| (row.value - predicted) / (levels[k] * row.relative)).collect()
        };
        // Rows in which the column is empty are left out: a column that is measured now and then has as neighbours the
        // values that were measured one after the other.
        let residuals = Neighbours::of(&binding.trajectories.iter().map(of_trajectory).collect::<Vec<_>>());
        let level = match observation.noise {
            Noise::Known(level) => level,
            _ => levels[k],
        };
        InferredNoise {
            column: observation.column.clone(),
            estimated: observation.noise.is_estimated(),
            level,
            count: residuals.count,
            misfit: residuals.root_mean_square(),
            autocorrelation: residuals.series_correlation(),
        }
    };
    binding.model.observations.iter().enumerate().map(of).collect()
}
