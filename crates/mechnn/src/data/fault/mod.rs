//! What can be wrong with data, and what is worth a word: messages with one thing to try.

// In data-flow order.
mod input_error;

mod error;

mod listing;

mod hint;

mod warning;

pub use error::DataError;
pub use input_error::InputError;
pub(in crate::data) use listing::listed;
pub use warning::DataWarning;
