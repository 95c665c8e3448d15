//! A residual network of convolutions.

use burn::module::Module;
use burn::tensor::Tensor;

use super::convolution::Convolution;
use super::{Encoder, Padding};
use crate::error::{RefusedInput, expect_axis};
use crate::network::{Activation, InitialWeights};

/// Convolution to `filters` channels, blocks `x + conv(act(conv(act(x))))`, convolution to `outputs` channels: as the
/// KdV experiment of the paper uses along space. The features are `[B, N · outputs]`, point by point.
#[derive(Module, Debug)]
pub struct ResidualStack {
    first: Convolution,
    blocks: Vec<ResidualBlock>,
    last: Convolution,
    #[module(skip)]
    activation: Activation,
}

#[derive(Module, Debug)]
struct ResidualBlock {
    first: Convolution,
    second: Convolution,
}

/// Sizes of a [`ResidualStack`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResidualSizes {
    /// C, channels of the window.
    pub inputs: usize,
    /// Channels inside.
    pub filters: usize,
    /// Points of a kernel, odd.
    pub kernel: usize,
    /// Blocks of two convolutions.
    pub blocks: usize,
    /// Features of each point.
    pub outputs: usize,
}

impl ResidualStack {
    /// Random weights.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for a kernel of even length.
    pub fn new(
        sizes: ResidualSizes,
        padding: Padding,
        activation: Activation,
        weights: &mut InitialWeights,
    ) -> Result<Self, RefusedInput> {
        let ResidualSizes { inputs, filters, kernel, blocks, outputs } = sizes;
        let first = Convolution::new(inputs, filters, kernel, padding, weights)?;
        let block = |weights: &mut InitialWeights| -> Result<ResidualBlock, RefusedInput> {
            Ok(ResidualBlock {
                first: Convolution::new(filters, filters, kernel, padding, weights)?,
                second: Convolution::new(filters, filters, kernel, padding, weights)?,
            })
        };
        let blocks = (0..blocks).map(|_| block(weights)).collect::<Result<_, _>>()?;
        let last = Convolution::new(filters, outputs, kernel, padding, weights)?;
        Ok(Self { first, blocks, last, activation })
    }
}

impl Encoder for ResidualStack {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        expect_axis("window", 2, "channels of the first convolution", self.first.inputs(), window.dims()[2])?;
        let mut x = self.first.forward(window.swap_dims(1, 2))?;
        for block in &self.blocks {
            let inner = block.first.forward(self.activation.apply(x.clone()))?;
            x = x + block.second.forward(self.activation.apply(inner))?;
        }
        let x = self.last.forward(self.activation.apply(x))?;
        Ok(x.swap_dims(1, 2).flatten(1, 2))
    }
}
