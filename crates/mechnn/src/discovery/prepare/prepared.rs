//! The data in scaled variables on a grid, with first estimates of states and noise.

use mechnn_solver::smoother::{Segment, SmootherError};

use super::first_estimate::FirstEstimate;
use super::known::KnownFunctions;
use super::noise::{LEAST_RELATIVE_NOISE, ProportionalPart, StatesAre, set_relative_noise};
use super::outliers::SetAside;
use super::scaling::Scaling;
use crate::data::{Dataset, NoiseModel, StateRoles};
use crate::discovery::request::Robust;

/// A state that varies less than this, relative to its size, is constant up to rounding.
const CONSTANT: f64 = 1e-9;

/// What is asked of the grid and known of the noise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preparation<'a> {
    /// Fewest intervals of a grid.
    pub(crate) min_intervals: usize,
    /// What the noise of all states depends on, if that is known.
    pub(crate) noise_model: Option<NoiseModel>,
    /// Standard deviation of the noise of each measured state, in the data's units, if that is known.
    pub(crate) noise_std: Option<&'a [f64]>,
    /// Whether terms may depend on the time itself.
    pub(crate) explicit_time: bool,
    /// Whether observations that contradict all others are set aside.
    pub(crate) robust: Robust,
}

/// The data in scaled variables on a grid, with first estimates.
#[derive(Debug, Clone)]
pub(crate) struct PreparedData {
    pub(crate) scaling: Scaling,
    /// Which states are measured, and which are velocities of those.
    pub(crate) roles: StateRoles,
    /// One for each trajectory, scaled; grid points between the observations have none.
    pub(crate) segments: Vec<Segment>,
    /// For each trajectory, the grid index of each of its times.
    pub(crate) observed_at: Vec<Vec<usize>>,
    /// Smoothed states, `[sum of N, D]`, scaled.
    pub(crate) states: Vec<f64>,
    /// Their derivatives, `[sum of N, D]`, scaled.
    pub(crate) derivatives: Vec<f64>,
    /// Estimated noise, `[D]`, scaled, in units of which the segments state their relative noise.
    pub(crate) noise: Vec<f64>,
    /// How much of the noise of each state is taken to depend on its size, `[D]`.
    pub(crate) noise_parts: Vec<ProportionalPart>,
    /// Observations that are treated as missing, with their values scaled.
    pub(crate) outliers: Vec<SetAside>,
    pub(crate) robust: Robust,
    /// Whether each state never is below zero but by noise, `[D]`.
    pub(super) is_positive: Vec<bool>,
    /// The noise of the measured states where it was given, scaled.
    pub(super) known_noise: Option<Vec<f64>>,
    /// Standard deviation of each state over the data, `[D]`, scaled.
    pub(crate) spread: Vec<f64>,
    /// Median time between observations, scaled.
    pub(crate) typical_step: f64,
    /// What terms may depend on besides the states.
    pub(crate) known: KnownFunctions,
}

impl PreparedData {
    /// # Errors
    /// [`SmootherError`] if a series cannot be smoothed.
    pub(crate) fn new(data: &Dataset, preparation: &Preparation<'_>) -> Result<Self, SmootherError> {
        let dims = data.dims();
        let FirstEstimate { segments, observed_at, smoothed, parts, outliers, typical_gap } =
            FirstEstimate::new(data, preparation)?;
        let mut prepared = Self {
            scaling: Scaling { state: vec![1.0; dims], time: 1.0 },
            roles: data.roles.clone(),
            segments,
            observed_at,
            states: smoothed.states,
            derivatives: smoothed.derivatives,
            noise: smoothed.noise,
            noise_parts: parts,
            outliers,
            robust: preparation.robust,
            is_positive: Vec::new(),
            known_noise: preparation.noise_std.map(<[f64]>::to_vec),
            spread: Vec::new(),
            typical_step: typical_gap,
            known: KnownFunctions::new(data, preparation.explicit_time),
        };
        prepared.rescale(dims);
        prepared.judge_signs();
        Ok(prepared)
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
        self.outliers.iter_mut().for_each(|one| one.value /= state[one.index % dims]);
        self.typical_step /= time;
        self.known.set_unit(time);
        self.scaling = Scaling { state, time };
    }

