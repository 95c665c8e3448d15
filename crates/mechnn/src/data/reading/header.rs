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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use csv::StringRecord;

    use super::{CsvOptions, DataError, Header, TimeSource};

    fn header(row: &[&str], options: &CsvOptions) -> Result<(Vec<String>, bool), DataError> {
        let header = Header::of_first_row(Path::new("a.csv"), &StringRecord::from(row.to_vec()), options)?;
        Ok((header.names, header.written))
    }

    #[test]
    fn a_row_with_text_is_a_header() {
        let (names, written) = header(&["t", "hare\n(thousand)", "", "2"], &CsvOptions::default()).unwrap();
        assert_eq!((names, written), (["t", "hare (thousand)", "", "2"].map(String::from).to_vec(), true));
        // Gaps alone are no numbers: such a row says how many columns have no name.
        assert!(header(&["", "NA"], &CsvOptions::default()).unwrap().1);
    }

    #[test]
    fn a_row_of_numbers_dates_and_gaps_is_data() {
        let row = ["2020-01-31", "1.5", ""];
        let (names, written) = header(&row, &CsvOptions::default()).unwrap();
        assert_eq!((names, written), (["t", "x0", "x1"].map(String::from).to_vec(), false));
        let step = CsvOptions { time: TimeSource::Step(0.1), ..CsvOptions::default() };
        assert_eq!(header(&row, &step).unwrap().0, ["x0", "x1", "x2"]);
        let asked = CsvOptions { states: Some(vec!["1.5".to_owned()]), ..CsvOptions::default() };
        assert_eq!(header(&row, &asked).unwrap(), (row.map(String::from).to_vec(), true));
    }

    #[test]
    fn a_name_stands_once() {
        let fault = header(&["t", "x", "x"], &CsvOptions::default()).unwrap_err();
        assert!(matches!(&fault, DataError::DuplicateColumn { column, .. } if column == "x"), "{fault}");
        assert!(header(&["t", "", ""], &CsvOptions::default()).is_ok());
    }
}
