//! The first row of a file: the names of its columns, or the first numbers.

use std::collections::HashSet;
use std::path::Path;

use csv::StringRecord;

use super::calendar::iso_decimal_year;
use super::cell::Cell;
use super::options::{CsvOptions, TimeSource};
use crate::data::fault::DataError;

/// The names of a file's columns, and whether the first row was a header.
pub(super) struct Header {
    pub(super) names: Vec<String>,
    pub(super) written: bool,
}

impl Header {
    /// Reads the first row as a header, or makes up `t, x0, x1, ..` (without `t` if a step is given) if it holds
    /// numbers, dates and gaps only, none of which is the name of a column that was asked for.
    ///
    /// # Errors
    /// [`DataError::DuplicateColumn`].
    pub(super) fn of_first_row(file: &Path, row: &StringRecord, options: &CsvOptions) -> Result<Self, DataError> {
        if !is_header(row, options) {
            let first = usize::from(!matches!(options.time, TimeSource::Step(_)));
            let names = (0..row.len()).map(|i| if i < first { "t".to_owned() } else { format!("x{}", i - first) });
            return Ok(Self { names: names.collect(), written: false });
        }
        // A line break in a quoted name would break every table and message it appears in.
        let names: Vec<String> = row.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let mut seen = HashSet::new();
        if let Some(column) = names.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
            return Err(DataError::DuplicateColumn { file: file.to_owned(), column: column.clone() });
        }
        Ok(Self { names, written: true })
    }
}

fn is_header(row: &StringRecord, options: &CsvOptions) -> bool {
    let mut asked: Vec<&str> =
        options.trajectory.iter().chain(options.states.iter().flatten()).map(String::as_str).collect();
    if let TimeSource::Column(name) = &options.time {
        asked.push(name);
    }
    let is_datum = |field: &str| !matches!(Cell::read(field), Cell::Text) || iso_decimal_year(field).is_some();
    let is_number = |field: &str| matches!(Cell::read(field), Cell::Number(_) | Cell::Infinite);
    row.iter().any(|field| asked.contains(&field)) || !row.iter().all(is_datum) || !row.iter().any(is_number)
}
