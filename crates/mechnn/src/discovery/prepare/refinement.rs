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
        for (segment, observed_at) in finer.segments.iter_mut().zip(&mut finer.observed_at) {
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
            let relative_noise = match segment.relative_noise {
                RelativeNoise::Uniform => RelativeNoise::Uniform,
                RelativeNoise::OfEach(_) => RelativeNoise::OfEach(relative),
            };
            *segment = Segment { times, observations, relative_noise };
        }
        (finer, fine_states)
    }
}
