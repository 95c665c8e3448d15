//! Equations of a data set by the paper's cycles of training and thresholding.

// In data-flow order.
mod options;

mod windows;

pub mod preconditioner;

mod search;

mod error;

pub use error::DiscoveryError;
pub use options::{Discretisation, LatentStates, NeuralDiscoveryOptions};
pub use search::{Cycle, NeuralDiscovery, discover};
pub use windows::Windows;
