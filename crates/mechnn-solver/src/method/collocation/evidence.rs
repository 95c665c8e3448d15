//! What a solve of one batch element tells about it.

use crate::error::SolveError;
use crate::linear_algebra::lu::SingularAt;
use crate::solution::RowResiduals;

/// What a solve of one batch element tells about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    pub(super) residuals: RowResiduals,
    pub(super) pivot_ratio: f64,
    pub(super) error_estimate: f64,
    /// Relative error of one solve with the factors, without refinement: that of an adjoint.
    pub(super) error_of_factors: f64,
    pub(super) refinements: usize,
}

/// Relative rounding error of an element's solution, in units of `eps / pivot_ratio`.
pub(super) const ERROR_PER_PIVOT: f64 = 10.0;

/// The error of a batch element whose factors are singular.
pub(super) fn singular(batch: usize, SingularAt { index: point, pivot }: SingularAt) -> SolveError {
    match pivot.is_finite() {
        true => SolveError::Singular { batch, point, pivot },
        false => SolveError::NotFinite { batch, point },
    }
}
