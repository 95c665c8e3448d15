//! Convolutions along the points of a window.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::module::conv1d;
use burn::tensor::ops::ConvOptions;
use serde::{Deserialize, Serialize};

use super::Encoder;
use crate::error::{RefusedInput, expect_axis};
use crate::network::{Activation, InitialWeights, Linear};

/// What lies beyond the ends of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// Zeros.
    Zero,
    /// The other end: for periodic axes.
    Circular,
}

/// How points become features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readout {
    /// All channels of all points through one affine map.
    Flatten,
    /// The mean over the points through one affine map: independent of the length of the window.
    Mean,
}

/// One convolution that keeps the number of points; odd kernels.
#[derive(Module, Debug)]
pub(super) struct Convolution {
    weight: Param<Tensor<3>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    padding: Padding,
}

impl Convolution {
    pub(super) fn new(
        inputs: usize,
        outputs: usize,
        kernel: usize,
        padding: Padding,
        weights: &mut InitialWeights,
    ) -> Result<Self, RefusedInput> {
        expect_axis("kernel", 2, "an odd number of points", kernel | 1, kernel)?;
        let fan = inputs * kernel;
        Ok(Self {
            weight: weights.uniform([outputs, inputs, kernel], fan),
            bias: weights.uniform([outputs], fan),
            padding,
        })
    }

    pub(super) fn inputs(&self) -> usize {
        self.weight.dims()[1]
    }

    /// `[B, channels, N]` to `[B, filters, N]`
    pub(super) fn forward(&self, x: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        let [batch, channels, points] = x.dims();
        let half = self.weight.dims()[2] / 2;
        let (x, zeros) = match self.padding {
            Padding::Zero => (x, half),
            Padding::Circular if half > points => {
                // More than one period on each side has no meaning.
                let (input, meaning) = ("window", "points of half a kernel at least");
                return Err(RefusedInput::Shape { input, axis: 1, meaning, expected: half, found: points });
            }
            Padding::Circular if half == 0 => (x, 0),
            Padding::Circular => {
                let end = x.clone().slice([0..batch, 0..channels, points - half..points]);
                let start = x.clone().slice([0..batch, 0..channels, 0..half]);
                (Tensor::cat(vec![end, x, start], 2), 0)
            }
        };
        Ok(conv1d(x, self.weight.val(), Some(self.bias.val()), ConvOptions::new([1], [zeros], [1], 1)))
    }
}

/// Convolutions with a nonlinear function after each, and an affine map to the features.
#[derive(Module, Debug)]
pub struct ConvolutionStack {
    convolutions: Vec<Convolution>,
    output: Linear,
    points: usize,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    readout: Readout,
}

impl ConvolutionStack {
    /// Convolutions between `channels`, such as `[1, 64, 128]`, over windows of `points` points.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] for fewer than two channel counts, or a kernel of even length.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        channels: &[usize],
        kernel: usize,
        points: usize,
        features: usize,
        padding: Padding,
        readout: Readout,
        activation: Activation,
        weights: &mut InitialWeights,
    ) -> Result<Self, RefusedInput> {
        let (Some(&last), true) = (channels.last(), channels.len() >= 2) else {
            let (input, meaning) = ("channels", "inputs and outputs at least");
            return Err(RefusedInput::Shape { input, axis: 0, meaning, expected: 2, found: channels.len() });
        };
        let convolutions = channels
            .windows(2)
            .map(|pair| Convolution::new(pair[0], pair[1], kernel, padding, weights))
            .collect::<Result<_, _>>()?;
        let width = match readout {
            Readout::Flatten => last * points,
            Readout::Mean => last,
        };
        let output = Linear::new(width, features, weights);
        Ok(Self { convolutions, output, points, activation, readout })
    }

    /// The same network with zeros in its last layer: what it is added to starts unchanged.
    pub fn with_zero_output(mut self, weights: &InitialWeights) -> Self {
        let (inputs, outputs) = (self.output.inputs(), self.output.outputs());
        self.output.weight = weights.given(&vec![0.0; inputs * outputs], [inputs, outputs]);
        self.output.bias = weights.given(&vec![0.0; outputs], [outputs]);
        self
    }
}

impl Encoder for ConvolutionStack {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let [_, points, channels] = window.dims();
        let expected = self.convolutions.first().map_or(channels, Convolution::inputs);
        expect_axis("window", 2, "channels of the first convolution", expected, channels)?;
        if self.readout == Readout::Flatten {
            expect_axis("window", 1, "points of the encoder", self.points, points)?;
        }
        let mut x = window.swap_dims(1, 2);
        for convolution in &self.convolutions {
            x = self.activation.apply(convolution.forward(x)?);
        }
        let x = match self.readout {
            Readout::Flatten => x.flatten(1, 2),
            Readout::Mean => x.mean_dim(2).squeeze_dim(2),
        };
        Ok(self.output.forward(x))
    }
}
