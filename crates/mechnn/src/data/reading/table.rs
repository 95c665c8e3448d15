//! The rows of one or several files with the same columns.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::cell::{Cell, gap, instant_text};
use super::column::ColumnContent;
use super::header::{ColumnHeader, Header};
use super::missing::{GapNotes, sentinels};
use super::options::{CsvOptions, DecimalMark, Missing, TimeSource};
use super::part::{Part, Place};
use super::records::{GridRow, Records, Separators};
use super::roles::{Roles, TimeRole};
use super::summary_row::cut_summary_rows;
use super::text::read_text;
use super::time_column::{FileTimes, TimeFault, TimeForm, TimeHeader, is_named_as_date};
use super::time_name::time_rank;
use crate::data::fault::{DataError, DataWarning, listed};

/// What the files have in common.
pub(super) struct Table {
    /// All columns of the first file.
    columns: Vec<ColumnHeader>,
    names: Vec<String>,
    pub(super) roles: Roles,
    /// How the times of all files are written; `None` where they come from a step.
    pub(super) form: Option<TimeForm>,
    /// What is missing in each state, and how that is known, `[D]`.
    pub(super) notes: Vec<GapNotes>,
}

impl Table {
    /// Units of time and states, by name.
    pub(super) fn units(&self) -> impl Iterator<Item = (String, String)> {
        let time = self.roles.time.column().map(|column| (column, &self.roles.time_name));
        let states = self.roles.states.iter().copied().zip(&self.roles.state_names);
        time.into_iter()
            .chain(states)
            .filter_map(|(column, name)| Some((name.clone(), self.columns[column].unit.clone()?)))
    }
}

/// Reads files one after the other.
pub(super) struct TableReader<'o> {
    options: &'o CsvOptions,
    table: Option<(PathBuf, Table)>,
    parts: Vec<Part>,
}

impl<'o> TableReader<'o> {
    pub(super) fn new(options: &'o CsvOptions) -> Self {
        Self { options, table: None, parts: Vec::new() }
    }

    /// The trajectories read; `None` if there was no file.
    pub(super) fn finish(self) -> Option<(Table, Vec<Part>)> {
        self.table.map(|(_, table)| (table, self.parts))
    }

    pub(super) fn read_file(&mut self, file: &Path, warnings: &mut Vec<DataWarning>) -> Result<(), DataError> {
        let text = read_text(file, warnings)?;
        let separators = Separators::detect(&text);
        let mut rows = Records::new(file, &text, separators).all()?;

        let no_data = || DataError::NoData { file: file.to_owned() };
        let first = rows.first().ok_or_else(no_data)?;
        let mut header = Header::of_first_row(file, &first.fields, self.options)?;
        if header.written {
            rows.remove(0);
            if rows.first().is_some_and(|row| header.take_units(&row.fields)) {
                rows.remove(0);
            }
        }
        let lines = cut_summary_rows(&mut rows, self.likely_time(&header.columns));
        if !lines.is_empty() {
            warnings.push(DataWarning::SummaryRows { file: file.to_owned(), lines });
        }
        let columns = header.columns.len();
        let contents = ColumnContent::of_file(&rows, columns, separators.field, self.options.decimal);
        let order = self.match_columns(file, header.columns, &contents, warnings)?;
        let Some((_, table)) = &mut self.table else { return Err(no_data()) };

        let begin = self.parts.len();
        let mut parts = FileParts::new(file, self.options, table, order, &mut self.parts, &rows, &contents)?;
        for row in &rows {
            parts.read_row(row)?;
        }
        if self.parts.len() == begin { Err(no_data()) } else { Ok(()) }
    }

    /// The column that is the time, if it has a usual name or was named, else the first; before anything is known of
    /// the cells.
    fn likely_time(&self, columns: &[ColumnHeader]) -> Option<usize> {
        match &self.options.time {
            TimeSource::Step(_) => None,
            TimeSource::Column(name) => columns.iter().position(|column| column.is_called(name)),
            TimeSource::Auto => {
                let ranked = (0..columns.len()).filter_map(|index| Some((time_rank(&columns[index].name)?, index)));
                Some(ranked.min().map_or(0, |(_, index)| index))
            }
        }
    }

