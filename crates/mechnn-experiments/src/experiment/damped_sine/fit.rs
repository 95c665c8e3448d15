//! The fit of one curve by a block or a perceptron.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use mechnn_neural::encoder::Mlp;
use mechnn_neural::loss::LossTerms;
use mechnn_neural::train::{Objective, Trained, TrainerOptions};
use mechnn_neural::{LayerError, Window, from_slice, to_vec};

use super::curve::Curve;
use super::model::Block;
use crate::experiment::watcher::train;
use crate::experiment::{ExperimentError, Watch};

/// The fit of one curve.
pub(super) struct Fit {
    window: Window,
    /// Weights of the points in the loss, `[1, N, 1]`, and in the validation.
    trained: Tensor<3>,
    held_out: Option<Vec<f64>>,
    noisy: Vec<f64>,
}

/// A model of the curve.
pub(super) trait CurveModel: Module {
    /// `[1, N, 1]`
    fn states(&self, window: &Window) -> Result<Tensor<3>, LayerError>;
}

impl CurveModel for Block {
    fn states(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        Ok(self.forward(window)?.states())
    }
}

impl CurveModel for Mlp {
    fn states(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        let [_, points, _] = window.times.dims();
        // Times of size one.
        let times = window.times.clone().reshape([points, 1]) * 0.1;
        Ok(self.forward(times).reshape([1, points, 1]))
    }
}

impl Fit {
    pub(super) fn new(curve: &Curve, hold_out: bool, device: &Device) -> Self {
        let points = curve.times.len();
        let mask: Vec<f64> = curve.held_out.iter().map(|&out| if hold_out { 1.0 - out } else { 1.0 }).collect();
        let count: f64 = mask.iter().sum();
        let weights: Vec<f64> = mask.iter().map(|m| m / count).collect();
        Self {
            window: Window {
                values: from_slice(&curve.noisy, [1, points, 1], device),
                times: from_slice(&curve.times, [1, points, 1], device),
            },
            trained: from_slice(&weights, [1, points, 1], device),
            held_out: hold_out.then(|| curve.held_out.clone()),
            noisy: curve.noisy.clone(),
        }
    }

    pub(super) fn states<M: CurveModel>(&self, model: &M) -> Result<Vec<f64>, LayerError> {
        Ok(to_vec(model.states(&self.window)?))
    }

    pub(super) fn train<M: CurveModel>(
        &self,
        model: M,
        options: TrainerOptions,
        watch: &mut dyn Watch,
        run: &str,
    ) -> Result<Trained<M>, ExperimentError> {
        train(model, options, self, watch, run)
    }
}

impl<M: CurveModel> Objective<M> for Fit {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, model: &M, _: &[usize]) -> Result<LossTerms, LayerError> {
        let difference = model.states(&self.window)? - self.window.values.clone();
        Ok(LossTerms::new().with("fit", (difference.clone() * difference * self.trained.clone()).sum()))
    }

    fn validation(&self, model: &M) -> Result<Option<f64>, LayerError> {
        let Some(held_out) = &self.held_out else { return Ok(None) };
        let states = to_vec(model.states(&self.window)?);
        let errors = states.iter().zip(&self.noisy).zip(held_out).map(|((u, y), m)| m * (u - y).powi(2));
        Ok(Some(errors.sum::<f64>() / held_out.iter().sum::<f64>()))
    }
}
