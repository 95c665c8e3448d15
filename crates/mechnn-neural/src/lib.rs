//! Mechanistic neural networks: the ODE solver as a differentiable layer, and what is trained around it.
//!
//! `data -> encoder -> head (coefficients, forcing, initial values, steps) -> OdeLayer -> loss -> Trainer`
//!
//! Everything is f64 on burn's Flex backend (CPU, pure Rust); [`device`] makes the device that tracks gradients.
//! Letters and axis order are those of [`mechnn_solver`]: batch B, points N, equations E, dimensions D, orders K; here
//! also features H, terms P, channels C.
//!
//! Reference: Pervez, Locatello, Gavves, "Mechanistic Neural Networks for Scientific Machine Learning", ICML 2024.
#![forbid(unsafe_code)]

// In data-flow order.
mod array;

mod network;

pub mod basis;

pub mod encoder;

mod window;

mod bounded;

pub mod head;

pub mod external;

mod ode_tensors;

mod layer;

mod block;

pub mod loss;

pub mod train;

pub mod discovery;

mod error;

pub use array::{device, from_array, from_slice, to_array, to_vec};
pub use block::{BlockOutput, MechanisticBlock};
pub use bounded::PositiveBounds;
pub use error::{LayerError, RefusedInput};
pub use layer::{BackwardStatus, OdeLayer, OdeOutput};
pub use network::{Activation, InitialWeights, Linear};
pub use ode_tensors::{OdeTensors, StepsTensor};
pub use window::Window;