    /// D.
    pub(crate) fn dims(&self) -> usize {
        self.roles.count()
    }

    /// `dx̃/dt̃ = ratio ṽ` for a state x and its velocity v.
    pub(crate) fn velocity_ratio(&self, d: usize) -> f64 {
        let ratio = |v: usize| self.scaling.state[v] * self.scaling.time / self.scaling.state[d];
        self.roles.velocity(d).map_or(1.0, ratio)
    }

    /// The noise of state d where it was given, scaled.
    pub(crate) fn known_noise(&self, d: usize) -> Option<f64> {
        self.known_noise.as_ref().map(|known| known[d])
    }

    /// Sets the noise of measured states to what is known of it, and that of velocities to that of their states, as a
    /// fraction of the spread: it is only the unit of the model error there.
    pub(crate) fn complete_noise(&self, noise: &mut [f64]) {
        noise.iter_mut().zip(self.known_noise.iter().flatten()).for_each(|(noise, known)| *noise = *known);
        for d in self.roles.measured()..noise.len() {
            let position = self.roles.position(d);
            noise[d] = noise[position] / self.spread[position] * self.spread[d];
        }
    }

    /// Sets the relative noise of all observations, for noise of which these parts depend on the states, `[D]`.
    pub(crate) fn set_noise_parts(&mut self, parts: Vec<ProportionalPart>, states: &[f64], states_are: StatesAre) {
        set_relative_noise(&mut self.segments, states, &parts, states_are);
        self.noise_parts = parts;
    }

    /// Takes back what was set aside.
    pub(crate) fn restore_outliers(&mut self) {
        for one in self.outliers.drain(..) {
            self.segments[one.segment].observations[one.index] = one.value;
        }
    }

    /// Sets observations aside, by segment and place in its observations.
    pub(crate) fn set_aside(&mut self, places: &[(usize, usize)]) {
        for &(segment, index) in places {
            let value = std::mem::replace(&mut self.segments[segment].observations[index], f64::NAN);
            self.outliers.push(SetAside { segment, index, value });
        }
    }

    /// Remembers what was set aside in other preparations of the same rows, where it is missing here.
    pub(crate) fn take_outliers_of(&mut self, other: &Self) {
        let dims = self.dims();
        self.robust = other.robust;
        self.outliers = other.outliers.clone();
        for one in &mut self.outliers {
            let d = one.index % dims;
            one.index = self.observed_at[one.segment][other.row_of(one)] * dims + d;
            one.value *= other.scaling.state[d] / self.scaling.state[d];
        }
    }

    /// The same data with the observations that were set aside missing.
    pub(crate) fn without_outliers(&self, data: &Dataset) -> Dataset {
        let (mut data, dims) = (data.clone(), self.dims());
        for one in &self.outliers {
            data.trajectories[one.segment].values[[self.row_of(one), one.index % dims]] = f64::NAN;
        }
        data
    }

    /// The row of its trajectory in which an outlier was observed.
    pub(crate) fn row_of(&self, one: &SetAside) -> usize {
        let point = one.index / self.dims();
        let row = self.observed_at[one.segment].iter().position(|at| *at == point);
        row.unwrap_or_else(|| unreachable!("only what is in a row is observed"))
    }

    /// Whether state d is never below zero but by noise: a population, a concentration, an energy. Velocities never
    /// are.
    pub(crate) fn is_positive(&self, d: usize) -> bool {
        self.is_positive[d]
    }

    /// Observations of state d over all trajectories.
    pub(crate) fn count(&self, d: usize) -> usize {
        self.observed(d).count()
    }

