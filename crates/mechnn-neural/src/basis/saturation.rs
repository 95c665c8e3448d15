//! Rational functions of the states.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::Basis;
use crate::array::to_vec;
use crate::network::InitialWeights;

/// Rational functions that level off, with a trained positive constant for every state:
///
/// $$ \phi_d(x) = \frac{x_d^n}{a_d + |x_d|^n}, \qquad a_d = e^{z_d}, \qquad
/// \frac{\partial \phi_d}{\partial z_d} = -\frac{a_d\, x_d^n}{(a_d + |x_d|^n)^2} $$
///
/// For x >= 0 these are x / (a + x) and x² / (a + x²), also known as Michaelis-Menten or Holling type II (n = 1, a
/// where φ = 1/2) and as Hill functions or Holling type III (n = 2, a the square of that place). z is what is trained:
/// every z is a positive constant, and equal changes of z are equal ratios of a. Several n: [`Joined`](super::Joined).
#[derive(Module, Debug)]
pub struct Saturations {
    order: usize,
    /// z, `[D]`.
    logarithms: Param<Tensor<1>>,
}

impl Saturations {
    /// n = `order` and positive constants a to start from, `[D]`; the logarithm of another number is no number, at
    /// which training stops at once. A start within a factor of ten of typical |x|^n is a good one: far from there φ
    /// hardly changes its shape with a.
    pub fn new(order: usize, constants: &[f64], weights: &InitialWeights) -> Self {
        let logarithms: Vec<f64> = constants.iter().map(|constant| constant.ln()).collect();
        Self { order, logarithms: weights.given(&logarithms, [constants.len()]) }
    }

    /// n.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The constants a, `[D]`.
    pub fn constants(&self) -> Vec<f64> {
        to_vec(self.logarithms.val().exp())
    }
}

impl Basis for Saturations {
    fn terms(&self, dims: usize) -> usize {
        dims
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let ones = || states.clone() * 0.0 + 1.0;
        let power = (0..self.order).fold(ones(), |product, _| product * states.clone());
        // |x|^n in the denominator: latent states may pass through negative numbers during training, and must not meet
        // a pole.
        let constants = self.logarithms.val().exp().unsqueeze();
        power.clone() / (power.abs() + constants)
    }
}
