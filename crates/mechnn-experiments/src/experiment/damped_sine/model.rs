//! The models of the curve: a block with free coefficients, and a perceptron beside it.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use mechnn_neural::encoder::{Encoder, LearnedVector, Mlp, SmoothedVector};
use mechnn_neural::head::{FreeHead, FreeShape, Initial, StepAxis, Steps, Variation};
use mechnn_neural::{Activation, InitialWeights, MechanisticBlock, OdeLayer, PositiveBounds, RefusedInput};

use super::DampedSine;
use crate::experiment::ExperimentError;

/// c(t) through a kernel, and what does not vary: forcing, initial values.
#[derive(Module, Debug)]
pub(super) struct CurveEncoder {
    pub(super) coefficients: SmoothedVector,
    rest: Option<LearnedVector>,
}

impl Encoder for CurveEncoder {
    fn encode(&self, _: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let coefficients = self.coefficients.features();
        Ok(match &self.rest {
            Some(rest) => Tensor::cat(vec![coefficients, rest.features()], 1),
            None => coefficients,
        })
    }
}

pub(super) type Block = MechanisticBlock<CurveEncoder, FreeHead>;

/// Where a fit starts.
#[derive(Clone, Copy)]
pub(super) enum Start {
    /// Random c(t), forcing 1, no initial values, as the public code.
    Free,
    /// c(t) of a damped oscillation of this frequency, seen through a kernel of `width` points; forcing and initial
    /// values learned, for without them a constant c(t) has only an offset as its solution.
    Smooth { width: f64, frequency: f64 },
}

impl DampedSine {
    pub(super) fn block(&self, seed: u64, start: Start, learned_steps: bool, device: &Device) -> Block {
        let mut weights = InitialWeights::new(seed, device);
        let (forcing, initial, axis) = match start {
            Start::Free => (None, Initial::None, StepAxis::EachInterval),
            Start::Smooth { .. } => (Some(Variation::Constant), Initial::Features { derivatives: 2 }, StepAxis::One),
        };
        let (points, coefficients) = (self.points, Variation::Point);
        let shape = FreeShape { points, dims: 1, orders: 3, coupled: true, coefficients, forcing };
        let bounds = PositiveBounds { low: 0.2 * self.first_step, high: 5.0 * self.first_step };
        let steps = match learned_steps {
            true => Steps::global(axis, bounds, self.first_step, self.points, 1, &weights),
            false => Steps::fixed(self.first_step),
        };
        let encoder = match start {
            Start::Free => {
                CurveEncoder { coefficients: SmoothedVector::new(points, 3, 0.0, &mut weights), rest: None }
            }
            Start::Smooth { width, frequency } => {
                let row = [frequency * frequency, 0.2, 1.0];
                let coefficients = SmoothedVector::starting_at(points, &row, width, &weights);
                CurveEncoder { coefficients, rest: Some(LearnedVector::starting_at(&[0.0; 3], &weights)) }
            }
        };
        MechanisticBlock::new(encoder, FreeHead::new(shape, initial, steps), OdeLayer::new(self.points))
    }

    /// A perceptron of the time with about as many parameters: 1 -> w -> w -> 1 has w² + 4 w + 1.
    pub(super) fn perceptron(&self, seed: u64, device: &Device) -> Result<Mlp, ExperimentError> {
        let width = ((4 * self.points) as f64).sqrt() as usize;
        let mut weights = InitialWeights::new(seed, device);
        Ok(Mlp::new(&[1, width, width, 1], Activation::Tanh, &mut weights)?)
    }
}