    /// Observations of state d, or of the state whose velocity it is, over all trajectories that tell of the noise:
    /// where it is proportional, and the state far below the size at which that stops, an observation agrees with
    /// everything.
    pub(crate) fn observations(&self, d: usize) -> f64 {
        let weight = |(relative, y): (f64, f64)| match relative <= LEAST_RELATIVE_NOISE {
            // Scaled states have root mean square 1.
            true => (y / LEAST_RELATIVE_NOISE).powi(2).min(1.0),
            false => 1.0,
        };
        let d = self.roles.position(d);
        // Summed trajectory by trajectory.
        let of_segment = |segment: &Segment| self.observed_in(segment, d).map(weight).sum::<f64>();
        self.segments.iter().map(of_segment).sum::<f64>().max(1.0)
    }

    /// Observed values of all states, weighted as in [`PreparedData::observations`].
    pub(crate) fn all_observations(&self) -> f64 {
        (0..self.roles.measured()).map(|d| self.observations(d)).sum()
    }

    /// Relative noise and value of every observation of state d.
    pub(super) fn observed(&self, d: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.segments.iter().flat_map(move |segment| self.observed_in(segment, d))
    }

    fn observed_in<'s>(&self, segment: &'s Segment, d: usize) -> impl Iterator<Item = (f64, f64)> + use<'s> {
        let own = segment.observations.iter().enumerate().skip(d).step_by(self.dims());
        own.filter(|(_, y)| !y.is_nan()).map(|(index, y)| (segment.relative_noise.at(index), *y))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{Preparation, PreparedData, ProportionalPart, Robust};
    use crate::data::{Dataset, Trajectory};

    const DEFAULT: Preparation<'static> = Preparation {
        min_intervals: 40,
        noise_model: None,
        noise_std: None,
        explicit_time: false,
        robust: Robust::Auto,
    };

    /// A wave about 5 with a period of 2 π, far from its origin in time.
    fn wave() -> Dataset {
        let times: Vec<f64> = (0..21).map(|i| 1000.0 + 0.5 * f64::from(i)).collect();
        let values = Array2::from_shape_fn((21, 1), |(i, _)| 5.0 + (0.5 * i as f64).sin());
        Dataset::new("t", vec!["x".into()], vec![Trajectory::new("a", times, values).unwrap()]).unwrap()
    }

    #[test]
    fn variables_are_of_order_one_and_the_grid_has_enough_intervals() {
        let prepared = PreparedData::new(&wave(), &DEFAULT).unwrap();
        let mean_square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        assert!((mean_square(&prepared.states) - 1.0).abs() < 1e-12);
        // The rate is one spread per unit of time.
        assert!((mean_square(&prepared.derivatives).sqrt() / prepared.spread[0] - 1.0).abs() < 1e-12);
        assert_eq!((prepared.segments[0].times.len(), prepared.observed_at[0][1]), (41, 2));
        assert_eq!((prepared.count(0), prepared.observations(0)), (21, 21.0));
        assert!(prepared.is_positive(0));
    }

    #[test]
    fn noise_that_is_given_is_kept_and_additive() {
        let given = Preparation { noise_std: Some(&[0.5]), ..DEFAULT };
        let prepared = PreparedData::new(&wave(), &given).unwrap();
        let expected = 0.5 / prepared.scaling.state[0];
        assert_eq!((prepared.noise[0], prepared.known_noise(0)), (expected, Some(expected)));
        assert_eq!(prepared.noise_parts, [ProportionalPart::NONE]);
    }

    #[test]
    fn a_velocity_has_the_noise_of_its_state_as_a_part_of_its_spread() {
        let data = wave().second_order().unwrap();
        let prepared = PreparedData::new(&data, &DEFAULT).unwrap();
        let parts = [0, 1].map(|d| prepared.noise[d] / prepared.spread[d]);
        assert!((parts[0] / parts[1] - 1.0).abs() < 1e-12, "{parts:?}");
        assert_eq!((prepared.count(1), prepared.observations(1)), (0, 21.0));
        assert!(!prepared.is_positive(0));
    }
}
