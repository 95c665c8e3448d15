//! States on which the nonlinear terms are evaluated.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::array::from_slice;
use crate::encoder::{Encoder, Mlp, expect_axis};
use crate::error::{LayerError, RefusedInput};
use crate::window::Window;

/// The latent states of the paper: the solver is linear, so nonlinear terms see a guess of the solution, which the
/// consistency loss ties to it.
#[derive(Module, Debug)]
pub struct Latent {
    network: Option<Mlp>,
    /// Added to the data instead of replacing them.
    correction: bool,
    /// Size of each dimension: the network sees and makes states divided by it, `[D]`.
    scale: Vec<f64>,
}

impl Latent {
    /// The measured states themselves.
    pub fn data() -> Self {
        Self { network: None, correction: false, scale: vec![] }
    }

    /// A network from the whole window, N D numbers in and out; `scale`, `[D]`, is the size of each dimension.
    pub fn network(network: Mlp, scale: &[f64]) -> Self {
        Self { network: Some(network), correction: false, scale: scale.to_vec() }
    }

    /// The measured states plus what a network adds to them: it starts near the data.
    pub fn correction(network: Mlp, scale: &[f64]) -> Self {
        Self { network: Some(network), correction: true, scale: scale.to_vec() }
    }

    /// Latent states `[B, N, D]`.
    ///
    /// # Errors
    /// [`LayerError::Input`] if the network was made for other windows.
    pub fn evaluate(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        let Some(network) = &self.network else {
            return Ok(window.values.clone());
        };
        let [batch, points, dims] = window.values.dims();
        expect_axis("scale", 0, "dimensions", dims, self.scale.len())?;
        expect_axis("latent states", 1, "points times dimensions", points * dims, network.outputs())?;
        let scale = from_slice(&self.scale, [1, 1, dims], &window.values.device());
        let scaled = window.values.clone() / scale.clone();
        let states = network.encode(scaled.clone())?.reshape([batch, points, dims]);
        Ok(if self.correction { (scaled + states) * scale } else { states * scale })
    }

    pub(super) fn check(&self, dims: usize) -> Result<(), RefusedInput> {
        match self.network {
            Some(_) => expect_axis("scale", 0, "dimensions", dims, self.scale.len()),
            None => Ok(()),
        }
    }
}
