//! The trajectories of one file, row by row.

use std::collections::HashMap;
use std::path::Path;

use super::cell::{Cell, gap, instant_text};
use super::column::ColumnContent;
use super::missing::sentinels;
use super::options::{CsvOptions, DecimalMark, Missing};
use super::part::{Part, Place};
use super::repeated_times::long_layout;
use super::roles::TimeRole;
use super::source::{Grid, Row};
use super::table::Table;
use super::time_column::{FileTimes, TimeFault, TimeForm, TimeHeader};
use crate::data::fault::DataError;

/// The trajectories of one file.
pub(super) struct FileParts<'a> {
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
    pub(super) fn new(
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
            table.form = table.merged(times.form);
        }
        let (places, rows) = (HashMap::new(), grid.len());
        Ok(Self { file, options, table, order, parts, places, last: None, times, states, rows })
    }

    pub(super) fn read_row(&mut self, row: Row<'_>) -> Result<(), DataError> {
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
    pub(super) fn with_advice(&self, mut error: DataError, grid: &Grid, contents: &[ColumnContent]) -> DataError {
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
    match table.merged(form) {
        Some(_) => Ok(form),
        None if form == TimeForm::Number => Err(place(line).not_a_date(column, text)),
        None => Err(place(line).not_a_number(column, text)),
    }
}
