//! The noise of single observations relative to that of their state.

use mechnn_solver::smoother::{RelativeNoise, Segment};

use crate::data::NoiseModel;

/// Near zero proportional noise would vanish, and a single point outweigh all others: it stops at this fraction of the
/// state's root mean square.
pub(crate) const LEAST_RELATIVE_NOISE: f64 = 0.003;

/// The same where the states are those of fitted equations, and known far better than the noise.
const LEAST_FITTED_NOISE: f64 = 0.05;

/// How well the states are known from which the size of proportional noise is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatesAre {
    /// Each smoothed by itself. Where a state crosses zero between two points, neither its value nor its noise is
    /// known to be small, so that the largest of the neighbours counts.
    Smoothed,
    /// Those of fitted equations.
    Fitted,
}

/// Sets the relative noise of every observation: 1 where the noise of its state is additive, the size of the state
/// there, in units of its root mean square, where it is proportional.
///
/// # Shapes
/// - `states`: `[sum of N, D]`, on the grids of the segments
/// - `models`: `[D]`
pub(crate) fn set_relative_noise(
    segments: &mut [Segment],
    states: &[f64],
    models: &[NoiseModel],
    states_are: StatesAre,
) {
    if !models.contains(&NoiseModel::Proportional) {
        segments.iter_mut().for_each(|segment| segment.relative_noise = RelativeNoise::Uniform);
        return;
    }
    let dims = models.len();
    let points = states.len() / dims;
    let rms: Vec<f64> = (0..dims)
        .map(|d| (states.iter().skip(d).step_by(dims).map(|x| x * x).sum::<f64>() / points as f64).sqrt())
        .collect();
    let (least, looks_around) = match states_are {
        StatesAre::Smoothed => (LEAST_RELATIVE_NOISE, true),
        StatesAre::Fitted => (LEAST_FITTED_NOISE, false),
    };
    let mut offset = 0;
    for segment in segments {
        let size = segment.observations.len();
        let own = &states[offset..][..size];
        let relative = |i: usize| {
            let before = i.checked_sub(dims).filter(|_| looks_around);
            let after = Some(i + dims).filter(|_| looks_around);
            let near = [before, Some(i), after].into_iter().flatten();
            let sizes = near.filter_map(|j| own.get(j)).map(|x| x.abs());
            let rms = rms[i % dims];
            match models[i % dims] {
                NoiseModel::Proportional if rms > 0.0 => (sizes.fold(0.0, f64::max) / rms).max(least),
                _ => 1.0,
            }
        };
        segment.relative_noise = RelativeNoise::OfEach((0..size).map(relative).collect());
        offset += size;
    }
}

#[cfg(test)]
mod tests {
    use super::{NoiseModel, RelativeNoise, Segment, StatesAre, set_relative_noise};

    /// Two states at three points: one around 3 that crosses nothing, one that passes zero.
    fn relative(models: [NoiseModel; 2], states_are: StatesAre) -> RelativeNoise {
        let states = [3.0, -1.0, 3.0, 0.0, 3.0, 1.0];
        let observations = states.to_vec();
        let mut segments =
            [Segment { times: vec![0.0, 1.0, 2.0], observations, relative_noise: RelativeNoise::default() }];
        set_relative_noise(&mut segments, &states, &models, states_are);
        segments[0].relative_noise.clone()
    }

    #[test]
    fn every_state_has_a_model_of_its_own() {
        use NoiseModel::{Additive, Proportional};
        assert_eq!(relative([Additive, Additive], StatesAre::Smoothed), RelativeNoise::Uniform);
        let mixed = relative([Additive, Proportional], StatesAre::Fitted);
        let rms = (2.0f64 / 3.0).sqrt();
        let expected = [1.0, 1.0 / rms, 1.0, 0.05, 1.0, 1.0 / rms];
        assert_eq!(mixed, RelativeNoise::OfEach(expected.to_vec()));
    }

    #[test]
    fn next_to_a_zero_the_neighbours_count_until_the_states_are_fitted() {
        let models = [NoiseModel::Proportional; 2];
        let smoothed = relative(models, StatesAre::Smoothed);
        assert_eq!(smoothed.at(3), 1.0 / (2.0f64 / 3.0).sqrt());
        assert_eq!((relative(models, StatesAre::Fitted).at(3), smoothed.at(2)), (0.05, 1.0));
    }
}
