//! Models integrated in time, and how well that agrees with data.

// In data-flow order.
mod options;

mod error;

mod rollout;

mod recorder;

mod system;

mod integration;

mod simulate;

mod score;

pub use error::SimulationError;
pub use options::SimulationOptions;
pub use rollout::{Rollout, RolloutStatus};
pub use score::{r2, valid_time};
pub use simulate::{simulate, simulate_with_inputs};
