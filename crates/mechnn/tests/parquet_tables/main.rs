//! Tables in Parquet files are read as the same tables in CSV files; what is no table is refused.
//!
//! With the feature `parquet` only: `cargo test -p mechnn --features parquet --test parquet_tables`.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used)]
// The rates are what the test is for; `cargo test -- --nocapture` shows them.
#![allow(clippy::print_stdout)]

use mechnn::data::{CsvOptions, DataError, TableReading, TableSource, read_tables};

mod made_table;

mod column;

mod damaged;

mod other_writers;

mod refusals;

mod same_as_csv;

fn read(name: &str, bytes: Vec<u8>, options: &CsvOptions) -> Result<TableReading, DataError> {
    read_tables(vec![TableSource::Memory { name: name.into(), bytes }], options)
}
