//! The first rows of a file: the names of its columns and their units, or the first numbers.

use std::collections::HashSet;
use std::path::Path;

use super::cell::{is_datum, is_number};
use super::options::{CsvOptions, TimeSource};
use super::source::Row;
use crate::data::fault::DataError;
use crate::data::trajectories::{ColumnName, is_unit};

/// What is written over a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnHeader {
    /// The header as it stands.
    pub(super) written: String,
    /// Without its unit, unless another column would have the same name.
    pub(super) name: String,
    pub(super) unit: Option<String>,
}

impl ColumnHeader {
    /// Whether somebody who asks for this name means the column.
    pub(super) fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && (self.written == name || self.name == name)
    }
}

/// The names of a file's columns, and whether the first row was a header.
pub(super) struct Header {
    pub(super) columns: Vec<ColumnHeader>,
    pub(super) written: bool,
}

impl Header {
    /// Reads the first row as a header, or makes up `t, x0, x1, ..` (without `t` if a step is given) if it holds
    /// numbers, dates and gaps only, none of which is the name of a column that was asked for.
    ///
    /// # Errors
    /// [`DataError::DuplicateColumn`].
    pub(super) fn of_first_row(file: &Path, row: Row<'_>, options: &CsvOptions) -> Result<Self, DataError> {
        if !is_header(row, options) {
            let first = usize::from(!matches!(options.time, TimeSource::Step(_)));
            let names = (0..row.len()).map(|i| if i < first { "t".to_owned() } else { format!("x{}", i - first) });
            let column = |name: String| ColumnHeader { written: name.clone(), name, unit: None };
            return Ok(Self { columns: names.map(column).collect(), written: false });
        }
        Self::of_names(file, row)
    }

    /// Reads the first row as a header.
    ///
    /// # Errors
    /// [`DataError::DuplicateColumn`].
    pub(super) fn of_names(file: &Path, row: Row<'_>) -> Result<Self, DataError> {
        // A line break in a quoted name would break every table and message it appears in.
        let headers = row.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        let headers: Vec<String> = headers.collect();
        let mut seen = HashSet::new();
        if let Some(column) = headers.iter().find(|name| !name.is_empty() && !seen.insert(name.as_str())) {
            return Err(DataError::DuplicateColumn { file: file.to_owned(), column: column.clone() });
        }
        let parted: Vec<ColumnName> = headers.iter().map(|header| ColumnName::of_header(header)).collect();
        let is_alone = |i: usize| {
            (0..headers.len()).all(|j| j == i || (parted[j].name != parted[i].name && headers[j] != parted[i].name))
        };
        let column = |(i, header): (usize, &String)| ColumnHeader {
            written: header.clone(),
            name: if is_alone(i) { parted[i].name.clone() } else { header.clone() },
            unit: parted[i].unit.clone(),
        };
        Ok(Self { columns: headers.iter().enumerate().map(column).collect(), written: true })
    }

    /// Takes the units of a row below the header; `false` if the row is another one. In such a row there is no number
    /// and no date, one unit at least, and nothing else but empty cells and strokes.
    pub(super) fn take_units(&mut self, row: Row<'_>) -> bool {
        let in_brackets = |cell: &str| {
            let inner = |open, close| cell.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            inner('[', ']')
                .map(str::to_owned)
                .or_else(|| inner('(', ')').filter(|text| is_unit(text)).map(str::to_owned))
        };
        let unit = |cell: &str| in_brackets(cell).or_else(|| is_unit(cell).then(|| cell.to_owned()));
        let is_empty = |cell: &str| cell.is_empty() || cell == "-";
        let fits = |cell: &str| is_empty(cell) || (unit(cell).is_some() && !is_number(cell));
        let is_unit_row = self.written
            && row.len() == self.columns.len()
            && row.iter().all(fits)
            && row.iter().any(|cell| !is_empty(cell));
        if is_unit_row {
            for (column, cell) in self.columns.iter_mut().zip(row.iter()) {
                column.unit = column.unit.take().or_else(|| unit(cell).filter(|_| !is_empty(cell)));
            }
        }
        is_unit_row
    }
}

fn is_header(row: Row<'_>, options: &CsvOptions) -> bool {
    let long = options.long.iter().flat_map(|long| [&long.variable, &long.value]);
    let states = options.states.iter().flatten().chain(long);
    let mut asked: Vec<&str> = options.trajectory.iter().chain(states).map(String::as_str).collect();
    if let TimeSource::Column(name) = &options.time {
        asked.push(name);
    }
    row.iter().any(|field| asked.contains(&field)) || !row.iter().all(is_datum) || !row.iter().any(is_number)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::super::source::Grid;
    use super::{CsvOptions, DataError, Header, TimeSource};

    fn header(row: &[&str], options: &CsvOptions) -> Result<(Vec<String>, bool), DataError> {
        let grid = Grid::of_cells(&[row]);
        let header = Header::of_first_row(Path::new("a.csv"), grid.row(0), options)?;
        Ok((header.columns.into_iter().map(|column| column.name).collect(), header.written))
    }

    #[test]
    fn a_row_with_text_is_a_header() {
        let (names, written) = header(&["t", "hare\ncount", "", "2"], &CsvOptions::default()).unwrap();
        assert_eq!((names, written), (["t", "hare count", "", "2"].map(String::from).to_vec(), true));
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

    #[test]
    fn units_are_no_part_of_a_name_unless_they_tell_columns_apart() {
        let names = |row: &[&str]| header(row, &CsvOptions::default()).unwrap().0;
        assert_eq!(names(&["t [s]", "T (°C)", "m / kg"]), ["t", "T", "m"]);
        assert_eq!(names(&["t", "T (°C)", "T (K)", "x"]), ["t", "T (°C)", "T (K)", "x"]);
        assert_eq!(names(&["t", "T (°C)", "T"]), ["t", "T (°C)", "T"]);
    }

    #[test]
    fn a_row_of_units_may_follow() {
        let units = |row: &[&str]| {
            let grid = Grid::of_cells(&[&["t", "T", "n (1)", "label"], row]);
            let mut header = Header::of_first_row(Path::new("a.csv"), grid.row(0), &CsvOptions::default()).unwrap();
            let taken = header.take_units(grid.row(1));
            taken.then(|| header.columns.into_iter().map(|column| column.unit).collect::<Vec<_>>())
        };
        let expected = |units: [Option<&str>; 4]| Some(units.map(|unit| unit.map(str::to_owned)).to_vec());
        assert_eq!(units(&["s", "°C", "-", ""]), expected([Some("s"), Some("°C"), Some("1"), None]));
        assert_eq!(units(&["[s]", "(K)", "", "[any]"]), expected([Some("s"), Some("K"), Some("1"), Some("any")]));
        for row in [["0", "°C", "", ""], ["s", "hot", "", ""], ["", "-", "", ""], ["2020-01-01", "K", "", ""]] {
            assert_eq!(units(&row), None);
        }
    }
}
