//! The model at many points.

use super::{Dynamics, Points};
use crate::lanes::MAX_LANES;
use crate::many_points::Linearizations;

/// States, rates and Jacobians at n points; each entry along all of them.
///
/// Lanes read whole registers, at the last intervals beyond the last point: every array has more room than it needs.
#[derive(Debug, Default)]
pub(super) struct Evaluated {
    dims: usize,
    /// `[n]`
    times: Vec<f64>,
    /// `[D, n]`
    pub(super) states: Vec<f64>,
    /// `[D, n]`
    pub(super) rate: Vec<f64>,
    /// `[D, D, n]`
    pub(super) by_state: Vec<f64>,
    /// `[D, P, n]`
    pub(super) by_parameter: Vec<f64>,
}

/// At least `count` numbers, and as many as lanes may read beyond.
pub(super) fn resize(numbers: &mut Vec<f64>, count: usize) {
    numbers.resize(count + 2 * MAX_LANES, 0.0);
}

impl Evaluated {
    pub(super) fn set_times(&mut self, dims: usize, times: impl Iterator<Item = f64>) {
        self.dims = dims;
        self.times.clear();
        self.times.extend(times);
        resize(&mut self.states, dims * self.times.len());
    }

    pub(super) fn set_rates(&mut self, dynamics: &dyn Dynamics, theta: &[f64], work: &mut Vec<f64>) {
        let numbers = self.dims * self.times.len();
        resize(&mut self.rate, numbers);
        let points = Points { times: &self.times, states: &self.states[..numbers] };
        dynamics.rate_many(points, theta, &mut self.rate[..numbers], work);
    }

    pub(super) fn linearize(&mut self, dynamics: &dyn Dynamics, theta: &[f64], work: &mut Vec<f64>) {
        let numbers = self.dims * self.times.len();
        resize(&mut self.rate, numbers);
        resize(&mut self.by_state, self.dims * numbers);
        resize(&mut self.by_parameter, theta.len() * numbers);
        let points = Points { times: &self.times, states: &self.states[..numbers] };
        let out = Linearizations {
            rate: &mut self.rate[..numbers],
            by_state: &mut self.by_state[..self.dims * numbers],
            by_parameter: &mut self.by_parameter[..theta.len() * numbers],
        };
        dynamics.linearize_many(points, theta, out, work);
    }
}
