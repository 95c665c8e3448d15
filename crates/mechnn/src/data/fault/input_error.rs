//! What can be wrong with a known input.

use thiserror::Error;

/// Why numbers are no signal.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InputError {
    /// Not as many values as times, or none.
    #[error("an input has {times} times and {values} values; expected the same number, at least one")]
    Shape {
        /// Number of times.
        times: usize,
        /// Number of values.
        values: usize,
    },
    /// Times that are not finite and strictly increasing.
    #[error("times of an input must be finite and strictly increasing; time {index} is {time}")]
    Times {
        /// Index of the first offending time.
        index: usize,
        /// The time.
        time: f64,
    },
    /// A value that is missing or infinite.
    #[error("the value of an input at time {time} is {value}")]
    NotFinite {
        /// Its time.
        time: f64,
        /// The value.
        value: f64,
    },
}
