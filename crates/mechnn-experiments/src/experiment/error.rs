//! Why an experiment has no table.

use mechnn_neural::discovery::DiscoveryError;
use mechnn_neural::head::ParametricError;
use mechnn_neural::train::TrainingError;
use mechnn_neural::{LayerError, RefusedInput};
use thiserror::Error;

/// Errors of an experiment.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExperimentError {
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
    /// The observer wanted to stop.
    #[error("stopped before the end")]
    Stopped,
    /// Parts that do not fit.
    #[error(transparent)]
    Input(#[from] RefusedInput),
    /// The model failed outside the training.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// The training failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// The discovery failed.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The direct method failed.
    #[error(transparent)]
    Direct(#[from] mechnn::discovery::DiscoveryError),
    /// The data could not be made.
    #[error(transparent)]
    Data(#[from] mechnn::data::DataError),
    /// The figure could not be drawn.
    #[error(transparent)]
    Figure(#[from] mechnn::report::ReportError),
    /// The found equations could not be simulated.
    #[error("simulation of the found equations: {0}")]
    Simulation(#[from] mechnn::equation::SimulationError),
    /// Equation text.
    #[error(transparent)]
    Parametric(#[from] ParametricError),
    /// The reference solution could not be computed.
    #[error("reference solution: {0}")]
    Reference(#[from] mechnn_solver::nonlinear::NonlinearError),
}
