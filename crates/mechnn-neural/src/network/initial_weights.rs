//! Random weights from a seed of the caller.
//!
//! burn's own initialisers draw from a generator of the device, which is shared by everything on it.

use burn::module::Param;
use burn::tensor::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::array::from_slice;

/// The random numbers of a network under construction, and the device it is built on.
#[derive(Debug, Clone)]
pub struct InitialWeights {
    random: ChaCha8Rng,
    device: Device,
}

impl InitialWeights {
    /// Starts from a seed.
    pub fn new(seed: u64, device: &Device) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), device: device.clone() }
    }

    /// The device of the network.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Uniform in ±1/sqrt(`inputs`), PyTorch's default for layers with that many inputs per output.
    pub fn uniform<const RANK: usize>(&mut self, shape: [usize; RANK], inputs: usize) -> Param<Tensor<RANK>> {
        let bound = 1.0 / (inputs.max(1) as f64).sqrt();
        let count = shape.iter().product();
        let values: Vec<f64> = (0..count).map(|_| self.random.random_range(-bound..=bound)).collect();
        Param::from_tensor(from_slice(&values, shape, &self.device))
    }

    /// Given values.
    pub fn given<const RANK: usize>(&self, values: &[f64], shape: [usize; RANK]) -> Param<Tensor<RANK>> {
        Param::from_tensor(from_slice(values, shape, &self.device))
    }
}
