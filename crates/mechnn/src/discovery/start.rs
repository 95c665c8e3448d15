//! Grid, scales, noise level and first states: everything before the first Gauss-Newton step.

use mechnn_solver::smoother::{Segment, SmootherError, WienerSmoother};

use super::scaling::Scaling;
use crate::data::Dataset;

/// The data in scaled variables on a grid, with first estimates.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) scaling: Scaling,
    /// One for each trajectory, scaled; grid points between the observations have none.
    pub(super) segments: Vec<Segment>,
    /// For each trajectory, the grid index of each of its times.
    pub(super) observed_at: Vec<Vec<usize>>,
    /// Smoothed states, `[sum of N, D]`, scaled.
    pub(super) states: Vec<f64>,
    /// Their derivatives, `[sum of N, D]`, scaled.
    pub(super) derivatives: Vec<f64>,
    /// Estimated noise, `[D]`, scaled.
    pub(super) noise: Vec<f64>,
    /// Standard deviation of each state over the data, `[D]`, scaled.
    pub(super) spread: Vec<f64>,
    /// Median time between observations, scaled.
    pub(super) typical_step: f64,
}

impl Start {
    pub(super) fn new(data: &Dataset, min_intervals: usize) -> Result<Self, SmootherError> {
        let dims = data.dims();
        let mut gaps: Vec<f64> =
            data.trajectories.iter().flat_map(|x| x.times.windows(2).map(|pair| pair[1] - pair[0])).collect();
        gaps.sort_by(f64::total_cmp);
        let typical_gap = gaps[gaps.len() / 2];

        let mut segments = Vec::new();
        let mut observed_at = Vec::new();
        for trajectory in &data.trajectories {
            let span = trajectory.times[trajectory.times.len() - 1] - trajectory.times[0];
            let longest = (1.5 * typical_gap).min(span / min_intervals as f64 * 1.000_001);
            // Relative to the start: a large offset would eat the digits of small steps.
            let origin = trajectory.times[0];
            let relative: Vec<f64> = trajectory.times.iter().map(|t| t - origin).collect();
            let (times, indices) = refine(&relative, longest.max(span / MAX_INTERVALS));
            let mut observations = vec![f64::NAN; times.len() * dims];
            for (row, &index) in trajectory.values.outer_iter().zip(&indices) {
                for d in 0..dims {
                    observations[index * dims + d] = row[d];
                }
            }
            segments.push(Segment { times, observations });
            observed_at.push(indices);
        }

        let mut states = Vec::new();
        let mut derivatives = Vec::new();
        let mut noise = vec![0.0; dims];
        let mut fitted = vec![0usize; dims];
        for segment in &segments {
            let points = segment.times.len();
            let (mut own_states, mut own_derivatives) = (vec![0.0; points * dims], vec![0.0; points * dims]);
            for d in 0..dims {
                let series: Vec<f64> = segment.observations.iter().skip(d).step_by(dims).copied().collect();
                let present = series.iter().filter(|y| !y.is_nan()).count();
                let smooth = WienerSmoother.fit(&segment.times, &series)?;
                noise[d] += smooth.noise.powi(2) * present as f64;
                fitted[d] += present;
                for t in 0..points {
                    own_states[t * dims + d] = smooth.values[t];
                    own_derivatives[t * dims + d] = smooth.derivatives[t];
                }
            }
            states.extend(own_states);
            derivatives.extend(own_derivatives);
        }
        let mut start = Self {
            scaling: Scaling { state: vec![1.0; dims], time: 1.0 },
            segments,
            observed_at,
            states,
            derivatives,
            noise: noise.iter().zip(&fitted).map(|(sum, count)| (sum / *count as f64).sqrt()).collect(),
            spread: Vec::new(),
            typical_step: typical_gap,
        };
        start.rescale(dims);
        Ok(start)
    }

    /// States by their root mean square, time by how fast the states change.
    fn rescale(&mut self, dims: usize) {
        let column = |x: &[f64], d: usize| -> Vec<f64> { x.iter().skip(d).step_by(dims).copied().collect() };
        let mean_square = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
        let mut state = vec![1.0; dims];
        let mut rates = Vec::new();
        for d in 0..dims {
            let (values, slopes) = (column(&self.states, d), column(&self.derivatives, d));
            let rms = mean_square(&values).sqrt();
            state[d] = if rms > 0.0 { rms } else { 1.0 };
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let spread = mean_square(&values.iter().map(|v| v - mean).collect::<Vec<_>>()).sqrt();
            let varies = spread > CONSTANT * rms;
            self.spread.push(if varies { spread / state[d] } else { 1.0 });
            let rate = mean_square(&slopes).sqrt() / spread;
            if varies && rate.is_finite() && rate > 0.0 {
                rates.push(rate);
            }
        }
        rates.sort_by(f64::total_cmp);
        let time = rates.get(rates.len() / 2).map_or(self.typical_step, |rate| rate.recip());
        for x in [&mut self.states, &mut self.derivatives] {
            x.iter_mut().enumerate().for_each(|(i, v)| *v /= state[i % dims]);
        }
        self.derivatives.iter_mut().for_each(|v| *v *= time);
        self.noise.iter_mut().zip(&state).for_each(|(noise, scale)| *noise /= scale);
        for segment in &mut self.segments {
            segment.times.iter_mut().for_each(|t| *t /= time);
            segment.observations.iter_mut().enumerate().for_each(|(i, y)| *y /= state[i % dims]);
        }
        self.typical_step /= time;
        self.scaling = Scaling { state, time };
    }

    /// Observations of state d over all trajectories.
    pub(super) fn observations(&self, d: usize) -> usize {
        let dims = self.noise.len();
        let present =
            |segment: &Segment| segment.observations.iter().skip(d).step_by(dims).filter(|y| !y.is_nan()).count();
        self.segments.iter().map(present).sum()
    }
}

/// A state that varies less than this, relative to its size, is constant up to rounding.
const CONSTANT: f64 = 1e-9;

/// Refinement never makes a grid longer than this (a grid of the data's own times may be).
const MAX_INTERVALS: f64 = 20_000.0;

/// Splits intervals longer than `longest` into equal parts; returns the grid and where the given times are in it.
fn refine(times: &[f64], longest: f64) -> (Vec<f64>, Vec<usize>) {
    let mut grid = vec![times[0]];
    let mut indices = vec![0];
    for pair in times.windows(2) {
        let parts = ((pair[1] - pair[0]) / longest).ceil().max(1.0) as usize;
        for part in 1..parts {
            grid.push(pair[0] + (pair[1] - pair[0]) * part as f64 / parts as f64);
        }
        grid.push(pair[1]);
        indices.push(grid.len() - 1);
    }
    (grid, indices)
}
