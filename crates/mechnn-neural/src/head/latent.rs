//! States on which the nonlinear terms are evaluated.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::array::from_slice;
use crate::encoder::{Encoder, Mlp};
use crate::error::{LayerError, RefusedInput, expect_axis};
use crate::window::Window;

/// The latent states of the paper: the solver is linear, so nonlinear terms see a guess of the solution, which the
/// consistency loss ties to it.
#[derive(Module, Debug)]
pub struct Latent {
    network: Option<Mlp>,
    /// Added to the data instead of replacing them.
    correction: bool,
    /// Size of each dimension: the network sees states divided by it, `[D]`.
    scale: Vec<f64>,
    /// What the network makes is multiplied by it, `[D]`.
    unit: Vec<f64>,
}

impl Latent {
    /// The measured states themselves.
    pub fn data() -> Self {
        Self { network: None, correction: false, scale: vec![], unit: vec![] }
    }

    /// A network from the whole window, N D numbers in and out; `scale`, `[D]`, is the size of each dimension.
    pub fn network(network: Mlp, scale: &[f64]) -> Self {
        Self { network: Some(network), correction: false, scale: scale.to_vec(), unit: scale.to_vec() }
    }

    /// The measured states plus what a network adds to them: it starts near the data. The network sees states in units
    /// of `scale` and makes corrections in units of `unit`, both `[D]`; the size of the noise is a good unit where it
    /// is known.
    pub fn correction(network: Mlp, scale: &[f64], unit: &[f64]) -> Self {
        Self { network: Some(network), correction: true, scale: scale.to_vec(), unit: unit.to_vec() }
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
        self.check(dims)?;
        expect_axis("latent states", 1, "points times dimensions", points * dims, network.outputs())?;
        let sizes = |sizes: &[f64]| from_slice(sizes, [1, 1, dims], &window.values.device());
        let scaled = window.values.clone() / sizes(&self.scale);
        let states = network.encode(scaled)?.reshape([batch, points, dims]) * sizes(&self.unit);
        Ok(if self.correction { window.values.clone() + states } else { states })
    }

    pub(super) fn check(&self, dims: usize) -> Result<(), RefusedInput> {
        match self.network {
            Some(_) => {
                expect_axis("scale", 0, "dimensions", dims, self.scale.len())?;
                expect_axis("unit", 0, "dimensions", dims, self.unit.len())
            }
            None => Ok(()),
        }
    }
}
