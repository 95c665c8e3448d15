//! From a window of data to features.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::error::RefusedInput;

// In data-flow order.
mod mlp;

mod learned_vector;

mod smoothed_vector;

mod convolution;

mod residual;

mod pairwise;

mod batched_cholesky;

mod integral_regression;

pub use convolution::{ConvolutionStack, Padding, Readout};
pub use integral_regression::IntegralRegression;
pub use learned_vector::LearnedVector;
pub use mlp::Mlp;
pub use pairwise::PairwiseDifferences;
pub use residual::{ResidualSizes, ResidualStack};
pub use smoothed_vector::SmoothedVector;

/// Makes features of a window; a module of burn whose parameters are trained.
pub trait Encoder: Module + ModuleDisplay {
    /// Features `[B | 1, H]` of windows `[B, N, C]`; length 1 means the same for every example.
    ///
    /// # Errors
    /// [`RefusedInput`] if the encoder was made for windows of another shape.
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput>;

    /// The features, and the states `[B, N, D]` that the head sees in place of the window: an encoder that knows
    /// better ones than the measured gives them here.
    ///
    /// # Errors
    /// As [`Self::encode`].
    fn encode_with_states(&self, window: Tensor<3>) -> Result<(Tensor<2>, Tensor<3>), RefusedInput> {
        Ok((self.encode(window.clone())?, window))
    }
}
