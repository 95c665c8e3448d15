//! The same data on a finer grid.

use mechnn_solver::smoother::{RelativeNoise, Segment};

use super::grid::refine;
use super::prepared::PreparedData;

impl PreparedData {
    /// The same data on a finer grid with no interval longer than `longest`, and `states` there: the cubic through the
    /// given states and rates (`[sum of N, D]`).
    pub(crate) fn refined(&self, longest: f64, states: &[f64], rates: &[f64]) -> (Self, Vec<f64>) {
        let dims = self.dims();
        let mut finer = self.clone();
        let mut fine_states = Vec::new();
        let mut offset = 0;
        for (number, (segment, observed_at)) in finer.segments.iter_mut().zip(&mut finer.observed_at).enumerate() {
            let (times, indices) = refine(&segment.times, longest);
            let mut observations = vec![f64::NAN; times.len() * dims];
            let mut relative = vec![1.0; times.len() * dims];
            for (t, &index) in indices.iter().enumerate() {
                observations[index * dims..][..dims].copy_from_slice(&segment.observations[t * dims..][..dims]);
                (0..dims).for_each(|d| relative[index * dims + d] = segment.relative_noise.at(t * dims + d));
            }
            for (t, pair) in indices.windows(2).enumerate() {
                let h = segment.times[t + 1] - segment.times[t];
                let [left, right] = [offset + t, offset + t + 1].map(|point| point * dims..(point + 1) * dims);
                for time in &times[pair[0]..pair[1]] {
                    let s = (time - segment.times[t]) / h;
                    let ends = states[left.clone()].iter().zip(&states[right.clone()]);
                    let slopes = rates[left.clone()].iter().zip(&rates[right.clone()]);
                    fine_states.extend(ends.zip(slopes).map(|((x0, x1), (v0, v1))| {
                        let (p, q) = (1.0 - s, s);
                        p * p * ((1.0 + 2.0 * q) * x0 + q * h * v0) + q * q * ((1.0 + 2.0 * p) * x1 - p * h * v1)
                    }));
                }
            }
            let last = offset + segment.times.len() - 1;
            fine_states.extend_from_slice(&states[last * dims..][..dims]);
            offset += segment.times.len();
            observed_at.iter_mut().for_each(|at| *at = indices[*at]);
            for one in finer.outliers.iter_mut().filter(|one| one.segment == number) {
                one.index = indices[one.index / dims] * dims + one.index % dims;
            }
            let relative_noise = match segment.relative_noise {
                RelativeNoise::Uniform => RelativeNoise::Uniform,
                RelativeNoise::OfEach(_) => RelativeNoise::OfEach(relative),
            };
            *segment = Segment { times, observations, relative_noise };
        }
        (finer, fine_states)
    }
}

#[cfg(test)]
mod tests {
    use super::{PreparedData, RelativeNoise};
    use crate::data::NoiseModel;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{TestProblem, columns, polynomials, times};

    fn cubic(noise_model: NoiseModel) -> PreparedData {
        let data = columns(&[("x", |t| 9.0 + t), ("y", |t| 5.0 - t * t + 0.3 * t.powi(3))], &times(11, 0.4));
        let options = DiscoveryOptions { noise_model: Some(noise_model), min_intervals: 2, ..polynomials(1) };
        TestProblem::new(data, &options).data
    }

    #[test]
    fn a_finer_grid_has_the_given_states_where_they_were_and_the_cubic_between() {
        let data = cubic(NoiseModel::Additive);
        // 1 + s³ and 2 - s + s², of the scaled time s.
        let values = |s: f64| [1.0 + s.powi(3), 2.0 - s + s * s];
        let times = &data.segments[0].times;
        let states: Vec<f64> = times.iter().flat_map(|&s| values(s)).collect();
        let rates: Vec<f64> = times.iter().flat_map(|&s| [3.0 * s * s, 2.0 * s - 1.0]).collect();
        let longest = 0.3 * (times[1] - times[0]);
        let (fine, found) = data.refined(longest, &states, &rates);
        let grid = &fine.segments[0].times;
        assert!(grid.windows(2).all(|pair| pair[1] - pair[0] <= longest));
        assert_eq!((grid.len(), found.len()), (41, 82), "each of ten intervals in four");
        for (t, &s) in grid.iter().enumerate() {
            for (d, expected) in values(s).into_iter().enumerate() {
                let found = found[2 * t + d];
                assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found}, expected {expected}");
            }
        }
    }

    #[test]
    fn observations_stay_at_their_times_with_their_noise() {
        for noise_model in [NoiseModel::Additive, NoiseModel::Proportional] {
            let data = cubic(noise_model);
            let (fine, _) = data.refined(0.01, &data.states, &data.derivatives);
            let (before, after) = (&data.segments[0], &fine.segments[0]);
            let observed = after.observations.iter().filter(|y| !y.is_nan()).count();
            assert_eq!(observed, 22);
            for (row, (&old, &new)) in data.observed_at[0].iter().zip(&fine.observed_at[0]).enumerate() {
                assert_eq!((after.times[new], row), (before.times[old], old));
                for d in 0..2 {
                    assert_eq!(after.observations[2 * new + d], before.observations[2 * old + d]);
                    assert_eq!(after.relative_noise.at(2 * new + d), before.relative_noise.at(2 * old + d));
                }
            }
            let is_uniform = after.relative_noise == RelativeNoise::Uniform;
            assert_eq!(is_uniform, noise_model == NoiseModel::Additive);
        }
    }

    #[test]
    fn a_grid_that_is_fine_enough_stays_as_it_is() {
        let data = cubic(NoiseModel::Additive);
        let (same, states) = data.refined(f64::INFINITY, &data.states, &data.derivatives);
        assert_eq!(same.segments[0].times, data.segments[0].times);
        assert_eq!((states, same.observed_at), (data.states, data.observed_at));
    }
}
