//! Sines and cosines of the states.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Basis;

/// sin and cos of every state times each frequency.
#[derive(Module, Debug)]
pub struct Trigonometric {
    frequencies: Vec<f64>,
}

impl Trigonometric {
    /// Fixed frequencies, in radians per unit of the state.
    pub fn new(frequencies: &[f64]) -> Self {
        Self { frequencies: frequencies.to_vec() }
    }
}

impl Basis for Trigonometric {
    fn terms(&self, dims: usize) -> usize {
        2 * self.frequencies.len() * dims
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let angles = self.frequencies.iter().map(|&frequency| states.clone() * frequency);
        Tensor::cat(angles.flat_map(|angle| [angle.clone().sin(), angle.cos()]).collect(), 2)
    }
}
