//! A model bound to data: the unknowns, what was measured, and where a fit begins.

mod error;

mod columns;

mod measured;

mod unknown;

mod bound_trajectory;

mod binding;

mod starts;

mod starting_states;

pub(crate) use binding::{Binding, MOST_GIB};
pub(crate) use bound_trajectory::BoundTrajectory;
pub use error::InferenceError;
pub(crate) use measured::Row;
pub(crate) use starting_states::starting_states;
pub(crate) use starts::starts;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
