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
            Self::Elu => elu(x),
            Self::Tanh => activation::tanh(x),
            Self::Gelu => activation::gelu(x),
        }
    }
}

/// That of burn has the gradient 0 · ∞ where e^x overflows.
fn elu<const RANK: usize>(x: Tensor<RANK>) -> Tensor<RANK> {
    let below = x.clone().mask_fill(x.clone().greater_scalar(0.0), 0.0).exp() - 1.0;
    x.clone().mask_where(x.lower_equal_scalar(0.0), below)
}

#[cfg(test)]
mod tests {
    use super::Activation;
    use crate::array::{device, from_slice, to_vec};

    #[test]
    fn large_inputs_have_values_and_gradients() {
        for activation in [Activation::Relu, Activation::Elu, Activation::Tanh, Activation::Gelu] {
            let x = from_slice(&[-1e4, -800.0, 800.0, 1e4], [4], &device()).require_grad();
            let y = activation.apply(x.clone());
            let gradient = x.grad(&y.clone().sum().backward()).map(to_vec).expect("a gradient");
            for number in to_vec(y).into_iter().chain(gradient) {
                assert!(number.is_finite(), "{activation:?}: {number}");
            }
        }
    }
}
