//! The values of a solution, element by element of the batch.

use ndarray::Array4;

use crate::problem::OdeProblem;

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
    values.as_slice_mut().map(|all| all.chunks_exact_mut(length).collect()).unwrap_or_default()
}
