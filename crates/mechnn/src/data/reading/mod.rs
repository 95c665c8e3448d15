//! Tables in files as data sets.

// In data-flow order: options; cells; files as grids of cells; column; table.
mod time_unit;

mod options;

mod cell;

mod source;

mod header;

mod time_name;

mod date_and_time;

mod column;

mod roles;

mod time_column;

mod around;

mod missing;

mod part;

mod repeated_times;

mod table;

mod file_parts;

mod table_reader;

mod pivot;

mod read_csv;

pub use options::{CsvOptions, DateOrder, DecimalMark, LongColumns, Missing, TimeSource};
pub use read_csv::{TableReading, read_csv, read_tables};
pub use source::{TableForm, TableSource, TextEncoding};
pub use table_reader::TableFile;
pub use time_unit::TimeUnit;
