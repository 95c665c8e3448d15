//! The nonlinear functions between layers.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// A function applied to every number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// x above 0, e^x - 1 below
    Elu,
    /// tanh x
    Tanh,
    /// x times the normal distribution function of x
    Gelu,
}

impl Activation {
    /// The function of every number of `x`.
    pub fn apply<const RANK: usize>(self, x: Tensor<RANK>) -> Tensor<RANK> {
        match self {
            Self::Relu => activation::relu(x),
            Self::Elu => activation::elu(x, 1.0),
            Self::Tanh => activation::tanh(x),
            Self::Gelu => activation::gelu(x),
        }
    }
}
