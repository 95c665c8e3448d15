//! One element of a batch at a time: its system, and its part of the values.

use ndarray::Array4;

use super::inputs::{Inputs, Lengths};
use super::rules::Rules;
use super::sweep::Sweep;
use super::system::System;
use crate::problem::{Condition, OdeProblem, numbers_mut};

/// Runs with the system of one batch element.
pub(super) fn with_system<T>(
    problem: &OdeProblem,
    lengths: Lengths,
    conditions: &[Condition],
    shared_rules: Option<&Rules>,
    batch: usize,
    run: impl FnOnce(System<'_>) -> T,
) -> T {
    let own;
    let rules = match shared_rules {
        Some(rules) => rules,
        None => {
            own = Rules::new(problem, lengths, batch);
            &own
        }
    };
    let inputs = Inputs::new(problem, batch);
    let sweep = Sweep { lengths, inputs, rules, elements: elements(problem, lengths) };
    run(System { sweep, conditions })
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
