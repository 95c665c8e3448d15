//! Why a training ended without a result.

use std::io;

use thiserror::Error;

use super::CheckpointError;
use crate::error::LayerError;

/// Errors of a training.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// A setting outside its range.
    #[error("`{name}` is {value}, expected {expected}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Value found.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// Nothing to minimise: no loss term with a weight, or no example.
    #[error("nothing to train on: {reason}")]
    Empty {
        /// What is missing.
        reason: &'static str,
    },
    /// The model failed.
    #[error("epoch {epoch}, step {step}: {source}")]
    Model {
        /// Epoch, from 0.
        epoch: usize,
        /// Step of the optimiser, from 0.
        step: u64,
        /// What happened.
        source: LayerError,
    },
    /// A loss term or the gradient is not finite.
    #[error(
        "training diverged in epoch {epoch}, step {step}: {term} is {value}; try a smaller learning rate or clipping"
    )]
    Diverged {
        /// Epoch, from 0.
        epoch: usize,
        /// Step of the optimiser, from 0.
        step: u64,
        /// The loss term, or the gradient of a parameter.
        term: String,
        /// Its value.
        value: f64,
    },
    /// A checkpoint could not be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The observer could not write.
    #[error("cannot record the metrics: {0}")]
    Observer(io::Error),
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many.
        threads: usize,
        /// The system's reason.
        reason: String,
    },
}
