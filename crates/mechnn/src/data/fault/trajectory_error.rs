//! What can be wrong with the numbers of a trajectory.

use thiserror::Error;

use super::listing::plural_s;

/// Why numbers are no trajectory.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum TrajectoryError {
    /// A trajectory with fewer than two points.
    #[error("trajectory `{trajectory}` has {points} point{}; at least 2 are needed", plural_s(*points))]
    TooFewPoints {
        /// The trajectory.
        trajectory: String,
        /// Its number of points.
        points: usize,
    },
    /// Values that have not one row per time, or no column.
    #[error(
        "trajectory `{trajectory}`: `values` has shape {found:?}; it needs {times} rows, one for each time, and at \
         least one column"
    )]
    Shape {
        /// The trajectory.
        trajectory: String,
        /// Number of times.
        times: usize,
        /// Shape found.
        found: (usize, usize),
    },
    /// A time that is NaN or infinite.
    #[error("trajectory `{trajectory}`: time {index} (counted from 0) is {time}; times must be finite")]
    TimeNotFinite {
        /// The trajectory.
        trajectory: String,
        /// Index of the time, from 0.
        index: usize,
        /// The time.
        time: f64,
    },
    /// Times that do not increase strictly.
    #[error(
        "trajectory `{trajectory}`: time {index} (counted from 0) is {time}, which is not later than the one before \
         it, {previous}"
    )]
    TimesNotIncreasing {
        /// The trajectory.
        trajectory: String,
        /// Index of the time, from 0.
        index: usize,
        /// The time before it.
        previous: f64,
        /// The time.
        time: f64,
    },
    /// A measurement that is infinite.
    #[error(
        "trajectory `{trajectory}`: the value of row {}, state {} (counted from 0) is {value}; a value must be \
         finite, or NaN where it is missing",
        index.0, index.1
    )]
    Infinite {
        /// The trajectory.
        trajectory: String,
        /// Point and state, from 0.
        index: (usize, usize),
        /// The value.
        value: f64,
    },
}
