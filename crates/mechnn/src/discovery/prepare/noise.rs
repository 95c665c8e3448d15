//! The noise of single observations relative to that of their state.

use mechnn_solver::smoother::{RelativeNoise, Segment};

use crate::data::NoiseModel;

/// Near zero proportional noise would vanish, and a single point outweigh all others: it stops at this fraction of the
/// state's root mean square.
pub(crate) const LEAST_RELATIVE_NOISE: f64 = 0.003;

/// The same where the states are those of fitted equations, and known far better than the noise.
const LEAST_FITTED_NOISE: f64 = 0.05;

/// Noise that is said to be a fraction of a state larger than this, at its root mean square, is not proportional: many
/// of the values would have the wrong sign.
pub(crate) const LARGEST_FRACTION: f64 = 1.0;

/// How well the states are known from which the size of proportional noise is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatesAre {
    /// Each smoothed by itself. Where a state crosses zero between two points, neither its value nor its noise is
    /// known to be small, so that the largest of the neighbours counts.
    Smoothed,
    /// Those of fitted equations.
    Fitted,
}

/// How much of the noise of a state depends on the state's size: at a state x whose root mean square is X the variance
/// of the noise is
///
/// $$ \sigma^2 \Big( (1 - p) + p\, \frac{x^2}{X^2} \Big), $$
///
/// so that σ is the noise at the root mean square, `a² = σ² (1 - p)` the additive part and `b² = σ² p / X²` the
/// proportional one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ProportionalPart(f64);

impl ProportionalPart {
    /// The noise is the same everywhere.
    pub(crate) const NONE: Self = Self(0.0);
    /// The noise is a fraction of the state's size.
    pub(crate) const ALL: Self = Self(1.0);
    /// Where both parts are there and nothing more is known: equal at the root mean square.
    pub(crate) const HALF: Self = Self(0.5);

    /// With a proportional part that is `times` the additive one at the root mean square of the state.
    pub(crate) fn of_ratio(times: f64) -> Self {
        let square = times * times;
        Self(square / (1.0 + square))
    }

    /// Where a search starts that is told of this model.
    pub(crate) fn of_model(model: NoiseModel) -> Self {
        match model {
            NoiseModel::Additive => Self::NONE,
            NoiseModel::Proportional => Self::ALL,
            NoiseModel::Both => Self::HALF,
        }
    }

    /// p.
    pub(crate) fn value(self) -> f64 {
        self.0
    }

    pub(crate) fn model(self) -> NoiseModel {
        match self {
            Self::NONE => NoiseModel::Additive,
            Self::ALL => NoiseModel::Proportional,
            Self(_) => NoiseModel::Both,
        }
    }

    /// Noise at a state of this size, in root mean squares, relative to that at the root mean square.
    pub(crate) fn relative(self, size: f64, least: f64) -> f64 {
        match self {
            Self::NONE => 1.0,
            Self(p) => ((1.0 - p) + p * size * size).sqrt().max(least),
        }
    }
}

/// Sets the relative noise of every observation, see [`ProportionalPart`].
///
/// # Shapes
/// - `states`: `[sum of N, D]`, on the grids of the segments
/// - `parts`: `[D]`
pub(crate) fn set_relative_noise(
    segments: &mut [Segment],
    states: &[f64],
    parts: &[ProportionalPart],
    states_are: StatesAre,
) {
    if parts.iter().all(|part| *part == ProportionalPart::NONE) {
        segments.iter_mut().for_each(|segment| segment.relative_noise = RelativeNoise::Uniform);
        return;
    }
    let dims = parts.len();
    let sizes = sizes_of(segments, states, dims, states_are);
    let least = match states_are {
        StatesAre::Smoothed => LEAST_RELATIVE_NOISE,
        StatesAre::Fitted => LEAST_FITTED_NOISE,
    };
    for (segment, sizes) in segments.iter_mut().zip(sizes) {
        let relative = sizes.into_iter().enumerate().map(|(i, size)| parts[i % dims].relative(size, least));
        segment.relative_noise = RelativeNoise::OfEach(relative.collect());
    }
}

