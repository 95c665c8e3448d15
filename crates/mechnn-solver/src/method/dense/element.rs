//! One batch element of a problem: its inputs by the indices of the papers, broadcast axes resolved.

use super::value::{Input, Value};
use crate::problem::{BoundaryCondition, OdeProblem, Sizes, Steps, pick};

#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) problem: &'a OdeProblem,
    pub(super) batch: usize,
    pub(super) sizes: Sizes,
}

impl<'a> Element<'a> {
    pub(super) fn new(problem: &'a OdeProblem, batch: usize) -> Self {
        Self { problem, batch, sizes: problem.sizes() }
    }

    /// The column of `u[t, d, i]` in the schemes without a slack.
    pub(super) fn column(&self, t: usize, d: usize, i: usize) -> usize {
        (t * self.sizes.dims + d) * self.sizes.orders + i
    }

    /// `c[t, e, d, i]`
    pub(super) fn coefficient(&self, t: usize, e: usize, d: usize, i: usize) -> Value {
        let array = &self.problem.ode.coefficients;
        let index = [pick(array.dim().0, self.batch), pick(array.dim().1, t), e, d, i];
        Value::input(array[index], Input::Coefficient(index))
    }

    /// `f[t, e]`
    pub(super) fn forcing(&self, t: usize, e: usize) -> Value {
        let array = &self.problem.ode.forcing;
        let index = [pick(array.dim().0, self.batch), pick(array.dim().1, t), e];
        Value::input(array[index], Input::Forcing(index))
    }

    /// (S, Q): how many points and derivatives are pinned.
    pub(super) fn pinned(&self) -> (usize, usize) {
        let (_, points, _, derivatives) = self.problem.initial.values.dim();
        if self.problem.initial.is_empty() { (0, 0) } else { (points, derivatives) }
    }

    /// `g[s, d, i]`
    pub(super) fn initial(&self, s: usize, d: usize, i: usize) -> Value {
        let array = &self.problem.initial.values;
        let index = [pick(array.dim().0, self.batch), s, d, i];
        Value::input(array[index], Input::Initial(index))
    }

    /// `p[d, i]`, if the problem is periodic.
    pub(super) fn jump(&self, d: usize, i: usize) -> Option<Value> {
        let array = self.problem.periodic_jump.as_ref()?;
        let index = [pick(array.dim().0, self.batch), d, i];
        Some(Value::input(array[index], Input::Jump(index)))
    }

    /// Boundary value `m`, with what it is a value of.
    pub(super) fn boundary(&self) -> impl Iterator<Item = (BoundaryCondition, Value)> {
        self.problem.boundary.iter().flat_map(|boundary| {
            boundary.conditions.iter().enumerate().map(|(m, condition)| {
                let index = [pick(boundary.values.dim().0, self.batch), m];
                (*condition, Value::input(boundary.values[index], Input::Boundary(index)))
            })
        })
    }

    /// `h_t` on the clock of dimension d, the time between points t and t + 1.
    pub(super) fn step(&self, t: usize, d: usize) -> Value {
        match &self.problem.grid.steps {
            Steps::Shared(steps) => {
                let index = [pick(steps.dim().0, self.batch), pick(steps.dim().1, t)];
                Value::input(steps[index], Input::SharedStep(index))
            }
            Steps::PerDimension(steps) => {
                let index = [pick(steps.dim().0, self.batch), pick(steps.dim().1, t), d];
                Value::input(steps[index], Input::StepOfDimension(index))
            }
        }
    }
}

/// `n!`, exact for the few orders in use.
pub(super) fn factorial(n: usize) -> f64 {
    (1..=n).map(|i| i as f64).product()
}
