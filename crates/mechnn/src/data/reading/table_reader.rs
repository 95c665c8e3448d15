//! The rows of one or several files with the same columns.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::around::{cut_summary_rows, skip_title_rows};
use super::column::ColumnContent;
use super::date_and_time::join_date_and_time;
use super::file_parts::FileParts;
use super::header::{ColumnHeader, Header};
use super::missing::GapNotes;
use super::options::{CsvOptions, TimeSource};
use super::part::Part;
use super::roles::Roles;
use super::source::{RawTable, TableForm, TableSource};
use super::table::Table;
use super::time_name::time_rank;
use crate::data::fault::{DataError, DataWarning, listed};

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
        if !form.has_named_columns() {
            let lines = skip_title_rows(&mut grid);
            if !lines.is_empty() {
                warnings.push(DataWarning::TitleRows { file: file.clone(), lines });
            }
        }
        let first = grid.rows().next().ok_or_else(no_data)?;
        let mut header = match form.has_named_columns() {
            true => Header::of_names(&file, first)?,
            false => Header::of_first_row(&file, first, self.options)?,
        };
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
        if self.options.time == TimeSource::Auto
            && let Some((date, time)) = join_date_and_time(&mut grid, &mut header.columns)
        {
            warnings.push(DataWarning::DateAndTime { date, time });
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
