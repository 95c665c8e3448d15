//! What can be wrong with data, and what is worth a word: messages with one thing to try.

// In data-flow order.
mod input_error;

mod listing;

mod source_error;

mod trajectory_error;

mod long_layout;

mod error;

mod hint;

mod warning;

pub use error::DataError;
pub use input_error::InputError;
pub(in crate::data) use listing::listed;
pub use long_layout::LongLayout;
pub use source_error::SourceError;
pub use trajectory_error::TrajectoryError;
pub use warning::DataWarning;
