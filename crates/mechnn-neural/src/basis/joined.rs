//! Two bases as one.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Basis;

/// The functions of two bases, one after the other.
#[derive(Module, Debug)]
pub struct Joined<A: Basis, B: Basis> {
    first: A,
    second: B,
}

impl<A: Basis, B: Basis> Joined<A, B> {
    /// First A, then B.
    pub fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl<A: Basis, B: Basis> Basis for Joined<A, B> {
    fn terms(&self, dims: usize) -> usize {
        self.first.terms(dims) + self.second.terms(dims)
    }

    fn evaluate(&self, states: Tensor<3>, times: Tensor<3>) -> Tensor<3> {
        Tensor::cat(vec![self.first.evaluate(states.clone(), times.clone()), self.second.evaluate(states, times)], 2)
    }
}
