//! Files of delimited text as data sets.

// In data-flow order: options; the text of a file; cell and row; column; table.
mod time_unit;

mod options;

mod text;

mod cell;

mod records;

mod header;

mod time_name;

mod column;

mod roles;

mod time_column;

mod summary_row;

mod missing;

mod part;

mod table;

mod read_csv;

pub use options::{CsvOptions, DateOrder, DecimalMark, Missing, TimeSource};
pub use read_csv::read_csv;
pub use time_unit::TimeUnit;
