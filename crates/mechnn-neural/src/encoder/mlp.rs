//! Affine maps with a nonlinear function between them.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Encoder;
use crate::error::{RefusedInput, expect_axis};
use crate::network::{Activation, InitialWeights, Linear};

/// A multilayer perceptron; as an encoder it sees the window as one vector of N C numbers.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
}

impl Mlp {
    /// Layers between `widths`, at least two: `[150, 1024, 1024, 30]` has three.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for fewer than two widths.
    pub fn new(widths: &[usize], activation: Activation, weights: &mut InitialWeights) -> Result<Self, RefusedInput> {
        if widths.len() < 2 {
            let (input, meaning) = ("widths", "inputs and outputs at least");
            return Err(RefusedInput::Shape { input, axis: 0, meaning, expected: 2, found: widths.len() });
        }
        let layers = widths.windows(2).map(|pair| Linear::new(pair[0], pair[1], weights)).collect();
        Ok(Self { layers, activation })
    }

    /// The same network with zeros in its last layer: what it is added to starts unchanged.
    pub fn with_zero_output(mut self, weights: &InitialWeights) -> Self {
        if let Some(last) = self.layers.last_mut() {
            let (inputs, outputs) = (last.inputs(), last.outputs());
            last.weight = weights.given(&vec![0.0; inputs * outputs], [inputs, outputs]);
            last.bias = weights.given(&vec![0.0; outputs], [outputs]);
        }
        self
    }

    /// `[B, inputs]` to `[B, outputs]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let mut x = x;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = self.activation.apply(x);
            }
            x = layer.forward(x);
        }
        x
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.layers.first().map_or(0, Linear::inputs)
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, Linear::outputs)
    }
}

impl Encoder for Mlp {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let [_, points, channels] = window.dims();
        expect_axis("window", 1, "points times channels of the perceptron", self.inputs(), points * channels)?;
        Ok(self.forward(window.flatten(1, 2)))
    }
}
