//! Steps of the grid: known, or learned.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::FeatureReader;
use crate::array::from_slice;
use crate::bounded::PositiveBounds;
use crate::network::InitialWeights;
use crate::ode_tensors::StepsTensor;
use crate::window::Window;

/// Which steps differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepAxis {
    /// One step for all.
    One,
    /// One for each interval.
    EachInterval,
    /// One for each dimension.
    EachDimension,
    /// One for each interval of each dimension.
    EachIntervalAndDimension,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Fixed(f64),
    FromTimes,
    Learned { axis: StepAxis, bounds: PositiveBounds, start: f64 },
}

/// The rule for the steps; learned steps are positive and bounded by [`PositiveBounds`].
#[derive(Module, Debug)]
pub struct Steps {
    /// z of global steps, `[1, count]`.
    global: Option<Param<Tensor<2>>>,
    points: usize,
    dims: usize,
    #[module(skip)]
    rule: Rule,
}

impl Steps {
    /// Equal, known steps.
    pub fn fixed(step: f64) -> Self {
        Self { global: None, points: 0, dims: 0, rule: Rule::Fixed(step) }
    }

    /// The differences of the window's times.
    pub fn from_times() -> Self {
        Self { global: None, points: 0, dims: 0, rule: Rule::FromTimes }
    }

    /// Learned, the same for every example; N points, D dimensions, all starting at `start`.
    pub fn global(
        axis: StepAxis,
        bounds: PositiveBounds,
        start: f64,
        points: usize,
        dims: usize,
        weights: &InitialWeights,
    ) -> Self {
        let count = count(axis, points, dims);
        let global = Some(weights.given(&vec![bounds.inverse(start); count], [1, count]));
        Self { global, points, dims, rule: Rule::Learned { axis, bounds, start } }
    }

    /// Learned, from features of each example; a feature of 0 gives `start`.
    pub fn per_example(axis: StepAxis, bounds: PositiveBounds, start: f64, points: usize, dims: usize) -> Self {
        Self { global: None, points, dims, rule: Rule::Learned { axis, bounds, start } }
    }

    /// Number of features read.
    pub fn features(&self) -> usize {
        match (self.rule, &self.global) {
            (Rule::Learned { axis, .. }, None) => count(axis, self.points, self.dims),
            _ => 0,
        }
    }

    /// The steps for the next features.
    pub fn evaluate(&self, features: &mut FeatureReader, window: &Window) -> StepsTensor {
        let device = window.values.device();
        match self.rule {
            Rule::Fixed(step) => StepsTensor::Shared(from_slice(&[step], [1, 1], &device)),
            Rule::FromTimes => {
                let [batch, points, _] = window.times.dims();
                let later = window.times.clone().slice([0..batch, 1..points, 0..1]);
                let earlier = window.times.clone().slice([0..batch, 0..points - 1, 0..1]);
                StepsTensor::Shared((later - earlier).flatten(1, 2))
            }
            Rule::Learned { axis, bounds, start } => {
                let z = match &self.global {
                    Some(global) => global.val(),
                    None => features.take(self.features()) + bounds.inverse(start),
                };
                let steps = bounds.transform(z);
                let batch = steps.dims()[0];
                match axis {
                    StepAxis::One | StepAxis::EachInterval => StepsTensor::Shared(steps),
                    StepAxis::EachDimension => StepsTensor::PerDimension(steps.reshape([batch, 1, self.dims])),
                    StepAxis::EachIntervalAndDimension => {
                        StepsTensor::PerDimension(steps.reshape([batch, self.points - 1, self.dims]))
                    }
                }
            }
        }
    }
}

fn count(axis: StepAxis, points: usize, dims: usize) -> usize {
    let intervals = points.saturating_sub(1);
    match axis {
        StepAxis::One => 1,
        StepAxis::EachInterval => intervals,
        StepAxis::EachDimension => dims,
        StepAxis::EachIntervalAndDimension => intervals * dims,
    }
}
