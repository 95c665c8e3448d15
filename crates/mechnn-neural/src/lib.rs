//! Mechanistic neural networks: the ODE solver as a differentiable layer, and what is trained around it.
//!
//! `data -> encoder -> head (coefficients, forcing, initial values, steps) -> OdeLayer -> loss -> Trainer`
//!
//! Everything is f64 on burn's Flex backend (CPU, pure Rust); [`device`] makes the device that tracks gradients. Letters
//! and axis order are those of [`mechnn_solver`]: batch B, points N, equations E, dimensions D, orders K; here also
//! features H, terms P, channels C.
//!
//! Reference: Pervez, Locatello, Gavves, "Mechanistic Neural Networks for Scientific Machine Learning", ICML 2024.

// In data-flow order.
mod array;

mod external;

mod ode_tensors;

mod layer;

mod error;

pub use array::{device, from_array, from_slice, to_array, to_vec};
pub use error::{LayerError, RefusedInput};
pub use layer::{BackwardStatus, OdeLayer, OdeOutput};
pub use ode_tensors::{OdeTensors, StepsTensor};
