//! What can go wrong in a layer.

use mechnn_solver::{ProblemError, SolveError};
use thiserror::Error;

/// A tensor that is no input of an ODE.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RefusedInput {
    /// Another number type than f64.
    #[error("`{input}` holds {found}, expected F64: make tensors with the element type given")]
    NumberType {
        /// Name of the input.
        input: &'static str,
        /// The type found.
        found: String,
    },
    /// An axis has the wrong length.
    #[error("`{input}`: axis {axis} ({meaning}) has length {found}, expected {expected}")]
    Shape {
        /// Name of the input.
        input: &'static str,
        /// Index of the axis.
        axis: usize,
        /// What the axis counts.
        meaning: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length found.
        found: usize,
    },
}

/// Why a layer has no output.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LayerError {
    /// A tensor that does not fit.
    #[error(transparent)]
    Input(#[from] RefusedInput),
    /// The numbers are no ODE problem: a shape, a NaN (with its index, batch first), a step that is not positive.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// The solver failed; the error names the batch element.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

/// Refuses an axis of another length than `expected`.
pub(crate) fn expect_axis(
    input: &'static str,
    axis: usize,
    meaning: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), RefusedInput> {
    match found == expected {
        true => Ok(()),
        false => Err(RefusedInput::Shape { input, axis, meaning, expected, found }),
    }
}
