//! The rows of one or several files with the same columns.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use super::cell::{Cell, is_missing};
use super::header::Header;
use super::options::{CsvOptions, Missing};
use super::records::{Records, Row, Separators};
use super::roles::{Roles, TimeRole};
use super::time_column::{TimeColumn, TimeFault};
use crate::data::fault::{DataError, DataWarning, listed};

/// What the files have in common.
pub(super) struct Table {
    /// All columns of the first file.
    names: Vec<String>,
    pub(super) roles: Roles,
    pub(super) time: TimeColumn,
}

/// The rows of one trajectory.
pub(super) struct Part {
    pub(super) file: PathBuf,
    pub(super) label: Option<String>,
    pub(super) times: Vec<f64>,
    /// `[N, D]`, row by row.
    pub(super) values: Vec<f64>,
    /// Line and text of the last time, for messages.
    last: (usize, String),
    /// Rows so far, missing ones included: where the times come from a step, these pass time as well.
    elapsed: usize,
}

/// Reads files one after the other.
pub(super) struct TableReader<'o> {
    options: &'o CsvOptions,
    table: Option<(PathBuf, Table)>,
    parts: Vec<Part>,
}

/// How much of a file is looked at to find its separators.
const SAMPLE_BYTES: usize = 1 << 16;

impl<'o> TableReader<'o> {
    pub(super) fn new(options: &'o CsvOptions) -> Self {
        Self { options, table: None, parts: Vec::new() }
    }

    /// The trajectories read; `None` if there was no file.
    pub(super) fn finish(self) -> Option<(Table, Vec<Part>)> {
        self.table.map(|(_, table)| (table, self.parts))
    }

    pub(super) fn read_file(&mut self, file: &Path, warnings: &mut Vec<DataWarning>) -> Result<(), DataError> {
        let failed = |source| DataError::Read { file: file.to_owned(), source };
        let mut input = File::open(file).map_err(failed)?;
        // The sample is put back by chaining, not by seeking: the file may be a pipe.
        let mut sample = Vec::new();
        (&mut input).take(SAMPLE_BYTES as u64).read_to_end(&mut sample).map_err(failed)?;
        let separators = Separators::detect(&sample);
        let input = BufReader::with_capacity(SAMPLE_BYTES, Cursor::new(sample).chain(input));
        let mut records = Records::new(file, input, separators);

        let no_data = || DataError::NoData { file: file.to_owned() };
        let first = records.next_row()?.ok_or_else(no_data)?;
        let header = Header::of_first_row(file, first.fields, self.options)?;
        let order = self.match_columns(file, &header.names, warnings)?;
        let Some((_, table)) = &mut self.table else { return Err(no_data()) };

        let begin = self.parts.len();
        let mut parts =
            FileParts { file, options: self.options, table, order, parts: &mut self.parts, places: HashMap::new() };
        if !header.written {
            parts.read_row(&first)?;
        }
        while let Some(row) = records.next_row()? {
            parts.read_row(&row)?;
        }
        if self.parts.len() == begin { Err(no_data()) } else { Ok(()) }
    }

    /// Where each column of the first file stands in this one.
    fn match_columns(
        &mut self,
        file: &Path,
        names: &[String],
        warnings: &mut Vec<DataWarning>,
    ) -> Result<Vec<usize>, DataError> {
        let Some((first, table)) = &self.table else {
            let roles = Roles::of(file, names, self.options, warnings)?;
            let time = TimeColumn::new(&roles.time_name);
            self.table = Some((file.to_owned(), Table { names: names.to_vec(), roles, time }));
            return Ok((0..names.len()).collect());
        };
        if table.names == names {
            return Ok((0..names.len()).collect());
        }
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let order = table.names.iter().map(|name| places.get(name.as_str()).copied()).collect::<Option<Vec<usize>>>();
        order.filter(|_| names.len() == table.names.len()).ok_or_else(|| DataError::Columns {
            file: file.to_owned(),
            first: first.clone(),
            found: listed(names),
            expected: listed(&table.names),
        })
    }
}

/// Stands for the label of the only trajectory of a file without a trajectory column: in such a column no entry is
/// empty.
const WITHOUT_LABEL: &str = "";

/// The trajectories of one file.
struct FileParts<'a> {
    file: &'a Path,
    options: &'a CsvOptions,
    table: &'a mut Table,
    /// Where each column of the table stands in this file.
    order: Vec<usize>,
    parts: &'a mut Vec<Part>,
    /// Index into `parts` by label.
    places: HashMap<String, usize>,
}

