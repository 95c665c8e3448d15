//! Training: what is minimised, how, who watches, and how it continues after a stop.

// In data-flow order.
mod options;

mod objective;

mod parameters;

mod adam;

mod observer;

mod checkpoint;

mod place;

mod trained;

mod trainer;

mod error;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use error::TrainingError;
pub use objective::Objective;
pub use observer::{EpochRecord, Flow, MetricsFile, Observer, Silent};
pub use options::{Adam, Schedule, TrainerOptions};
pub use parameters::{NamedValues, parameters, with_parameters};
pub use place::CheckpointPlace;
pub use trained::{Stop, Trained};
pub use trainer::Trainer;
