//! What can be wrong with a known input.

use thiserror::Error;

/// Why numbers are no signal.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InputError {
    /// Not as many values as times, or none.
    #[error("an input has {times} times and {values} values; it needs as many values as times, and at least one")]
    Shape {
        /// Number of times.
        times: usize,
        /// Number of values.
        values: usize,
    },
    /// Times that are not finite and strictly increasing.
    #[error("the times of an input must be finite and increase; time {index} (counted from 0) is {time}")]
    Times {
        /// Index of the first offending time.
        index: usize,
        /// The time.
        time: f64,
    },
    /// A value that is missing or infinite.
    #[error("the value of an input at time {time} is {value}; it must be a finite number")]
    NotFinite {
        /// Its time.
        time: f64,
        /// The value.
        value: f64,
    },
}
