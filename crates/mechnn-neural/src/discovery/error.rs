//! Why there are no equations.

use mechnn::equation::ModelError;
use thiserror::Error;

use crate::error::{LayerError, RefusedInput};
use crate::train::TrainingError;

/// Errors of a neural discovery.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// No trajectory is as long as a window.
    #[error("no trajectory has {window} points: the longest has {longest}")]
    TooShort {
        /// Points of a window.
        window: usize,
        /// Points of the longest trajectory.
        longest: usize,
    },
    /// A cell is empty.
    #[error("trajectory `{trajectory}` has a missing value at point {point}: the neural method needs complete data")]
    Missing {
        /// The trajectory.
        trajectory: String,
        /// Its point.
        point: usize,
    },
    /// A state does not vary.
    #[error("state `{state}` does not vary")]
    Constant {
        /// The state.
        state: String,
    },
    /// A setting outside its range.
    #[error("`{name}` is {value}, expected {expected}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// Parts that do not fit.
    #[error(transparent)]
    Input(#[from] RefusedInput),
    /// The model failed outside the training.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// The training failed.
    #[error("cycle {cycle}: {source}")]
    Training {
        /// From 1.
        cycle: usize,
        /// What happened.
        source: TrainingError,
    },
    /// The coefficients are no model.
    #[error(transparent)]
    Model(#[from] ModelError),
}
