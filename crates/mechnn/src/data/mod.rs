//! Measured trajectories: reading, checking, known systems.
//!
//! Letters: N points of one trajectory, D states. A missing entry is NaN; every other entry is finite.

// In data-flow order.
mod calendar;

mod cell;

mod record;

mod time_column;

mod columns;

mod table;

mod csv;

mod trajectory;

mod dataset;

mod magnitude;

mod python_name;

mod csv_writer;

mod known_system;

mod noise;

mod warning;

mod error;

mod hint;

pub use csv::{CsvOptions, Missing, TimeSource, read_csv};
pub use dataset::Dataset;
pub use error::DataError;
pub use known_system::{KnownSystem, TrueTerm};
pub use trajectory::Trajectory;
pub use warning::DataWarning;
