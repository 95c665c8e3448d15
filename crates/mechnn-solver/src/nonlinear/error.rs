//! Misuse of the nonlinear solver. What a solve finds out is a [`Status`](super::Status), not an error.

use ndarray::ArrayView2;
use thiserror::Error;

use crate::error::ProblemError;

/// A problem that cannot be posed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum NonlinearError {
    /// An input has the wrong shape, is not finite, or times do not increase.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// A setting is out of range.
    #[error("`{name}` is {value:e}, expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range, in words.
        expected: &'static str,
    },
    /// A boundary value problem without a solution has no derivative.
    #[error("the boundary value problem was not solved, so it has no derivative")]
    NotConverged,
    /// A step of the solution cannot be linearised there.
    #[error("the linearisation at the solution is singular or not finite in the step from time {time}")]
    NotDifferentiable {
        /// Start of the step.
        time: f64,
    },
}

impl NonlinearError {
    pub(crate) fn shape(
        input: &'static str,
        axis: usize,
        meaning: &'static str,
        expected: String,
        found: usize,
    ) -> Self {
        Self::Problem(ProblemError::Shape { input, axis, meaning, expected, found })
    }
}

/// Checks the length and finiteness of a vector.
pub(crate) fn check_vector(
    input: &'static str,
    meaning: &'static str,
    values: &[f64],
    expected: usize,
) -> Result<(), NonlinearError> {
    if values.len() != expected {
        return Err(NonlinearError::shape(input, 0, meaning, expected.to_string(), values.len()));
    }
    check_finite(input, values)
}

pub(crate) fn check_finite(input: &'static str, values: &[f64]) -> Result<(), NonlinearError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(ProblemError::NotFinite { input, index: vec![index], value: values[index] }.into()),
        None => Ok(()),
    }
}

/// Checks that times are at least two, finite and strictly increasing.
pub(crate) fn check_times(input: &'static str, times: &[f64]) -> Result<(), NonlinearError> {
    if times.len() < 2 {
        return Err(ProblemError::TooFewPoints { points: times.len() }.into());
    }
    check_finite(input, times)?;
    match times.windows(2).position(|ends| ends[1] <= ends[0]) {
        Some(index) => Err(ProblemError::Step { index: vec![index], value: times[index + 1] - times[index] }.into()),
        None => Ok(()),
    }
}

/// Checks states given at `points` times.
pub(crate) fn check_states(
    input: &'static str,
    states: ArrayView2<'_, f64>,
    points: usize,
    dims: usize,
) -> Result<(), NonlinearError> {
    for (axis, (meaning, expected)) in [("points", points), ("dimensions", dims)].into_iter().enumerate() {
        if states.shape()[axis] != expected {
            let found = states.shape()[axis];
            return Err(NonlinearError::shape(input, axis, meaning, expected.to_string(), found));
        }
    }
    check_finite(input, &states.iter().copied().collect::<Vec<_>>())
}
