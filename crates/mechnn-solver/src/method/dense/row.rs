//! One row of the least-squares problem, as the papers write it.

use super::value::Value;
use crate::problem::OdeProblem;

/// `sum over the terms of factor * unknown[column] = right`, before it is multiplied by the weight of its family.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) family: Family,
    pub(super) terms: Vec<(usize, Value)>,
    pub(super) right: Value,
}

impl Row {
    pub(super) fn new(family: Family, terms: Vec<(usize, Value)>, right: Value) -> Self {
        Self { family, terms, right }
    }
}

/// The family of a row: it decides the weight, and under which name the residual is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Equation,
    Initial,
    Periodic,
    Smoothness,
}

impl Family {
    /// Index into the weights of a gradient; periodic rows have the weight of the initial rows.
    pub(super) fn weight_index(self) -> usize {
        match self {
            Family::Equation => 0,
            Family::Initial | Family::Periodic => 1,
            Family::Smoothness => 2,
        }
    }

    pub(super) fn weight(self, problem: &OdeProblem) -> f64 {
        let weights = problem.weights();
        [weights.equation, weights.initial, weights.smoothness][self.weight_index()]
    }
}
