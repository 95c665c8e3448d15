//! Right-hand sides of equations.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::error::RefusedInput;

// In data-flow order.
mod library;

mod parametric;

pub use library::LibraryRightHandSide;
pub use parametric::{Parameter, ParametricError, ParametricRightHandSide};

/// Where the unknown numbers of a right-hand side come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Trained numbers, the same for every example.
    Shared,
    /// Features: of every example, or of all if the encoder has no input.
    Features,
}

/// A right-hand side f; implement it for equations of your own.
pub trait RightHandSide: Module + ModuleDisplay {
    /// Number of features read.
    fn features(&self) -> usize;

    /// f, `[B, N, D]`, at states `[B, N, D]` and times `[B | 1, N, 1]`, for features `[B | 1, H]`.
    ///
    /// # Errors
    /// [`RefusedInput`] if the states do not fit.
    fn evaluate(&self, features: Tensor<2>, states: Tensor<3>, times: Tensor<3>) -> Result<Tensor<3>, RefusedInput>;
}
