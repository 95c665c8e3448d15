//! A structure as the right-hand side of a head.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use mechnn_neural::head::RightHandSide;
use mechnn_neural::{InitialWeights, RefusedInput, from_slice};

use super::Structure;

/// A structure with trained constants k = base + matrix η.
#[derive(Module, Debug)]
pub(super) struct StructureRightHandSide {
    /// η, `[1, P]`.
    moved: Param<Tensor<2>>,
    #[module(skip)]
    base: Vec<f64>,
    /// Row-major, transposed.
    #[module(skip)]
    matrix: Vec<f64>,
    #[module(skip)]
    structure: Structure,
}

impl StructureRightHandSide {
    pub(super) fn new(structure: Structure, base: &[f64], matrix: Vec<f64>, weights: &InitialWeights) -> Self {
        let moved = weights.given(&vec![0.0; base.len()], [1, base.len()]);
        Self { moved, base: base.to_vec(), matrix, structure }
    }

    pub(super) fn constants(&self) -> Tensor<1> {
        let count = self.base.len();
        let moved = self.moved.val();
        let matrix = from_slice(&self.matrix, [count, count], &moved.device());
        let base = from_slice(&self.base, [1, count], &moved.device());
        (moved.matmul(matrix) + base).reshape([count])
    }
}

impl RightHandSide for StructureRightHandSide {
    fn features(&self) -> usize {
        0
    }

    fn evaluate(&self, _: Tensor<2>, states: Tensor<3>, times: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        Ok(self.structure.rate(&self.constants(), states, times))
    }
}
