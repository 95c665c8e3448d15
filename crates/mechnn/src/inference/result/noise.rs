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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::noise;
    use crate::inference::Model;
    use crate::inference::example::{DECAY, fitted, table};

    #[test]
    fn neighbours_are_the_values_of_one_trajectory_that_were_measured_one_after_the_other() {
        let model = Model::from_toml(DECAY).unwrap();
        let mut fit = fitted(&model, &table(&[&[4.0, 2.1, f64::NAN, 0.5], &[2.0, 1.0]]));
        // States that say nothing leave the values as residuals.
        fit.binding.set_levels(&[2.0]);
        fit.estimate.states.fill(0.0);
        let found = &noise(&fit)[0];
        let squares = 4.0 * 4.0 + 2.1 * 2.1 + 0.5 * 0.5 + 2.0 * 2.0 + 1.0;
        let products = 4.0 * 2.1 + 2.1 * 0.5 + 2.0 * 1.0;
        assert_eq!((found.count, found.level, found.estimated), (5, 2.0, true));
        // Sums of five numbers: rounding.
        assert!((found.misfit - (squares / 5.0f64).sqrt() / 2.0).abs() < 1e-15, "{found:?}");
        assert!((found.autocorrelation - products / squares).abs() < 1e-15, "{found:?}");
    }
}
