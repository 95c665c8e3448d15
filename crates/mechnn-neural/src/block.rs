//! Encoder, head and solver together.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::encoder::Encoder;
use crate::error::LayerError;
use crate::head::{HeadOutput, OdeHead};
use crate::layer::{OdeLayer, OdeOutput};
use crate::window::Window;

/// The mechanistic block of the paper: a window becomes an ODE, the ODE its solution.
///
/// A module of burn: several of them can be fields of one network, in any arrangement.
#[derive(Module, Debug)]
pub struct MechanisticBlock<E: Encoder, H: OdeHead> {
    encoder: E,
    head: H,
    #[module(skip)]
    layer: OdeLayer,
}

/// The solution of a block, and the ODE it solves.
#[derive(Debug, Clone)]
pub struct BlockOutput {
    /// The solution.
    pub solution: OdeOutput,
    /// The ODE, with the latent states.
    pub head: HeadOutput,
}

impl BlockOutput {
    /// The states without their derivatives, `[B, N, D]`.
    pub fn states(&self) -> Tensor<3> {
        let [batch, points, dims, _] = self.solution.values.dims();
        self.solution.values.clone().slice([0..batch, 0..points, 0..dims, 0..1]).squeeze_dim(3)
    }
}

impl<E: Encoder, H: OdeHead> MechanisticBlock<E, H> {
    /// A block of its parts.
    pub fn new(encoder: E, head: H, layer: OdeLayer) -> Self {
        Self { encoder, head, layer }
    }

    /// Encodes, makes the ODE, solves it.
    ///
    /// # Errors
    /// [`LayerError`]: parts that do not fit, or a solve that fails.
    pub fn forward(&self, window: &Window) -> Result<BlockOutput, LayerError> {
        let (features, states) = self.encoder.encode_with_states(window.values.clone())?;
        let seen = Window { values: states, times: window.times.clone() };
        let head = self.head.ode(features, &seen)?;
        let solution = self.layer.forward(&head.ode)?;
        Ok(BlockOutput { solution, head })
    }

    /// The encoder.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// The head.
    pub fn head(&self) -> &H {
        &self.head
    }

    /// Replaces the head by what `change` makes of it.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn map_head<Error>(self, change: impl FnOnce(H) -> Result<H, Error>) -> Result<Self, Error> {
        Ok(Self { head: change(self.head)?, encoder: self.encoder, layer: self.layer })
    }
}
