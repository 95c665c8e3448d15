//! The compared models of a window's coefficients, and their loss.

use burn::module::Module;
use burn::tensor::Tensor;
use mechnn_neural::basis::Monomials;
use mechnn_neural::encoder::{ConvolutionStack, Encoder};
use mechnn_neural::head::{EquationHead, LibraryRightHandSide};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::Objective;
use mechnn_neural::{LayerError, MechanisticBlock, Window, from_slice};

use super::trajectories::Trajectories;

/// What all compared models have: coefficients `[B, 3]` of 1, x, x² for a window.
pub(super) trait Inference: Module {
    fn terms(&self, window: &Window, truth: Tensor<2>) -> Result<LossTerms, LayerError>;
    fn coefficients(&self, window: &Window) -> Result<Tensor<2>, LayerError>;
}

/// An equation of features, whatever makes them.
pub(super) type Block<E> = MechanisticBlock<E, EquationHead<LibraryRightHandSide<Monomials>>>;

impl<E: Encoder> Inference for Block<E> {
    fn terms(&self, window: &Window, _: Tensor<2>) -> Result<LossTerms, LayerError> {
        let output = self.forward(window)?;
        let states = output.states();
        let terms = LossTerms::new().with("fit", mean_square(states.clone(), window.values.clone()));
        Ok(match output.head.latent {
            Some(latent) => terms.with("consistency", mean_square(latent, states)),
            None => terms,
        })
    }

    fn coefficients(&self, window: &Window) -> Result<Tensor<2>, LayerError> {
        let features = self.encoder().encode(window.values.clone())?;
        let own = features.dims()[0];
        let features = features.slice([0..own, 0..3]);
        Ok(self.head().right_hand_side().coefficients(features).squeeze_dim(1))
    }
}

/// A network trained on the true coefficients: what supervision gives, without an equation.
impl Inference for ConvolutionStack {
    fn terms(&self, window: &Window, truth: Tensor<2>) -> Result<LossTerms, LayerError> {
        Ok(LossTerms::new().with("fit", mean_square(self.encode(window.values.clone())?, truth)))
    }

    fn coefficients(&self, window: &Window) -> Result<Tensor<2>, LayerError> {
        Ok(self.encode(window.values.clone())?)
    }
}

pub(super) struct InferenceLoss<'a>(pub(super) &'a Trajectories);

impl<M: Inference> Objective<M> for InferenceLoss<'_> {
    fn examples(&self) -> usize {
        self.0.truth.len()
    }

    fn terms(&self, model: &M, examples: &[usize]) -> Result<LossTerms, LayerError> {
        let truth: Vec<f64> = examples.iter().flat_map(|&index| self.0.truth[index]).collect();
        let truth = from_slice(&truth, [examples.len(), 3], &self.0.device);
        model.terms(&self.0.window(examples), truth)
    }
}
