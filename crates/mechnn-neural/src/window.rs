//! A batch of pieces of trajectories.

use burn::tensor::Tensor;

/// What encoder and head see: states at N consecutive points, and when.
///
/// # Shapes
/// - `values`: `[B, N, C]`
/// - `times`: `[B | 1, N, 1]`
#[derive(Debug, Clone)]
pub struct Window {
    /// Measured states.
    pub values: Tensor<3>,
    /// Times of the points.
    pub times: Tensor<3>,
}
