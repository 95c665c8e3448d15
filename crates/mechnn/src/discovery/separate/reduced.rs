//! The data with some states as known inputs.

use mechnn_solver::smoother::Segment;

use crate::data::{Dataset, InputSignal, StateRoles};
use crate::discovery::prepare::PreparedData;
use crate::discovery::request::DiscoveryOptions;

/// Terms are dropped whose part of a rate is smaller than this many times the noise of the inputs, all in units of the
/// size of their states.
const INPUT_ERROR: f64 = 2.0;

/// The data of the other states, in which `inputs` are known from their smoothed data, and the options for them. The
/// variables are the other states, the inputs that there were, and then these. None if a smoothed state is no number.
pub(crate) fn reduced(
    data: &Dataset,
    prepared: &PreparedData,
    options: &DiscoveryOptions,
    inputs: &[usize],
) -> Option<(Dataset, DiscoveryOptions)> {
    let dims = data.dims();
    let others: Vec<usize> = (0..dims).filter(|d| !inputs.contains(d)).collect();
    let mut reduced = data.clone();
    reduced.states = others.iter().map(|&d| data.states[d].clone()).collect();
    reduced.controls.extend(inputs.iter().map(|&d| data.states[d].clone()));
    reduced.roles = StateRoles::measured_only(others.len());
    let mut offset = 0;
    for (trajectory, segment) in reduced.trajectories.iter_mut().zip(&prepared.segments) {
        let own = offset..offset + segment.observations.len();
        offset = own.end;
        let curve = Curve { segment, states: &prepared.states[own.clone()], slopes: &prepared.derivatives[own], dims };
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &others);
        let (first, last) = (trajectory.times[0], trajectory.times[trajectory.times.len() - 1]);
        let grid = curve.times();
        let mut times: Vec<f64> = grid.iter().map(|t| first + t * prepared.scaling.time).collect();
        // Exactly the data's own ends, not up to rounding.
        if let [start, .., end] = times.as_mut_slice() {
            (*start, *end) = (first, last);
        }
        for &d in inputs {
            let values = curve.values(d).into_iter().map(|x| x * prepared.scaling.state[d]).collect();
            trajectory.inputs.push(InputSignal::new(times.clone(), values).ok()?);
        }
    }
    let mut options = options.clone();
    // Smoothed inputs are off by less than their noise, and what that does to a rate is no term of it.
    let largest = inputs.iter().map(|&d| prepared.noise[d]).fold(0.0, f64::max);
    options.threshold = options.threshold.max(INPUT_ERROR * largest);
    if let Some(noise) = &mut options.noise_std {
        *noise = others.iter().filter_map(|&d| noise.get(d).copied()).collect();
    }
    Some((reduced, options))
}

/// Points of an input for each interval of the grid: inputs are linear between their points, and smoothed states are
/// not.
const POINTS: usize = 8;

/// The smoothed states of a trajectory, scaled, as cubics through the values and slopes on its grid.
struct Curve<'a> {
    segment: &'a Segment,
    /// `[N, D]`
    states: &'a [f64],
    /// `[N, D]`
    slopes: &'a [f64],
    dims: usize,
}

impl Curve<'_> {
    fn times(&self) -> Vec<f64> {
        let parts = |pair: &[f64]| {
            let (from, step) = (pair[0], (pair[1] - pair[0]) / POINTS as f64);
            (0..POINTS).map(move |part| from + step * part as f64).collect::<Vec<_>>()
        };
        let times = self.segment.times.windows(2).flat_map(parts);
        times.chain(self.segment.times.last().copied()).collect()
    }

    /// State d at those times.
    fn values(&self, d: usize) -> Vec<f64> {
        let at = |row: usize| (self.states[row * self.dims + d], self.slopes[row * self.dims + d]);
        let parts = |(row, pair): (usize, &[f64])| {
            let (h, (x0, v0), (x1, v1)) = (pair[1] - pair[0], at(row), at(row + 1));
            let value = move |part: usize| {
                let q = part as f64 / POINTS as f64;
                let p = 1.0 - q;
                p * p * ((1.0 + 2.0 * q) * x0 + q * h * v0) + q * q * ((1.0 + 2.0 * p) * x1 - p * h * v1)
            };
            (0..POINTS).map(value).collect::<Vec<_>>()
        };
        let last = self.segment.times.len() - 1;
        self.segment.times.windows(2).enumerate().flat_map(parts).chain([at(last).0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::reduced;
    use crate::discovery::test_problem::{TestProblem, polynomials};

    #[test]
    fn smoothed_states_become_inputs_after_the_others() {
        let test = TestProblem::swing(1, 0.01);
        let (data, _) = reduced(&test.dataset, &test.data, &polynomials(1), &[0]).expect("numbers");
        assert_eq!((data.states.as_slice(), data.controls.as_slice()), (&["y".to_owned()][..], &["x".to_owned()][..]));
        let trajectory = &data.trajectories[0];
        assert_eq!(trajectory.values.dim(), (81, 1));
        for (row, &time) in trajectory.times.iter().enumerate() {
            let found = trajectory.inputs[0].value(time).expect("a value");
            // Noise of 1 % of the spread, which is about 1.
            let measured = test.dataset.trajectories[0].values[[row, 0]];
            assert!((found - measured).abs() < 0.05, "{found} at {time}, measured {measured}");
        }
    }
}
