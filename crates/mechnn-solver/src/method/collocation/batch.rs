//! One element of a batch at a time: its system, and its part of the values.

use ndarray::Array4;

use super::inputs::{Inputs, Lengths};
use super::rules::Rules;
use super::sweep::{Storage, Sweep};
use super::system::System;
use crate::problem::{Condition, OdeProblem, numbers_mut};

/// What the systems of all batch elements are made of.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) problem: &'a OdeProblem,
    pub(super) lengths: Lengths,
    pub(super) conditions: &'a [Condition],
    /// Where all batch elements have the same steps.
    pub(super) shared_rules: Option<&'a Rules>,
}

impl Batch<'_> {
    /// Runs with the system of one batch element.
    pub(super) fn with_system<T>(&self, batch: usize, run: impl FnOnce(System<'_>) -> T) -> T {
        let own;
        let rules = match self.shared_rules {
            Some(rules) => rules,
            None => {
                own = Rules::new(self.problem, self.lengths, batch);
                &own
            }
        };
        let inputs = Inputs::new(self.problem, batch);
        let sweep = Sweep { lengths: self.lengths, inputs, rules, elements: elements(self.problem, self.lengths) };
        run(System { sweep, conditions: self.conditions })
    }
}

/// Room for the factors of one batch element, taken when it is first needed.
pub(super) struct FactorMemory {
    lengths: (usize, usize),
    factors: Vec<f64>,
    exchanged: Vec<u32>,
}

impl FactorMemory {
    pub(super) fn new(problem: &OdeProblem, lengths: Lengths) -> Self {
        let lengths = Storage::new(lengths, elements(problem, lengths)).lengths();
        Self { lengths, factors: Vec::new(), exchanged: Vec::new() }
    }

    /// Numbers and exchanged rows, see [`Storage::lengths`].
    pub(super) fn numbers(&mut self) -> (&mut [f64], &mut [u32]) {
        self.factors.resize(self.lengths.0, 0.0);
        self.exchanged.resize(self.lengths.1, 0);
        (&mut self.factors, &mut self.exchanged)
    }
}

/// Collocation elements of a batch element.
pub(super) fn elements(problem: &OdeProblem, lengths: Lengths) -> usize {
    (problem.sizes.points - 1) / lengths.intervals
}

/// N D K.
pub(super) fn unknowns(problem: &OdeProblem) -> usize {
    problem.sizes.points * problem.sizes.block()
}

/// `[B, N, D, K]`
pub(super) fn zeros(problem: &OdeProblem) -> Array4<f64> {
    let sizes = problem.sizes;
    Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders))
}

/// One slice of `length` values for each batch element.
pub(super) fn chunks(values: &mut Array4<f64>, length: usize) -> Vec<&mut [f64]> {
    numbers_mut(values).chunks_exact_mut(length).collect()
}
