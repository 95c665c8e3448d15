//! The families of rows.

use crate::problem::OdeProblem;

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