/// How large the states are at every point for the size of their noise, in units of their root mean squares, for each
/// segment `[N, D]`; 1 for a state that is zero everywhere.
pub(crate) fn sizes_of(segments: &[Segment], states: &[f64], dims: usize, states_are: StatesAre) -> Vec<Vec<f64>> {
    let points = states.len() / dims;
    let rms: Vec<f64> = (0..dims)
        .map(|d| (states.iter().skip(d).step_by(dims).map(|x| x * x).sum::<f64>() / points as f64).sqrt())
        .collect();
    let looks_around = states_are == StatesAre::Smoothed;
    let mut offset = 0;
    let mut sizes = Vec::with_capacity(segments.len());
    for segment in segments {
        let count = segment.observations.len();
        let own = &states[offset..][..count];
        let size = |i: usize| {
            let before = i.checked_sub(dims).filter(|_| looks_around);
            let after = Some(i + dims).filter(|_| looks_around);
            let near = [before, Some(i), after].into_iter().flatten();
            let largest = near.filter_map(|j| own.get(j)).map(|x| x.abs()).fold(0.0, f64::max);
            if rms[i % dims] > 0.0 { largest / rms[i % dims] } else { 1.0 }
        };
        sizes.push((0..count).map(size).collect());
        offset += count;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::{NoiseModel, ProportionalPart, RelativeNoise, Segment, StatesAre, set_relative_noise};

    /// Two states at three points: one around 3 that crosses nothing, one that passes zero.
    fn relative(parts: [ProportionalPart; 2], states_are: StatesAre) -> RelativeNoise {
        let states = [3.0, -1.0, 3.0, 0.0, 3.0, 1.0];
        let observations = states.to_vec();
        let mut segments =
            [Segment { times: vec![0.0, 1.0, 2.0], observations, relative_noise: RelativeNoise::default() }];
        set_relative_noise(&mut segments, &states, &parts, states_are);
        segments[0].relative_noise.clone()
    }

    #[test]
    fn every_state_has_a_model_of_its_own() {
        let (additive, proportional) = (ProportionalPart::NONE, ProportionalPart::ALL);
        assert_eq!(relative([additive; 2], StatesAre::Smoothed), RelativeNoise::Uniform);
        let mixed = relative([additive, proportional], StatesAre::Fitted);
        let rms = (2.0f64 / 3.0).sqrt();
        let expected = [1.0, 1.0 / rms, 1.0, 0.05, 1.0, 1.0 / rms];
        assert_eq!(mixed, RelativeNoise::OfEach(expected.to_vec()));
    }

    #[test]
    fn next_to_a_zero_the_neighbours_count_until_the_states_are_fitted() {
        let parts = [ProportionalPart::ALL; 2];
        let smoothed = relative(parts, StatesAre::Smoothed);
        assert_eq!(smoothed.at(3), 1.0 / (2.0f64 / 3.0).sqrt());
        assert_eq!((relative(parts, StatesAre::Fitted).at(3), smoothed.at(2)), (0.05, 1.0));
    }

    #[test]
    fn both_parts_add_as_variances() {
        // Twice the additive part at the root mean square: p = 0.8, and at zero the additive part is left.
        let part = ProportionalPart::of_ratio(2.0);
        assert_eq!((part.model(), part.value()), (NoiseModel::Both, 0.8));
        assert!((part.relative(0.0, 0.05) - 0.2f64.sqrt()).abs() < 1e-15);
        assert!((part.relative(1.0, 0.05) - 1.0).abs() < 1e-15);
        assert!((part.relative(3.0, 0.05) - (0.2 + 0.8 * 9.0f64).sqrt()).abs() < 1e-15);
        for model in [NoiseModel::Additive, NoiseModel::Proportional, NoiseModel::Both] {
            assert_eq!(ProportionalPart::of_model(model).model(), model);
        }
    }
}
