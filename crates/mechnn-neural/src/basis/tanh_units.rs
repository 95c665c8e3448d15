//! Hyperbolic tangents of trained combinations of the states.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Basis;
use crate::network::{InitialWeights, Linear};

/// tanh(W x + b) with trained W and b: a nested basis.
#[derive(Module, Debug)]
pub struct TanhUnits {
    inner: Linear,
}

impl TanhUnits {
    /// `units` functions of `dims` states.
    pub fn new(dims: usize, units: usize, weights: &mut InitialWeights) -> Self {
        Self { inner: Linear::new(dims, units, weights) }
    }

    /// W and b.
    pub fn inner(&self) -> &Linear {
        &self.inner
    }
}

impl Basis for TanhUnits {
    fn terms(&self, _: usize) -> usize {
        self.inner.outputs()
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let [batch, points, dims] = states.dims();
        let values = self.inner.forward(states.reshape([batch * points, dims])).tanh();
        values.reshape([batch, points, self.inner.outputs()])
    }
}
