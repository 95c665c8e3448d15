//! Features that depend on no input.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::{Encoder, Mlp};
use crate::error::{RefusedInput, expect_axis};
use crate::network::InitialWeights;

/// A trained vector, optionally seen through a perceptron: one equation for all windows.
#[derive(Module, Debug)]
pub struct LearnedVector {
    vector: Param<Tensor<2>>,
    network: Option<Mlp>,
}

impl LearnedVector {
    /// The vector itself is the features; it starts uniform in ±1.
    pub fn plain(features: usize, weights: &mut InitialWeights) -> Self {
        Self { vector: weights.uniform([1, features], 1), network: None }
    }

    /// Starts at given features.
    pub fn starting_at(features: &[f64], weights: &InitialWeights) -> Self {
        Self { vector: weights.given(features, [1, features.len()]), network: None }
    }

    /// The vector is the input of a network, as in the Lorenz experiment of the paper; over-parametrised, but it
    /// changes how fast a step of the optimiser moves the features.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] if `length` is not the number of the network's inputs.
    pub fn through(length: usize, network: Mlp, weights: &mut InitialWeights) -> Result<Self, RefusedInput> {
        expect_axis("learned vector", 1, "inputs of the network", network.inputs(), length)?;
        Ok(Self { vector: weights.uniform([1, length], 1), network: Some(network) })
    }

    /// The features, `[1, H]`.
    pub fn features(&self) -> Tensor<2> {
        match &self.network {
            Some(network) => network.forward(self.vector.val()),
            None => self.vector.val(),
        }
    }
}

impl Encoder for LearnedVector {
    fn encode(&self, _: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        Ok(self.features())
    }
}
