//! Why nothing could be inferred.

use mechnn_solver::smoother::SmootherError;
use thiserror::Error;

use crate::equation::InputError;

/// Why nothing could be inferred.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// A column of the model that the data do not have.
    #[error("the model needs the column `{column}`, which the data do not have; they have {found}")]
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
        "column `{column}`, trajectory `{trajectory}`, time {time}: a standard deviation must be positive, and this \
         one is {value}"
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
        "there are {observations} observations and as many unknowns, so that the curve passes through every value; \
         the size of the errors of measurement cannot be estimated"
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
    #[error("the equations could not be solved from any of {starts} starting points: no solution stayed finite")]
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
            Self::Column { .. } => {
                Some("name a column of the data in the model file, or rename the column of the data")
            }
            Self::Input { .. } => Some("an input needs a value in every row, from the first time to the last"),
            Self::Deviation { .. } => Some("leave the row out, or give one number as the noise"),
            Self::TooFew { .. } => Some("fix parameters, or share them between trajectories"),
            Self::NothingLeft { .. } => Some("give the noise of the columns as a number, or fix parameters"),
            Self::TooLarge { .. } => Some("use fewer states, fewer rows (`every`) or fewer `substeps`"),
            Self::NothingToEstimate => Some("write the parameter that is to be estimated as name = { start = 1 }"),
            Self::NoSolution { .. } => Some("give starts that are closer to the true values, or narrower bounds"),
            _ => None,
        }
    }
}
