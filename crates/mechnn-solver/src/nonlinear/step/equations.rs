//! The equations that are solved, with the rule and the tolerance.

use super::failure::Failure;
use super::rule::Tableau;
use super::tolerance::Tolerance;
use crate::dynamics::{Dynamics, Linearization};

/// What all steps of a solve share.
#[derive(Clone, Copy)]
pub(crate) struct Equations<'a> {
    pub(crate) dynamics: &'a dyn Dynamics,
    pub(crate) theta: &'a [f64],
    pub(crate) tableau: &'a Tableau,
    pub(crate) tolerance: &'a Tolerance,
}

impl Equations<'_> {
    pub(crate) fn dims(&self) -> usize {
        self.dynamics.dims()
    }

    pub(crate) fn linearization(&self) -> Linearization {
        Linearization::zeros(self.dynamics.dims(), self.dynamics.parameters())
    }

    pub(crate) fn linearize(&self, time: f64, state: &[f64], out: &mut Linearization) -> Result<(), Failure> {
        // NaN where a model forgets to write is better found here than taken over from the evaluation before.
        out.rate.fill(f64::NAN);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        self.dynamics.linearize(time, state, self.theta, out);
        let mut all = out.rate.iter().chain(&out.by_state);
        if all.all(|value| value.is_finite()) { Ok(()) } else { Err(Failure::NotFinite) }
    }
}
