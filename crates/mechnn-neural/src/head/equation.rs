//! u^(n) = f(latent states, t): discovery and inference.

use burn::module::Module;
use burn::tensor::Tensor;

use super::{FeatureReader, HeadOutput, Initial, Latent, OdeHead, RightHandSide, Steps};
use crate::array::from_slice;
use crate::error::{LayerError, RefusedInput, expect_axis};
use crate::ode_tensors::OdeTensors;
use crate::window::Window;

/// The equation `u_d^(n) = f_d` with f evaluated on latent states; features in the order right-hand side, initial
/// values, steps.
#[derive(Module, Debug)]
pub struct EquationHead<R: RightHandSide> {
    /// Its name is part of those of its parameters in a checkpoint.
    rate: R,
    latent: Latent,
    steps: Steps,
    dims: usize,
    order: usize,
    orders: usize,
    #[module(skip)]
    initial: Initial,
}

impl<R: RightHandSide> EquationHead<R> {
    /// D = `dims` equations of the given `order` n >= 1; `orders` K > n derivatives are kept by the solver.
    ///
    /// # Errors
    /// [`RefusedInput::Shape`] if K is too small or the latent states have another number of dimensions.
    pub fn new(
        right_hand_side: R,
        dims: usize,
        order: usize,
        orders: usize,
        latent: Latent,
        initial: Initial,
        steps: Steps,
    ) -> Result<Self, RefusedInput> {
        if order == 0 || orders <= order {
            let (input, meaning) = ("orders", "more than the order of the equation");
            return Err(RefusedInput::Shape { input, axis: 4, meaning, expected: order + 1, found: orders });
        }
        latent.check(dims)?;
        Ok(Self { rate: right_hand_side, latent, steps, dims, order, orders, initial })
    }

    /// The right-hand side.
    pub fn right_hand_side(&self) -> &R {
        &self.rate
    }

    /// Replaces the right-hand side, keeping all else: after terms were removed.
    pub fn with_right_hand_side(mut self, right_hand_side: R) -> Self {
        self.rate = right_hand_side;
        self
    }
}

impl<R: RightHandSide> OdeHead for EquationHead<R> {
    fn features(&self) -> usize {
        self.rate.features() + self.initial.features(self.dims) + self.steps.features()
    }

    fn ode(&self, features: Tensor<2>, window: &Window) -> Result<HeadOutput, LayerError> {
        expect_axis("window", 2, "dimensions of the equation", self.dims, window.values.dims()[2])?;
        let device = window.values.device();
        let mut features = FeatureReader::new(features, OdeHead::features(self))?;
        let latent = self.latent.evaluate(window)?;
        let own = features.take(self.rate.features());
        let forcing = self.rate.evaluate(own, latent.clone(), window.times.clone())?;
        let (dims, orders) = (self.dims, self.orders);
        let mut coefficients = vec![0.0; dims * dims * orders];
        for d in 0..dims {
            coefficients[(d * dims + d) * orders + self.order] = 1.0;
        }
        let ode = OdeTensors {
            coefficients: from_slice(&coefficients, [1, 1, dims, dims, orders], &device),
            forcing,
            initial: self.initial.evaluate(dims, &mut features, window, Some(&latent))?,
            steps: self.steps.evaluate(&mut features, window),
            weights: None,
        };
        Ok(HeadOutput { ode, latent: Some(latent) })
    }
}
