//! The rows of one or several files with the same columns.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::cell::{Cell, gap, instant_text};
use super::column::ColumnContent;
use super::header::{ColumnHeader, Header};
use super::missing::{GapNotes, sentinels};
use super::options::{CsvOptions, DecimalMark, Missing, TimeSource};
use super::part::{Part, Place};
use super::repeated_times::long_layout;
use super::roles::{Roles, TimeRole};
use super::source::{Grid, RawTable, Row, TableForm, TableSource};
use super::summary_row::cut_summary_rows;
use super::time_column::{FileTimes, TimeFault, TimeForm, TimeHeader, is_named_as_date};
use super::time_name::time_rank;
use crate::data::fault::{DataError, DataWarning, listed};

/// What the files have in common.
pub(super) struct Table {
    /// All columns of the first file.
    pub(super) columns: Vec<ColumnHeader>,
    pub(super) names: Vec<String>,
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

    /// Takes the units of a further file, where the columns of the table stand at `order`.
    fn match_units(
        &mut self,
        file: &Path,
        first: &Path,
        columns: &[ColumnHeader],
        order: &[usize],
    ) -> Result<(), DataError> {
        let used: Vec<usize> = self.roles.time.column().into_iter().chain(self.roles.states.iter().copied()).collect();
        for column in used {
            match (&columns[order[column]].unit, &mut self.columns[column].unit) {
                (Some(found), Some(expected)) if found != expected => {
                    return Err(DataError::Units {
                        file: file.to_owned(),
                        first: first.to_owned(),
                        column: self.names[column].clone(),
                        found: found.as_str().into(),
                        expected: expected.as_str().into(),
                    });
                }
                (Some(found), expected @ None) => *expected = Some(found.clone()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A file that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFile {
    /// Its path, or what bytes from elsewhere were called.
    pub name: PathBuf,
    /// What kind of file it is.
    pub form: TableForm,
    /// Rows below the header.
    pub rows: usize,
}

/// Reads files one after the other.
pub(super) struct TableReader<'o> {
    options: &'o CsvOptions,
    table: Option<(PathBuf, Table)>,
    parts: Vec<Part>,
    files: Vec<TableFile>,
}

impl<'o> TableReader<'o> {
    pub(super) fn new(options: &'o CsvOptions) -> Self {
        Self { options, table: None, parts: Vec::new(), files: Vec::new() }
    }

    /// The trajectories read; `None` if there was no file.
    pub(super) fn finish(self) -> Option<(Table, Vec<Part>, Vec<TableFile>)> {
        self.table.map(|(_, table)| (table, self.parts, self.files))
    }

    pub(super) fn read(&mut self, source: TableSource, warnings: &mut Vec<DataWarning>) -> Result<(), DataError> {
        let RawTable { file, form, mut grid, decimal } = RawTable::read(source, self.options, warnings)?;
        let no_data = || DataError::NoData { file: file.clone() };
        let first = grid.rows().next().ok_or_else(no_data)?;
        let mut header = Header::of_first_row(&file, first, self.options)?;
        if header.written {
            grid.skip_first();
            if grid.rows().next().is_some_and(|row| header.take_units(row)) {
                grid.skip_first();
            }
        }
        let lines = cut_summary_rows(&mut grid, self.likely_time(&header.columns));
        if !lines.is_empty() {
            warnings.push(DataWarning::SummaryRows { file: file.clone(), lines });
        }
        let columns = header.columns.len();
        let contents = ColumnContent::of_file(&grid, columns, form.separator(), decimal);
        let order = self.match_columns(&file, header.columns, &contents, warnings)?;
        let Some((_, table)) = &mut self.table else { return Err(no_data()) };

        let begin = self.parts.len();
        let mut parts = FileParts::new(&file, self.options, table, order, &mut self.parts, &grid, &contents)?;
        for row in grid.rows() {
            if let Err(error) = parts.read_row(row) {
                return Err(parts.with_advice(error, &grid, &contents));
            }
        }
        if self.parts.len() == begin {
            return Err(no_data());
        }
        self.files.push(TableFile { name: file, form, rows: grid.len() });
        Ok(())
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
        let Some((first, table)) = &mut self.table else {
            let roles = Roles::of(file, &columns, contents, self.options, warnings)?;
            let notes = vec![GapNotes::default(); roles.states.len()];
            self.table = Some((file.to_owned(), Table { columns, names, roles, form: None, notes }));
            return Ok(order);
        };
        if table.names == names {
            table.match_units(file, first, &columns, &order)?;
            return Ok(order);
        }
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let order = table.names.iter().map(|name| places.get(name.as_str()).copied()).collect::<Option<Vec<usize>>>();
        let Some(order) = order.filter(|_| names.len() == table.names.len()) else {
            let (file, first) = (file.to_owned(), first.clone());
            return Err(DataError::Columns { file, first, found: listed(&names), expected: listed(&table.names) });
        };
        table.match_units(file, first, &columns, &order)?;
        Ok(order)
    }
}

/// The trajectories of one file.
struct FileParts<'a> {
    file: &'a Path,
    options: &'a CsvOptions,
    table: &'a mut Table,
    /// Where each column of the table stands in this file.
    order: Vec<usize>,
    parts: &'a mut Vec<Part>,
    /// Index into `parts` by label and variable.
    places: HashMap<String, usize>,
    /// That of the row before.
    last: Option<usize>,
    /// How the times are written; of no meaning where they come from a step.
    times: FileTimes,
    /// How the numbers of each state are written, and which of them stand for missing values, `[D]`.
    states: Vec<(DecimalMark, Vec<f64>)>,
    /// Rows of the file, for which room is made.
    rows: usize,
}

impl<'a> FileParts<'a> {
    fn new(
        file: &'a Path,
        options: &'a CsvOptions,
        table: &'a mut Table,
        order: Vec<usize>,
        parts: &'a mut Vec<Part>,
        grid: &Grid,
        contents: &[ColumnContent],
    ) -> Result<Self, DataError> {
        let content = |column: usize| &contents[order[column]];
        let is_long = table.roles.variable.is_some();
        let state = |&column: &usize| {
            let mark = content(column).decimal_mark(file, &table.names[column])?;
            let cells = grid.rows().filter_map(|row| row.get(order[column]));
            let number = |cell| match Cell::read(cell, mark) {
                Cell::Number(number) => Some(number),
                _ => None,
            };
            // Different quantities in one column have no range in common: there they are looked for later.
            let missing = if is_long { Vec::new() } else { sentinels(cells.filter_map(number)) };
            Ok((mark, missing))
        };
        let states = table.roles.states.iter().map(state).collect::<Result<Vec<_>, DataError>>()?;
        let mut times = FileTimes { form: TimeForm::Number, mark: DecimalMark::Point };
        if let Some(column) = table.roles.time.column() {
            times.mark = if content(column).is_text() {
                content(column).any_mark()
            } else {
                content(column).decimal_mark(file, &table.names[column])?
            };
            times.form = time_form(file, table, column, order[column], grid, times.mark, options)?;
            table.form = merged(table, times.form);
        }
        let (places, rows) = (HashMap::new(), grid.len());
        Ok(Self { file, options, table, order, parts, places, last: None, times, states, rows })
    }

    fn read_row(&mut self, row: Row<'_>) -> Result<(), DataError> {
        if row.len() != self.order.len() {
            let (file, expected, found) = (self.file.to_owned(), self.order.len(), row.len());
            return Err(DataError::Ragged { file, line: row.line, expected, found });
        }
        let Table { names, roles, notes, .. } = &mut *self.table;
        let cell = |column: usize| {
            row.get(self.order[column]).unwrap_or_else(|| unreachable!("the row has as many cells as the table"))
        };
        let place = Place { file: self.file, line: row.line, names };

        let keys = roles.trajectory.into_iter().chain(roles.variable);
        let mut used = roles.time.column().into_iter().chain(keys.clone()).chain(roles.states.iter().copied());
        let empty = used.all(|column| gap(cell(column)).is_some());
        // An empty line is a missing row where a row is one cell; elsewhere it is only for the eye.
        let empty_rows = usize::from(empty) + if names.len() == 1 { row.empty_lines } else { 0 };
        let (label, variable) = (roles.trajectory.map(cell), roles.variable.map(cell));
        let is_key = |part: &Part| part.label.as_deref() == label && part.variable.as_deref() == variable;
        // Most rows belong to the trajectory of the row before.
        let known = match self.last.filter(|&last| is_key(&self.parts[last])) {
            None if label.is_some() || variable.is_some() => self.places.get(&key(label, variable)).copied(),
            last => last,
        };
        if let (TimeRole::Step(_), None, Some(index), 1..) = (roles.time, label.or(variable), known, empty_rows) {
            if self.options.missing == Missing::Error {
                return Err(place.missing(roles.states[0], false));
            }
            self.parts[index].elapsed += empty_rows;
        }
        if empty {
            return Ok(());
        }
        if let Some(column) = keys.clone().find(|&column| cell(column).is_empty()) {
            return Err(place.missing(column, true));
        }

        let index = known.unwrap_or(self.parts.len());
        if known.is_none() {
            self.places.insert(key(label, variable), index);
            let mut part = Part::new(self.file, label, variable);
            if label.is_none() && variable.is_none() {
                part.reserve(self.rows, roles.states.len());
            }
            self.parts.push(part);
        }
        self.last = Some(index);
        let part = &mut self.parts[index];
        match roles.time {
            TimeRole::Step(step) => part.push_step(row.line, step),
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

    /// Adds the options with which times that repeat would not, if there are any.
    fn with_advice(&self, mut error: DataError, grid: &Grid, contents: &[ColumnContent]) -> DataError {
        if let DataError::TimeOrder { long, .. } | DataError::NoTimeColumn { long, .. } = &mut error
            && let Some(time) = self.table.roles.time.column()
        {
            let here = |column: usize| self.order[column];
            let roles = &self.table.roles;
            let known = [roles.trajectory.map(here), roles.variable.map(here)];
            let mut names = self.table.names.clone();
            self.order.iter().zip(&self.table.names).for_each(|(&at, name)| names[at].clone_from(name));
            *long = long_layout(grid, &names, contents, here(time), self.times, known).map(Box::new);
        }
        error
    }
}

/// What tells the trajectories of a file apart, as one text.
fn key(label: Option<&str>, variable: Option<&str>) -> String {
    match (label, variable) {
        (Some(label), Some(variable)) => format!("{label}\u{1F}{variable}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        // In such a column no entry is empty.
        (None, None) => String::new(),
    }
}

/// How the times of a file are written, whose column of times is `place`; they must be of the kind of the files
/// before.
fn time_form(
    file: &Path,
    table: &Table,
    column: usize,
    at: usize,
    grid: &Grid,
    mark: DecimalMark,
    options: &CsvOptions,
) -> Result<TimeForm, DataError> {
    let is_written = |(_, cell): &(usize, &str)| gap(cell).is_none();
    let written = || grid.rows().filter_map(|row| Some((row.line, row.get(at)?))).filter(is_written);
    // Without a single time there is no line to name.
    let cell = |index: usize| written().nth(index).unwrap_or((0, ""));
    let place = |line: usize| Place { file, line, names: &table.names };
    let header = TimeHeader { name: &table.roles.time_name, unit: table.columns[column].unit.as_deref() };
    let decided = TimeForm::of(header, written().map(|(_, text)| text), mark, options.date_order);
    let form = decided.map_err(|fault| {
        let (line, error) = match fault {
            TimeFault::NotANumber(index) => {
                let (line, text) = cell(index);
                (line, place(line).not_a_number(column, text))
            }
            TimeFault::NotADate(index) => {
                let (line, text) = cell(index);
                (line, place(line).not_a_date(column, text))
            }
            TimeFault::Undecided { cell: index, readings } => {
                let (line, text) = cell(index);
                (line, place(line).ambiguous_date(column, text, readings.map(instant_text)))
            }
        };
        match table.roles.time {
            TimeRole::Assumed(_) => place(line).no_time(column, error),
            TimeRole::Column(_) | TimeRole::Step(_) => error,
        }
    })?;
    let (line, text) = cell(0);
    match merged(table, form) {
        Some(_) => Ok(form),
        None if form == TimeForm::Number => Err(place(line).not_a_date(column, text)),
        None => Err(place(line).not_a_number(column, text)),
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
