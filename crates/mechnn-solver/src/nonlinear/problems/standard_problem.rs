//! A problem with what is known of its solution.

use std::marker::PhantomData;

use super::equations::{Differentiated, Equations};
use crate::dynamics::Dynamics;

/// A problem, its times and what is known of its solution. All quantities are dimensionless.
pub struct StandardProblem {
    /// Name for messages.
    pub name: &'static str,
    /// Right-hand side.
    pub dynamics: Box<dyn Dynamics>,
    /// `[P]`
    pub theta: Vec<f64>,
    /// `[D]`, at the first time.
    pub initial: Vec<f64>,
    /// `[N]`
    pub times: Vec<f64>,
    /// Absolute tolerance of every dimension, as multiple of the relative tolerance, `[D]`: small against the states
    /// that matter.
    pub absolute: Vec<f64>,
    /// The right answer.
    pub reference: Reference,
}

/// Where the right answer comes from.
pub enum Reference {
    /// Closed form.
    Exact(fn(f64) -> Vec<f64>),
    /// Published state at the last time, `[D]`.
    Last(Vec<f64>),
    /// No closed form: integrate with another method and a tight tolerance.
    Integrate,
}

impl StandardProblem {
    pub(super) fn with_absolute(mut self, absolute: &[f64]) -> Self {
        self.absolute = absolute.to_vec();
        self
    }
}

/// A problem with equal absolute tolerances.
pub(super) fn problem<E: Equations + Sync + 'static>(
    name: &'static str,
    theta: &[f64],
    initial: &[f64],
    times: Vec<f64>,
    reference: Reference,
) -> StandardProblem {
    StandardProblem {
        name,
        dynamics: Box::new(Differentiated::<E>(PhantomData)),
        theta: theta.to_vec(),
        initial: initial.to_vec(),
        times,
        absolute: vec![1e-2; initial.len()],
        reference,
    }
}

/// `count` + 1 equidistant times from zero.
pub(super) fn uniform(end: f64, count: usize) -> Vec<f64> {
    (0..=count).map(|k| end * k as f64 / count as f64).collect()
}
