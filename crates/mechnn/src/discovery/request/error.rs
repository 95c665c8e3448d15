//! Why nothing could be discovered.

use mechnn_solver::smoother::SmootherError;
use thiserror::Error;

use super::model_constraints::ConstraintError;
use super::tuning::TuningError;
use crate::equation::{ExpressionError, ModelError, SimulationError, TermError};

/// Why nothing could be discovered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// A state is hardly observed in one trajectory.
    #[error(
        "trajectory `{trajectory}`: state `{state}` has {found} measured values, and at least {needed} are needed"
    )]
    TooFewOfOneState {
        /// Trajectory.
        trajectory: String,
        /// State.
        state: String,
        /// Values present.
        found: usize,
        /// Values needed.
        needed: usize,
    },
    /// A candidate that the user adds is no term over the states.
    #[error("the term \"{term}\": {source}")]
    ExtraTerm {
        /// As it was written.
        term: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
    /// The noise that is said to be known is not one positive number for each measured state, or its square is no
    /// number.
    #[error("the noise is {given:?}, expected {measured} numbers from 1e-150 to 1e150, one for each measured state")]
    KnownNoise {
        /// Measured states.
        measured: usize,
        /// What was given.
        given: Vec<f64>,
    },
    /// The noise is given, which is then the same everywhere, and said to be proportional.
    #[error(
        "noise with a standard deviation that is given is the same everywhere, and cannot be proportional as well"
    )]
    NoiseModel,
    /// A constant of the method is out of its range.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// What is stated of the equations makes no sense for these data.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// Given equations are not for the states of the data.
    #[error("the equations are for {}, expected {}", found.join(", "), expected.join(", "))]
    Structure {
        /// States and inputs of the data, as equations name them.
        expected: Vec<String>,
        /// Those of the equations.
        found: Vec<String>,
    },
    /// The estimation failed.
    #[error("the equations could not be fitted to the data: {0}")]
    Fit(#[from] SmootherError),
    /// A coefficient overflowed in the data's units.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An inner constant is not finite in the data's units.
    #[error(transparent)]
    Term(#[from] TermError),
    /// The model could not be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}
