//! Files of delimited text as data sets.

// In data-flow order: options; cell and row; column; table.
mod options;

mod calendar;

mod cell;

mod records;

mod header;

mod time_column;

mod roles;

mod table;

mod read_csv;

pub use options::{CsvOptions, Missing, TimeSource};
pub use read_csv::read_csv;
