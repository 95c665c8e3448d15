//! One batch element of a problem, as plain slices with broadcast axes resolved.

use crate::problem::{OdeProblem, Source, of_element, pick};

/// The inputs of batch element `batch`, except the steps (those are in [`super::rules::Rules`]).
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    coefficients: &'a [f64],
    coefficient_points: usize,
    forcing: &'a [f64],
    forcing_points: usize,
    initial: &'a [f64],
    jump: &'a [f64],
    boundary: &'a [f64],
}

/// Lengths within a batch element. Called with literals, every loop over them unrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    /// D
    pub(super) dims: usize,
    /// K
    pub(super) orders: usize,
    /// Intervals of a collocation element, nodes - 1.
    pub(super) intervals: usize,
}

impl Lengths {
    /// D K, the state at a point.
    #[inline(always)]
    pub(super) fn state(self) -> usize {
        self.dims * self.orders
    }

    /// Unknown highest derivatives of an element.
    #[inline(always)]
    pub(super) fn unknowns(self) -> usize {
        self.dims * self.intervals
    }
}

impl<'a> Inputs<'a> {
    pub(super) fn new(problem: &'a OdeProblem, batch: usize) -> Self {
        Self {
            coefficients: of_element(&problem.ode.coefficients, batch),
            coefficient_points: problem.ode.coefficients.dim().1,
            forcing: of_element(&problem.ode.forcing, batch),
            forcing_points: problem.ode.forcing.dim().1,
            initial: if problem.initial.is_empty() { &[] } else { of_element(&problem.initial.values, batch) },
            jump: problem.periodic_jump.as_ref().map_or(&[], |jump| of_element(jump, batch)),
            boundary: problem.boundary.as_ref().map_or(&[], |boundary| of_element(&boundary.values, batch)),
        }
    }

    /// Coefficients of all equations at point t, `[D, D, K]`.
    #[inline(always)]
    pub(super) fn coefficients(&self, lengths: Lengths, t: usize) -> &'a [f64] {
        let size = lengths.dims * lengths.state();
        &self.coefficients[self.coefficient_point(t) * size..][..size]
    }

    #[inline(always)]
    pub(super) fn coefficient_point(&self, t: usize) -> usize {
        pick(self.coefficient_points, t)
    }

    #[inline(always)]
    pub(super) fn forcing(&self, lengths: Lengths, t: usize, equation: usize) -> f64 {
        self.forcing[self.forcing_point(t) * lengths.dims + equation]
    }

    #[inline(always)]
    pub(super) fn forcing_point(&self, t: usize) -> usize {
        pick(self.forcing_points, t)
    }

    /// The value of a condition.
    pub(super) fn condition(&self, source: Source) -> f64 {
        match source {
            Source::Initial(index) => self.initial[index],
            Source::Jump(index) => self.jump[index],
            Source::Boundary(index) => self.boundary[index],
        }
    }
}
