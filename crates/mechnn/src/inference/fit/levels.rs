//! Levels of the errors of the columns: the first ones, and those that a fit leaves.

use mechnn_solver::smoother::Estimate;

use crate::inference::description::{Noise, Observation};
use crate::inference::prepare::Binding;

/// Level of an error that is estimated, at the start, as part of the standard deviation of its column.
const FIRST_LEVEL: f64 = 0.1;

/// The same, not to be fallen below while the equations are loose: the states could follow any noise.
const LEAST_LOOSE_LEVEL: f64 = 1e-3;

/// The same at the end, where residuals may be rounding errors.
const LEAST_LEVEL: f64 = 1e-13;

/// Size of each state, `[D]`, positive.
pub(crate) fn sizes(binding: &Binding<'_>, states: &[f64]) -> Vec<f64> {
    let dims = binding.model.dims();
    let largest = |d: usize| states.iter().skip(d).step_by(dims).fold(0.0f64, |max, x| max.max(x.abs()));
    (0..dims).map(|d| if largest(d) > 0.0 { largest(d) } else { 1.0 }).collect()
}

/// Standard deviation of each column, 1 where it does not vary, `[observations]`.
fn spreads(binding: &Binding<'_>) -> Vec<f64> {
    let spread = |k: usize| {
        let rows = binding.trajectories.iter().flat_map(|trajectory| trajectory.data.iter().flatten());
        let values: Vec<f64> = rows.filter(|row| row.observation == k).map(|row| row.value).collect();
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        if spread > 0.0 { spread } else { 1.0 }
    };
    (0..binding.model.observations.len()).map(spread).collect()
}

/// Levels of the errors to begin with, `[observations]`; 1 where they are given.
pub(crate) fn first_levels(binding: &Binding<'_>) -> Vec<f64> {
    let level = |(observation, spread): (&Observation, f64)| match observation.noise {
        Noise::Additive => FIRST_LEVEL * spread,
        Noise::Proportional => FIRST_LEVEL,
        Noise::Known(_) | Noise::Column(_) => 1.0,
    };
    binding.model.observations.iter().zip(spreads(binding)).map(level).collect()
}

/// Levels that additive errors do not fall below while the equations are loose, `[observations]`.
pub(crate) fn loose_floors(binding: &Binding<'_>) -> Vec<f64> {
    spreads(binding).iter().map(|spread| LEAST_LOOSE_LEVEL * spread).collect()
}

/// The same with equations that hold exactly.
pub(crate) fn exact_floors(binding: &Binding<'_>) -> Vec<f64> {
    spreads(binding).iter().map(|spread| LEAST_LEVEL * spread).collect()
}

/// Levels of the errors that are estimated, from the residuals, with the loss of freedom to the unknowns.
pub(crate) fn new_levels(binding: &Binding<'_>, estimate: &Estimate, levels: &[f64], floors: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; levels.len()];
    let mut counts = vec![0usize; levels.len()];
    for (row, predicted) in binding.predictions(&estimate.states, &estimate.parameters) {
        sums[row.observation] += ((predicted - row.value) / row.relative).powi(2);
        counts[row.observation] += 1;
    }
    let total: usize = counts.iter().sum();
    // Positive if any level is estimated: a binding has more numbers than unknowns then.
    let share = total.saturating_sub(binding.unknowns.len()) as f64 / total.max(1) as f64;
    let level = |k: usize| {
        let noise = &binding.model.observations[k].noise;
        let estimated = (sums[k] / (counts[k] as f64 * share)).sqrt();
        let floor = if *noise == Noise::Additive { floors[k] } else { LEAST_LEVEL };
        match noise.is_estimated() && counts[k] > 0 && estimated.is_finite() {
            true => estimated.max(floor),
            false => levels[k],
        }
    };
    (0..levels.len()).map(level).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mechnn_solver::smoother::Estimate;

    use super::{exact_floors, first_levels, new_levels};
    use crate::inference::Model;
    use crate::inference::example::{DECAY, table};
    use crate::inference::prepare::Binding;

    fn with_noise(noise: &str) -> Model {
        let observation = format!("y = {{ value = \"x\", noise = {noise} }}");
        Model::from_toml(&DECAY.replace("y = \"x\"", &observation)).unwrap()
    }

    #[test]
    fn a_level_that_is_estimated_loses_freedom_to_the_unknowns_and_one_that_is_given_stays() {
        // Sum of squares 14 from five values, two unknowns, and states that say nothing.
        let data = table(&[&[1.0, -2.0, 3.0, 0.0, 0.0]]);
        let estimate = Estimate { states: vec![0.0; 5], parameters: vec![0.0; 2] };
        for (noise, expected) in [("\"additive\"", (14f64 / 3.0).sqrt()), ("0.5", 7.0)] {
            let model = with_noise(noise);
            let binding = Binding::new(&model, &data).unwrap();
            let found = new_levels(&binding, &estimate, &[7.0], &[0.0])[0];
            assert!((found / expected - 1.0).abs() < 1e-15, "{noise}: {found} against {expected}");
        }
    }

    #[test]
    fn without_residuals_a_level_stays_above_rounding() {
        let data = table(&[&[1.0, -1.0, 1.0, -1.0]]);
        let model = with_noise("\"additive\"");
        let binding = Binding::new(&model, &data).unwrap();
        let estimate = Estimate { states: vec![1.0, -1.0, 1.0, -1.0], parameters: vec![0.0; 2] };
        let floors = exact_floors(&binding);
        assert!(floors[0] > 0.0);
        assert_eq!(new_levels(&binding, &estimate, &[0.1], &floors), floors);
    }

    #[test]
    fn first_levels_are_parts_of_the_spread_or_of_the_value() {
        let data = table(&[&[1.0, -1.0, 1.0, -1.0]]);
        for (noise, expected) in [("\"additive\"", 0.1), ("\"proportional\"", 0.1), ("0.5", 1.0)] {
            let model = with_noise(noise);
            assert_eq!(first_levels(&Binding::new(&model, &data).unwrap()), [expected], "{noise}");
        }
    }
}
