//! Trained powers of the states.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::Basis;
use crate::array::to_vec;
use crate::network::InitialWeights;

/// (|x_d| + 1e-12)^p_d with a trained exponent for every state.
#[derive(Module, Debug)]
pub struct Powers {
    exponents: Param<Tensor<1>>,
}

impl Powers {
    /// Exponents to start from, `[D]`.
    pub fn new(exponents: &[f64], weights: &InitialWeights) -> Self {
        Self { exponents: weights.given(exponents, [exponents.len()]) }
    }

    /// The exponents, `[D]`.
    pub fn exponents(&self) -> Vec<f64> {
        to_vec(self.exponents.val())
    }
}

impl Basis for Powers {
    fn terms(&self, dims: usize) -> usize {
        dims
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        // 1e-12 keeps the derivative of the logarithm finite at 0.
        ((states.abs() + 1e-12).log() * self.exponents.val().unsqueeze()).exp()
    }
}