impl FileParts<'_> {
    fn read_row(&mut self, row: &Row<'_>) -> Result<(), DataError> {
        if row.fields.len() != self.order.len() {
            let (file, expected, found) = (self.file.to_owned(), self.order.len(), row.fields.len());
            return Err(DataError::Ragged { file, line: row.line, expected, found });
        }
        let Table { names, roles, time } = &mut *self.table;
        let cell = |column: usize| &row.fields[self.order[column]];
        let place = Place { file: self.file, line: row.line, names };

        let used = roles.time.column().into_iter().chain(roles.trajectory).chain(roles.states.iter().copied());
        let empty = used.map(cell).all(is_missing);
        // An empty line is a missing row where a row is one cell; elsewhere it is only for the eye.
        let empty_rows = usize::from(empty) + if names.len() == 1 { row.empty_lines } else { 0 };
        let label = roles.trajectory.map(cell);
        let place_of = label.unwrap_or(WITHOUT_LABEL);
        let known = self.places.get(place_of).copied();
        if let (TimeRole::Step(_), None, Some(index), 1..) = (roles.time, label, known, empty_rows) {
            if self.options.missing == Missing::Error {
                return Err(place.missing(roles.states[0], false));
            }
            self.parts[index].elapsed += empty_rows;
        }
        if empty {
            return Ok(());
        }
        if let (Some(column), Some("")) = (roles.trajectory, label) {
            return Err(place.missing(column, true));
        }

        let index = known.unwrap_or(self.parts.len());
        if known.is_none() {
            self.places.insert(place_of.to_owned(), index);
            self.parts.push(Part::new(self.file, label));
        }
        let part = &mut self.parts[index];
        match roles.time {
            TimeRole::Step(step) => part.push_step(step),
            TimeRole::Column(column) => part.push_time(&place, column, cell(column), time)?,
            TimeRole::Assumed(column) => {
                part.push_time(&place, column, cell(column), time).map_err(|error| place.no_time(column, error))?;
            }
        }
        for &column in &roles.states {
            let text = cell(column);
            part.values.push(match Cell::read(text) {
                Cell::Number(number) => number,
                Cell::Missing if self.options.missing == Missing::AsMissing => f64::NAN,
                Cell::Missing => return Err(place.missing(column, false)),
                Cell::Infinite => return Err(place.not_finite(column, text)),
                Cell::Text => return Err(place.not_a_number(column, text)),
            });
        }
        Ok(())
    }
}

impl Part {
    fn new(file: &Path, label: Option<&str>) -> Self {
        let label = label.map(str::to_owned);
        Self { file: file.to_owned(), label, times: vec![], values: vec![], last: (0, String::new()), elapsed: 0 }
    }

    fn push_step(&mut self, step: f64) {
        self.times.push(self.elapsed as f64 * step);
        self.elapsed += 1;
    }

    fn push_time(
        &mut self,
        place: &Place<'_>,
        column: usize,
        text: &str,
        reader: &mut TimeColumn,
    ) -> Result<(), DataError> {
        let time = reader.read(text).map_err(|fault| match fault {
            TimeFault::Missing => place.missing(column, true),
            TimeFault::NotFinite => place.not_finite(column, text),
            TimeFault::NotANumber => place.not_a_number(column, text),
            TimeFault::NotADate => place.not_a_date(column, text),
        })?;
        if self.times.last().is_some_and(|&last| time <= last) {
            return Err(DataError::TimeOrder {
                file: place.file.to_owned(),
                line: place.line,
                column: place.column(column),
                found: text.into(),
                previous_line: self.last.0,
                previous: self.last.1.as_str().into(),
            });
        }
        self.times.push(time);
        self.last.0 = place.line;
        self.last.1.clear();
        self.last.1.push_str(text);
        Ok(())
    }
}

/// Where a fault is.
struct Place<'a> {
    file: &'a Path,
    line: usize,
    names: &'a [String],
}

impl Place<'_> {
    fn column(&self, column: usize) -> String {
        self.names[column].clone()
    }

    fn missing(&self, column: usize, required: bool) -> DataError {
        DataError::Missing { file: self.file.to_owned(), line: self.line, column: self.column(column), required }
    }

    fn not_finite(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotFinite { file: self.file.to_owned(), line: self.line, column, found }
    }

    fn not_a_number(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotANumber { file: self.file.to_owned(), line: self.line, column, found }
    }

    fn not_a_date(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotADate { file: self.file.to_owned(), line: self.line, column, found }
    }

    /// The first column was only supposed to be the time: say that there is none instead of what is wrong with it.
    fn no_time(&self, column: usize, error: DataError) -> DataError {
        let reason = match error {
            DataError::TimeOrder { found, previous, .. } => {
                format!("does not increase: {found} on line {} follows {previous}", self.line)
            }
            DataError::Missing { .. } => format!("has no value on line {}", self.line),
            DataError::NotANumber { found, .. }
            | DataError::NotADate { found, .. }
            | DataError::NotFinite { found, .. } => {
                format!("holds {found:?} on line {}", self.line)
            }
            other => return other,
        };
        DataError::NoTimeColumn { file: self.file.to_owned(), column: self.column(column), reason }
    }
}
