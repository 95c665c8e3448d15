//! Grid, scales, noise level and first states: everything before the first Gauss-Newton step.

use mechnn_solver::smoother::{Segment, SmootherError};

use super::family::Range;
use super::known::Known;
use super::options::{DiscoveryOptions, NoiseModel};
use super::scaling::Scaling;
use super::smoothed::Smoothed;
use crate::data::Dataset;

/// Points of the grid up to which all of them are searched; of more an excerpt, and what it leads to is compared on all.
pub(super) const EXCERPT: usize = 2000;

/// Pieces of a trajectory in an excerpt, and the least points of a piece.
const PIECES: usize = 4;
const SHORTEST_PIECE: usize = 30;

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
    /// Estimated noise, `[D]`, scaled, in units of which the segments state their relative noise.
    pub(super) noise: Vec<f64>,
    /// The noise of the measured states where it was given, scaled.
    known_noise: Option<Vec<f64>>,
    /// What the noise is taken to depend on.
    pub(super) noise_model: NoiseModel,
    /// Standard deviation of each state over the data, `[D]`, scaled.
    pub(super) spread: Vec<f64>,
    /// Median time between observations, scaled.
    pub(super) typical_step: f64,
    /// What terms may depend on besides the states.
    pub(super) known: Known,
    /// The first this many states are measured; the others are their velocities, if there are others.
    pub(super) measured: usize,
}

