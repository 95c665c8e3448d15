//! One equation from closures.

use mechnn_solver::smoother::{Dynamics, Linearization};

/// `x' = rate(t, x)` with a given Jacobian.
pub(crate) struct Scalar<R, J>(pub(crate) R, pub(crate) J);

impl<R: Fn(f64, f64) -> f64 + Sync, J: Fn(f64, f64) -> f64 + Sync> Dynamics for Scalar<R, J> {
    fn dims(&self) -> usize {
        1
    }

    fn parameters(&self) -> usize {
        0
    }

    fn rate(&self, t: f64, x: &[f64], _theta: &[f64], rate: &mut [f64]) {
        rate[0] = (self.0)(t, x[0]);
    }

    fn linearize(&self, t: f64, x: &[f64], _theta: &[f64], out: &mut Linearization) {
        out.rate[0] = (self.0)(t, x[0]);
        out.by_state[0] = (self.1)(t, x[0]);
    }
}
