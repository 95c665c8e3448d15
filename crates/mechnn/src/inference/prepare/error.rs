//! Why nothing could be inferred.

use mechnn_solver::smoother::SmootherError;
use thiserror::Error;

use crate::equation::InputError;

/// Why nothing could be inferred.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// A column of the model that the data do not have.
    #[error("the model reads the column `{column}`; the data have {found}")]
    Column {
        /// The column.
        column: String,
        /// The columns that there are.
        found: String,
    },
    /// A known input that cannot be used.
    #[error("input `{input}` of trajectory `{trajectory}`: {source}")]
    Input {
        /// Its name in the equations.
        input: String,
        /// The trajectory.
        trajectory: String,
        /// What is wrong.
        source: InputError,
    },
    /// A standard deviation in the data that is none.
    #[error(
        "column `{column}`, trajectory `{trajectory}`, time {time}: expected a positive standard deviation, \
         found {value}"
    )]
    Deviation {
        /// The column.
        column: String,
        /// The trajectory.
        trajectory: String,
        /// Time of the row.
        time: f64,
        /// What stands there.
        value: f64,
    },
    /// Fewer numbers than unknowns.
    #[error("{observations} observations cannot determine {parameters} unknowns")]
    TooFew {
        /// Observations.
        observations: usize,
        /// Estimated parameters and initial values.
        parameters: usize,
    },
    /// As many unknowns as numbers, and noise whose level is to be estimated.
    #[error(
        "{observations} observations and as many unknowns: the curve passes through every value, and nothing is left \
         that tells how large the errors are"
    )]
    NothingLeft {
        /// Observations.
        observations: usize,
    },
    /// A fit that needs more memory than it may.
    #[error("the fit needs about {gib:.1} GiB of memory; the limit is {limit} GiB")]
    TooLarge {
        /// About how much, in GiB.
        gib: f64,
        /// How much it may need, in GiB.
        limit: f64,
    },
    /// Nothing is to be estimated.
    #[error("every parameter and initial value is given: there is nothing to estimate")]
    NothingToEstimate,
    /// No start led to a finite solution.
    #[error("the equations have no finite solution from any of {starts} starts")]
    NoSolution {
        /// How many were tried.
        starts: usize,
    },
    /// The fit failed.
    #[error("the fit failed: {0}")]
    Fit(#[from] SmootherError),
    /// Stopped from outside before there was a result.
    #[error("stopped before there was a result")]
    Interrupted,
}

impl InferenceError {
    /// One thing to try.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Column { .. } => Some("select the columns that Model::columns lists"),
            Self::Input { .. } => Some("an input needs a value in every row, from the first time to the last"),
            Self::Deviation { .. } => Some("leave the row out, or give one number as the noise"),
            Self::TooFew { .. } => Some("fix parameters, or share them between trajectories"),
            Self::NothingLeft { .. } => Some("give the noise of the columns as a number, or fix parameters"),
            Self::TooLarge { .. } => Some("use fewer states, fewer rows (`every`) or fewer `substeps`"),
            Self::NothingToEstimate => Some("write a parameter as { start = .. }"),
            Self::NoSolution { .. } => Some("give starts closer to the truth, or narrower bounds"),
            _ => None,
        }
    }
}