impl Start {
    pub(super) fn new(data: &Dataset, options: &DiscoveryOptions, explicit_time: bool) -> Result<Self, SmootherError> {
        let DiscoveryOptions { min_intervals, noise_model, noise_std, .. } = options;
        let noise_model = noise_model.or(noise_std.as_ref().map(|_| NoiseModel::Additive));
        let dims = data.dims();
        let mut gaps: Vec<f64> =
            data.trajectories.iter().flat_map(|x| x.times.windows(2).map(|pair| pair[1] - pair[0])).collect();
        gaps.sort_by(f64::total_cmp);
        let typical_gap = gaps[gaps.len() / 2];

        let mut segments = Vec::new();
        let mut observed_at = Vec::new();
        for trajectory in &data.trajectories {
            let span = trajectory.times[trajectory.times.len() - 1] - trajectory.times[0];
            let longest = (1.5 * typical_gap).min(span / *min_intervals as f64 * 1.000_001);
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
            segments.push(Segment { times, observations, relative_noise: Vec::new() });
            observed_at.push(indices);
        }

        let measured = if data.second_order { dims / 2 } else { dims };
        let mut smoothed = Smoothed::new(&segments, dims, measured)?;
        let mut chosen = NoiseModel::Additive;
        if noise_model != Some(NoiseModel::Additive) {
            let mut weighted = segments.clone();
            set_proportional(&mut weighted, &smoothed.states, dims, false);
            let proportional = Smoothed::new(&weighted, dims, measured)?;
            if noise_model.is_some() || proportional.log_likelihood > smoothed.log_likelihood {
                (smoothed, segments, chosen) = (proportional, weighted, NoiseModel::Proportional);
            }
        }
        let mut start = Self {
            scaling: Scaling { state: vec![1.0; dims], time: 1.0 },
            segments,
            observed_at,
            states: smoothed.states,
            derivatives: smoothed.derivatives,
            noise: smoothed.noise,
            known_noise: noise_std.clone(),
            noise_model: chosen,
            spread: Vec::new(),
            typical_step: typical_gap,
            known: Known::new(data, explicit_time),
            measured,
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
        self.known_noise.iter_mut().flatten().zip(&state).for_each(|(noise, scale)| *noise /= scale);
        let mut noise = std::mem::take(&mut self.noise);
        self.complete_noise(&mut noise);
        self.noise = noise;
        for segment in &mut self.segments {
            segment.times.iter_mut().for_each(|t| *t /= time);
            segment.observations.iter_mut().enumerate().for_each(|(i, y)| *y /= state[i % dims]);
        }
        self.typical_step /= time;
        self.known.set_unit(time);
        self.scaling = Scaling { state, time };
    }

    /// The measured state that state d is, or whose velocity it is.
    pub(super) fn position(&self, d: usize) -> usize {
        d % self.measured
    }

    /// The velocity of state d, if it is one of the states.
    pub(super) fn velocity(&self, d: usize) -> Option<usize> {
        let velocity = d + self.measured;
        (velocity < self.scaling.state.len()).then_some(velocity)
    }

    /// `dx̃/dt̃ = ratio ṽ` for a state x and its velocity v.
    pub(super) fn velocity_ratio(&self, d: usize) -> f64 {
        self.velocity(d).map_or(1.0, |v| self.scaling.state[v] * self.scaling.time / self.scaling.state[d])
    }

    /// The noise of state d where it was given, scaled.
    pub(super) fn known_noise(&self, d: usize) -> Option<f64> {
        self.known_noise.as_ref().map(|known| known[d])
    }

    /// Sets the noise of measured states to what is known of it, and that of velocities to that of their states, as a fraction
    /// of the spread: it is only the unit of the model error there.
    pub(super) fn complete_noise(&self, noise: &mut [f64]) {
        noise.iter_mut().zip(self.known_noise.iter().flatten()).for_each(|(noise, known)| *noise = *known);
        for d in self.measured..noise.len() {
            let position = self.position(d);
            noise[d] = noise[position] / self.spread[position] * self.spread[d];
        }
    }

    /// At most about `points` points of the grid, in a few pieces spread over each trajectory, each with its own start; none
    /// if there are no more.
    pub(super) fn excerpt(&self, points: usize) -> Option<Self> {
        let dims = self.noise.len();
        let all = self.states.len() / dims;
        if all <= points {
            return None;
        }
        let mut excerpt = Self {
            segments: Vec::new(),
            observed_at: Vec::new(),
            states: Vec::new(),
            derivatives: Vec::new(),
            ..self.clone()
        };
        let mut first = 0;
        let mut sources = Vec::new();
        for (source, segment) in self.segments.iter().enumerate() {
            let length = segment.times.len();
            let part = length.div_ceil(PIECES);
            let kept = (part * points / all).max(SHORTEST_PIECE);
            for begin in (0..length).step_by(part) {
                let rows = begin..(begin + kept.min(part)).min(length);
                let values = rows.start * dims..rows.end * dims;
                let whole = (first + rows.start) * dims..(first + rows.end) * dims;
                sources.push(source);
                excerpt.segments.push(Segment {
                    times: segment.times[rows].to_vec(),
                    observations: segment.observations[values.clone()].to_vec(),
                    relative_noise: segment.relative_noise.get(values).map(<[f64]>::to_vec).unwrap_or_default(),
                });
                excerpt.states.extend_from_slice(&self.states[whole.clone()]);
                excerpt.derivatives.extend_from_slice(&self.derivatives[whole]);
            }
            first += length;
        }
        excerpt.known = self.known.of_pieces(&sources);
        Some(excerpt)
    }

    /// The same data on a finer grid with no interval longer than `longest`, and `states` there: the cubic through the
    /// given states and rates (`[sum of N, D]`).
    pub(super) fn refined(&self, longest: f64, states: &[f64], rates: &[f64]) -> (Self, Vec<f64>) {
        let dims = self.noise.len();
        let mut finer = self.clone();
        let mut fine_states = Vec::new();
        let mut offset = 0;
        for (segment, observed_at) in finer.segments.iter_mut().zip(&mut finer.observed_at) {
            let span = segment.times[segment.times.len() - 1] - segment.times[0];
            let (times, indices) = refine(&segment.times, longest.max(span / MAX_INTERVALS));
            let mut observations = vec![f64::NAN; times.len() * dims];
            let mut relative = vec![1.0; if segment.relative_noise.is_empty() { 0 } else { times.len() * dims }];
            for (t, &index) in indices.iter().enumerate() {
                observations[index * dims..][..dims].copy_from_slice(&segment.observations[t * dims..][..dims]);
                if !relative.is_empty() {
                    relative[index * dims..][..dims].copy_from_slice(&segment.relative_noise[t * dims..][..dims]);
                }
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
            *segment = Segment { times, observations, relative_noise: relative };
        }
        (finer, fine_states)
    }

    /// Whether no observation of state d is zero or below: a population, a concentration, an energy. Velocities never are.
    pub(super) fn is_positive(&self, d: usize) -> bool {
        if self.measured < self.noise.len() {
            return false;
        }
        let dims = self.noise.len();
        let own = self.segments.iter().flat_map(|segment| segment.observations.iter().skip(d).step_by(dims));
        own.filter(|y| !y.is_nan()).all(|y| *y > 0.0)
    }

    /// Where each state and then each known function lives, in the data's units, `[D + K]`.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let (dims, count) = (self.noise.len(), self.known.count());
        let of_state =
            |d: usize| Range::of(self.states.iter().skip(d).step_by(dims).map(|x| x * self.scaling.state[d]));
        let known = self.known_on_grid();
        let of_known = |k: usize| Range::of(known.iter().skip(k).step_by(count).copied());
        (0..dims).map(of_state).chain((0..count).map(of_known)).collect()
    }

    /// The known functions on the grid, in the data's units, `[sum of N, K]`.
    pub(super) fn known_on_grid(&self) -> Vec<f64> {
        let count = self.known.count();
        let mut values = Vec::new();
        if count > 0 {
            let mut here = vec![0.0; count];
            for (segment, known) in self.segments.iter().zip(self.known.segments()) {
                for &time in &segment.times {
                    known.values_into(time, &mut here);
                    values.extend_from_slice(&here);
                }
            }
        }
        values
    }

    /// The variables of terms at each point of the grid, in the data's units, `[sum of N, V]`.
    pub(super) fn variables_on_grid(&self) -> Vec<f64> {
        let (dims, count) = (self.noise.len(), self.known.count());
        let known = self.known_on_grid();
        let mut variables = Vec::with_capacity(self.states.len() + known.len());
        for (point, states) in self.states.chunks_exact(dims).enumerate() {
            variables.extend(states.iter().zip(&self.scaling.state).map(|(x, scale)| x * scale));
            variables.extend_from_slice(&known[point * count..(point + 1) * count]);
        }
        variables
    }

    /// What a term with the given derivatives by its variables, `[V]`, changes by in a unit of scaled time with the states
    /// at rest. The inputs' part is left out: they are linear between their points, and all that it would improve is an
    /// integral over one interval.
    pub(super) fn slope_in_time(&self, gradient: &[f64]) -> f64 {
        if self.known.explicit_time() { gradient[gradient.len() - 1] * self.scaling.time } else { 0.0 }
    }

    /// Observations of state d over all trajectories.
    pub(super) fn count(&self, d: usize) -> usize {
        let dims = self.noise.len();
        let own = self.segments.iter().flat_map(|segment| segment.observations.iter().skip(d).step_by(dims));
        own.filter(|y| !y.is_nan()).count()
    }

    /// Observations of state d, or of the state whose velocity it is, over all trajectories that tell of the noise: where it is proportional, and the state far
    /// below the size at which that stops, an observation agrees with everything.
    pub(super) fn observations(&self, d: usize) -> f64 {
        let (dims, d) = (self.noise.len(), self.position(d));
        let informative = |segment: &Segment| -> f64 {
            let own = segment.observations.iter().enumerate().skip(d).step_by(dims).filter(|(_, y)| !y.is_nan());
            own.map(|(index, y)| {
                // Scaled states have root mean square 1.
                match segment.relative_noise.get(index) {
                    Some(relative) if *relative <= LEAST_RELATIVE_NOISE => (y / LEAST_RELATIVE_NOISE).powi(2).min(1.0),
                    _ => 1.0,
                }
            })
            .sum()
        };
        self.segments.iter().map(informative).sum::<f64>().max(1.0)
    }
}

/// Near zero proportional noise would vanish, and a single point outweigh all others: it stops at this fraction of the
/// state's root mean square.
const LEAST_RELATIVE_NOISE: f64 = 0.003;

/// The same where the states are those of fitted equations, and known far better than the noise.
const LEAST_FITTED_NOISE: f64 = 0.05;

/// Sets the relative noise of every observation to the size of the state there, in units of its root mean square. Where the
/// states are only smoothed, the largest of the neighbours counts: where a state crosses zero between two points, neither its
/// value nor its noise is known to be small.
pub(super) fn set_proportional(segments: &mut [Segment], states: &[f64], dims: usize, are_fitted: bool) {
    let points = states.len() / dims;
    let rms: Vec<f64> = (0..dims)
        .map(|d| (states.iter().skip(d).step_by(dims).map(|x| x * x).sum::<f64>() / points as f64).sqrt())
        .collect();
    let mut offset = 0;
    for segment in segments {
        let size = segment.observations.len();
        let own = &states[offset..][..size];
        let least = if are_fitted { LEAST_FITTED_NOISE } else { LEAST_RELATIVE_NOISE };
        let relative = |i: usize| {
            let near = [i.checked_sub(dims).filter(|_| !are_fitted), Some(i), Some(i + dims).filter(|_| !are_fitted)];
            let sizes = near.into_iter().flatten().filter_map(|j| own.get(j)).map(|x| x.abs());
            let rms = rms[i % dims];
            if rms > 0.0 { (sizes.fold(0.0, f64::max) / rms).max(least) } else { 1.0 }
        };
        segment.relative_noise = (0..size).map(relative).collect();
        offset += size;
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