    /// Where each column of the first file stands in this one.
    fn match_columns(
        &mut self,
        file: &Path,
        columns: Vec<ColumnHeader>,
        contents: &[ColumnContent],
        warnings: &mut Vec<DataWarning>,
    ) -> Result<Vec<usize>, DataError> {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let order = (0..names.len()).collect();
        let Some((first, table)) = &self.table else {
            let roles = Roles::of(file, &columns, contents, self.options, warnings)?;
            let notes = vec![GapNotes::default(); roles.states.len()];
            self.table = Some((file.to_owned(), Table { columns, names, roles, form: None, notes }));
            return Ok(order);
        };
        if table.names == names {
            return Ok(order);
        }
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let order = table.names.iter().map(|name| places.get(name.as_str()).copied()).collect::<Option<Vec<usize>>>();
        order.filter(|_| names.len() == table.names.len()).ok_or_else(|| DataError::Columns {
            file: file.to_owned(),
            first: first.clone(),
            found: listed(&names),
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
    /// How the times are written; of no meaning where they come from a step.
    times: FileTimes,
    /// How the numbers of each state are written, and which of them stand for missing values, `[D]`.
    states: Vec<(DecimalMark, Vec<f64>)>,
}

impl<'a> FileParts<'a> {
    fn new(
        file: &'a Path,
        options: &'a CsvOptions,
        table: &'a mut Table,
        order: Vec<usize>,
        parts: &'a mut Vec<Part>,
        rows: &[GridRow],
        contents: &[ColumnContent],
    ) -> Result<Self, DataError> {
        let content = |column: usize| &contents[order[column]];
        let state = |&column: &usize| {
            let mark = content(column).decimal_mark(file, &table.names[column])?;
            let cells = rows.iter().filter_map(|row| row.fields.get(order[column]));
            let number = |cell| match Cell::read(cell, mark) {
                Cell::Number(number) => Some(number),
                _ => None,
            };
            Ok((mark, sentinels(&cells.filter_map(number).collect::<Vec<f64>>())))
        };
        let states = table.roles.states.iter().map(state).collect::<Result<Vec<_>, DataError>>()?;
        let mut times = FileTimes { form: TimeForm::Number, mark: DecimalMark::Point };
        if let Some(column) = table.roles.time.column() {
            times.mark = if content(column).is_text() {
                content(column).any_mark()
            } else {
                content(column).decimal_mark(file, &table.names[column])?
            };
            let cells = rows.iter().filter_map(|row| Some((row.line, row.fields.get(order[column])?)));
            let cells: Vec<(usize, &str)> = cells.filter(|(_, cell)| gap(cell).is_none()).collect();
            times.form = time_form(file, table, column, &cells, times.mark, options)?;
            table.form = merged(table, times.form);
        }
        Ok(Self { file, options, table, order, parts, places: HashMap::new(), times, states })
    }

    fn read_row(&mut self, row: &GridRow) -> Result<(), DataError> {
        if row.fields.len() != self.order.len() {
            let (file, expected, found) = (self.file.to_owned(), self.order.len(), row.fields.len());
            return Err(DataError::Ragged { file, line: row.line, expected, found });
        }
        let Table { names, roles, notes, .. } = &mut *self.table;
        let cell = |column: usize| &row.fields[self.order[column]];
        let place = Place { file: self.file, line: row.line, names };

        let used = roles.time.column().into_iter().chain(roles.trajectory).chain(roles.states.iter().copied());
        let empty = used.map(cell).all(|cell| gap(cell).is_some());
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
            TimeRole::Column(column) => part.push_time(&place, column, cell(column), self.times)?,
            TimeRole::Assumed(column) => {
                let pushed = part.push_time(&place, column, cell(column), self.times);
                pushed.map_err(|error| place.no_time(column, error))?;
            }
        }
        for ((&column, (mark, sentinels)), notes) in roles.states.iter().zip(&self.states).zip(notes) {
            let text = cell(column);
            let missing = match Cell::read(text, *mark) {
                Cell::Number(number) if sentinels.contains(&number) => {
                    notes.add_sentinel(text);
                    true
                }
                Cell::Number(number) => {
                    part.values.push(number);
                    false
                }
                Cell::Missing(gap) => {
                    notes.add(gap, text);
                    true
                }
                Cell::Infinite => return Err(place.not_finite(column, text)),
                Cell::Text => return Err(place.not_a_number(column, text)),
            };
            if missing && self.options.missing == Missing::Error {
                return Err(place.missing(column, false));
            }
            if missing {
                part.values.push(f64::NAN);
            }
        }
        Ok(())
    }
}

/// How the times of a file are written; they must be of the kind of the files before.
fn time_form(
    file: &Path,
    table: &Table,
    column: usize,
    cells: &[(usize, &str)],
    mark: DecimalMark,
    options: &CsvOptions,
) -> Result<TimeForm, DataError> {
    let place = |cell: usize| Place { file, line: cells.get(cell).map_or(0, |(line, _)| *line), names: &table.names };
    let text = |cell: usize| cells.get(cell).map_or("", |(_, text)| *text);
    let header = TimeHeader { name: &table.roles.time_name, unit: table.columns[column].unit.as_deref() };
    let texts: Vec<&str> = cells.iter().map(|(_, text)| *text).collect();
    let decided = TimeForm::of(header, &texts, mark, options.date_order);
    let form = decided.map_err(|fault| {
        let (cell, error) = match fault {
            TimeFault::NotANumber(cell) => (cell, place(cell).not_a_number(column, text(cell))),
            TimeFault::NotADate(cell) => (cell, place(cell).not_a_date(column, text(cell))),
            TimeFault::Undecided { cell, readings } => {
                let readings = readings.map(instant_text);
                (cell, place(cell).ambiguous_date(column, text(cell), readings))
            }
        };
        match table.roles.time {
            TimeRole::Assumed(_) => place(cell).no_time(column, error),
            TimeRole::Column(_) | TimeRole::Step(_) => error,
        }
    })?;
    match merged(table, form) {
        Some(_) => Ok(form),
        None if form == TimeForm::Number => Err(place(0).not_a_date(column, text(0))),
        None => Err(place(0).not_a_number(column, text(0))),
    }
}

/// The form of the times of all files so far and a further one; `None` if they do not go together.
fn merged(table: &Table, form: TimeForm) -> Option<TimeForm> {
    use TimeForm::{Clock, Compact, Number};
    let Some(before) = table.form else { return Some(form) };
    match (before, form) {
        (Number, Number) => Some(Number),
        (Number, Compact) | (Compact, Number) => (!is_named_as_date(&table.roles.time_name)).then_some(Number),
        (Number, _) | (_, Number) => None,
        (Clock, Clock) => Some(Clock),
        (Clock, _) | (_, Clock) => None,
        (Compact, other) | (other, _) => Some(other),
    }
}
