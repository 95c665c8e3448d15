//! From features to an ODE.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::error::LayerError;
use crate::ode_tensors::OdeTensors;
use crate::window::Window;

// In data-flow order.
mod features;

mod steps;

mod initial;

mod latent;

mod free;

mod right_hand_side;

mod equation;

pub use equation::EquationHead;
pub use features::FeatureReader;
pub use free::{FreeHead, FreeShape, Variation};
pub use initial::Initial;
pub use latent::Latent;
pub use right_hand_side::{
    LibraryRightHandSide, Parameter, ParametricError, ParametricRightHandSide, RightHandSide, Source,
};
pub use steps::{StepAxis, Steps};

/// The ODE a head has made, and the states its nonlinear terms were evaluated on.
#[derive(Debug, Clone)]
pub struct HeadOutput {
    /// What the layer solves.
    pub ode: OdeTensors,
    /// `[B, N, D]`; absent if nothing in the ODE depends on states.
    pub latent: Option<Tensor<3>>,
}

/// Makes an ODE of features; a module of burn whose parameters are trained.
pub trait OdeHead: Module + ModuleDisplay {
    /// H, the number of features the head reads.
    fn features(&self) -> usize;

    /// The ODE for features `[B | 1, H]` of a window.
    ///
    /// # Errors
    /// [`LayerError::Input`] if the features or the window do not fit.
    fn ode(&self, features: Tensor<2>, window: &Window) -> Result<HeadOutput, LayerError>;
}
