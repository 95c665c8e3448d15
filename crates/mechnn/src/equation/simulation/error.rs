//! Misuse of a simulation.

use thiserror::Error;

use super::options::{MAX_DIMS, TOLERANCES};

/// Misuse of a simulation; a rollout that diverges is a [`RolloutStatus`](super::RolloutStatus), not an error.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// Initial values or scales for another number of states.
    #[error("the model has {expected} states, {what} has {found}")]
    Shape {
        /// What is wrong: the initial values or the scale.
        what: &'static str,
        /// D of the model.
        expected: usize,
        /// Length found.
        found: usize,
    },
    /// More states than can be integrated.
    #[error("the model has {found} states, at most {MAX_DIMS} can be integrated")]
    TooManyStates {
        /// D of the model.
        found: usize,
    },
    /// An initial value is missing or infinite.
    #[error("the initial value of {state} is {value}")]
    InitialValue {
        /// The state.
        state: String,
        /// Its value.
        value: f64,
    },
    /// A tolerance that cannot be held.
    #[error("the relative tolerance is {value:e}, expected {:e} to {}", TOLERANCES.start(), TOLERANCES.end())]
    Tolerance {
        /// The tolerance.
        value: f64,
    },
    /// Times that are not finite and strictly increasing.
    #[error("times must be finite and strictly increasing; time {index} is {time}")]
    Times {
        /// Index of the first offending time.
        index: usize,
        /// The time.
        time: f64,
    },
    /// Another number of inputs than controls.
    #[error("the model has {expected} controls, found {found} inputs")]
    Inputs {
        /// Number of controls of the model.
        expected: usize,
        /// Number of inputs.
        found: usize,
    },
    /// An input is not known over the whole time.
    #[error("the input {control} is known from {first} to {last}, the simulation runs from {start} to {end}")]
    InputSpan {
        /// Name of the control.
        control: String,
        /// First time of the input.
        first: f64,
        /// Its last time.
        last: f64,
        /// First time of the simulation.
        start: f64,
        /// Its last time.
        end: f64,
    },
}
