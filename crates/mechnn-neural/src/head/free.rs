//! Coefficients without a model: forecasting.

use burn::module::Module;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{FeatureReader, HeadOutput, Initial, OdeHead, Steps};
use crate::array::from_slice;
use crate::error::LayerError;
use crate::ode_tensors::OdeTensors;
use crate::window::Window;

/// How coefficients vary over the points of a window. Global ones are window-constant features of an encoder without
/// input ([`LearnedVector`](crate::encoder::LearnedVector)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variation {
    /// Own coefficients at every point. They are not identifiable: many fit the same solution.
    Point,
    /// The same over the window.
    Constant,
}

/// Sizes of a [`FreeHead`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeShape {
    /// N.
    pub points: usize,
    /// D, as many equations.
    pub dims: usize,
    /// K = order + 1.
    pub orders: usize,
    /// Every dimension in every equation, or each in its own.
    pub coupled: bool,
    /// Of the coefficients.
    pub coefficients: Variation,
    /// Of the forcing; absent means a forcing of 1, which fixes the scale of the coefficients.
    pub forcing: Option<Variation>,
}

/// Coefficients (and forcing) are the features themselves, in the order coefficients `[N | 1, D, D | 1, K]`, forcing
/// `[N | 1, D]`, initial values, steps.
#[derive(Module, Debug)]
pub struct FreeHead {
    steps: Steps,
    #[module(skip)]
    shape: FreeShape,
    #[module(skip)]
    initial: Initial,
}

impl FreeHead {
    /// A head without parameters of its own, except for global learned steps.
    pub fn new(shape: FreeShape, initial: Initial, steps: Steps) -> Self {
        Self { steps, shape, initial }
    }

    fn rows(&self, variation: Variation) -> usize {
        match variation {
            Variation::Point => self.shape.points,
            Variation::Constant => 1,
        }
    }
}

impl OdeHead for FreeHead {
    fn features(&self) -> usize {
        let FreeShape { dims, orders, coupled, coefficients, forcing, .. } = self.shape;
        let columns = if coupled { dims } else { 1 };
        self.rows(coefficients) * dims * columns * orders
            + forcing.map_or(0, |variation| self.rows(variation) * dims)
            + self.initial.features(dims)
            + self.steps.features()
    }

    fn ode(&self, features: Tensor<2>, window: &Window) -> Result<HeadOutput, LayerError> {
        let FreeShape { dims, orders, coupled, coefficients, forcing, .. } = self.shape;
        let device = features.device();
        let mut features = FeatureReader::new(features, OdeHead::features(self))?;
        let rows = self.rows(coefficients);
        let columns = if coupled { dims } else { 1 };
        let values = features.take(rows * dims * columns * orders);
        let batch = values.dims()[0];
        let mut coefficients = values.reshape([batch, rows, dims, columns, orders]);
        if !coupled {
            // Equation e sees dimension e only.
            let diagonal: Vec<f64> = (0..dims * dims).map(|i| f64::from(i % dims == i / dims)).collect();
            coefficients = coefficients * from_slice(&diagonal, [1, 1, dims, dims, 1], &device);
        }
        let forcing = match forcing {
            None => from_slice(&vec![1.0; dims], [1, 1, dims], &device),
            Some(variation) => {
                let rows = self.rows(variation);
                features.take(rows * dims).reshape([batch, rows, dims])
            }
        };
        let initial = self.initial.evaluate(dims, &mut features, window, None)?;
        let steps = self.steps.evaluate(&mut features, window);
        Ok(HeadOutput { ode: OdeTensors { coefficients, forcing, initial, steps, weights: None }, latent: None })
    }
}
