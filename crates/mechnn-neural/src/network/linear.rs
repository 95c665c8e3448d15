//! An affine map.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::InitialWeights;

/// y = x W + b
///
/// # Shapes
/// - x: `[.., inputs]`, W: `[inputs, outputs]`, b: `[outputs]`
#[derive(Module, Debug)]
pub struct Linear {
    /// W
    pub weight: Param<Tensor<2>>,
    /// b
    pub bias: Param<Tensor<1>>,
}

impl Linear {
    /// Random weights, both uniform in ±1/sqrt(inputs).
    pub fn new(inputs: usize, outputs: usize, weights: &mut InitialWeights) -> Self {
        Self { weight: weights.uniform([inputs, outputs], inputs), bias: weights.uniform([outputs], inputs) }
    }

    /// `[B, inputs]` to `[B, outputs]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.weight.dims()[0]
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.weight.dims()[1]
    }
}
