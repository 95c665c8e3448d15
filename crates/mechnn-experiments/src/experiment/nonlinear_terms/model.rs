//! The compared models of one curve, and their loss.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, TensorData};
use mechnn_neural::basis::Monomials;
use mechnn_neural::encoder::LearnedVector;
use mechnn_neural::external::{Input, join};
use mechnn_neural::head::{EquationHead, LibraryRightHandSide};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{Objective, TrainerOptions};
use mechnn_neural::{LayerError, MechanisticBlock, Window, to_vec};
use mechnn_solver::nonlinear::NonlinearSolver;

use super::TRUTH;
use super::implicit::Implicit;
use crate::experiment::watcher::train;
use crate::experiment::{ExperimentError, Watch};

/// The three coefficients and the start, solved by the nonlinear solver.
#[derive(Module, Debug)]
pub(super) struct NonlinearModel {
    pub(super) rate: LibraryRightHandSide<Monomials>,
    pub(super) start: Param<Tensor<1>>,
}

type Block = MechanisticBlock<LearnedVector, EquationHead<LibraryRightHandSide<Monomials>>>;

/// A model of one curve.
pub(super) trait CurveModel: Module {
    /// Solution, and latent states if they are another thing.
    fn solve(&self, window: &Window) -> Result<(Tensor<3>, Option<Tensor<3>>), LayerError>;
    fn coefficients(&self) -> Vec<f64>;
}

impl CurveModel for Block {
    fn solve(&self, window: &Window) -> Result<(Tensor<3>, Option<Tensor<3>>), LayerError> {
        let output = self.forward(window)?;
        Ok((output.states(), output.head.latent))
    }

    fn coefficients(&self) -> Vec<f64> {
        to_vec(self.head().right_hand_side().coefficients(self.encoder().features()))
    }
}

impl CurveModel for NonlinearModel {
    fn solve(&self, window: &Window) -> Result<(Tensor<3>, Option<Tensor<3>>), LayerError> {
        let absent = || Input::absent(&window.values.device());
        let theta: Tensor<1> = self.rate.coefficients(window.values.clone().flatten(1, 2)).reshape([TRUTH.len()]);
        let implicit = Implicit {
            solver: NonlinearSolver::with_tolerance(1e-8, 1e-10),
            theta: to_vec(theta.clone()),
            start: to_vec(self.start.val()),
            times: to_vec(window.times.clone()),
        };
        let states = implicit.states();
        let output = TensorData::new(states, window.values.dims());
        let inputs = [theta.into(), self.start.val().into(), absent(), absent(), absent()];
        Ok((join(inputs, output, implicit), None))
    }

    fn coefficients(&self) -> Vec<f64> {
        to_vec(self.rate.coefficients(self.start.val().reshape([1, 1])))
    }
}

struct CurveLoss(Window);

impl<M: CurveModel> Objective<M> for CurveLoss {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, model: &M, _: &[usize]) -> Result<LossTerms, LayerError> {
        let (states, latent) = model.solve(&self.0)?;
        let terms = LossTerms::new().with("fit", mean_square(states.clone(), self.0.values.clone()));
        Ok(match latent {
            Some(latent) => terms.with("consistency", mean_square(latent, states)),
            None => terms,
        })
    }
}

/// Trains a model on the curve of `window`; its coefficients and states then.
pub(super) fn fit<M: CurveModel>(
    model: M,
    options: TrainerOptions,
    window: Window,
    watch: &mut dyn Watch,
    run: &str,
) -> Result<(Vec<f64>, Vec<f64>), ExperimentError> {
    let objective = CurveLoss(window);
    let model = train(model, options, &objective, watch, run)?.model;
    let (states, _) = model.solve(&objective.0)?;
    Ok((model.coefficients(), to_vec(states)))
}
