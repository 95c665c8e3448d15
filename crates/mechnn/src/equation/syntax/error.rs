//! What is wrong with a text, and where.

use thiserror::Error;

/// What is wrong with an equation or an expression, and where; printed as `column 3: ..`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {}: {problem}", .at + 1)]
#[non_exhaustive]
pub struct ExpressionError {
    /// Characters before the offending one.
    pub at: usize,
    /// What is wrong.
    pub problem: String,
    /// One thing to try.
    pub hint: Option<String>,
}

impl ExpressionError {
    /// A problem after `at` characters.
    pub fn new(at: usize, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into(), hint: None }
    }

    /// The same with one thing to try.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
