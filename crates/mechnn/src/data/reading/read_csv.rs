//! Data sets from tables.

use std::collections::HashSet;
use std::path::PathBuf;

use ndarray::Array2;

use super::cell::{Instant, decimal_year, instant_text};
use super::options::CsvOptions;
use super::part::Part;
use super::pivot::pivot;
use super::roles::TimeRole;
use super::source::TableSource;
use super::table::Table;
use super::table_reader::{TableFile, TableReader};
use super::time_column::TimeForm;
use super::time_unit::TimeUnit;
use crate::data::fault::{DataError, DataWarning};
use crate::data::trajectories::{Dataset, Trajectory};

/// What was read of tables, and how they were understood.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TableReading {
    /// The measurements.
    pub data: Dataset,
    /// What their owner should know.
    pub warnings: Vec<DataWarning>,
    /// The files, in the order in which they were given.
    pub files: Vec<TableFile>,
    /// The line of each row in its file, from 1, for each trajectory `[N]`; the first one where several lines are of
    /// one time.
    pub lines: Vec<Vec<usize>>,
}

/// Reads the tables of files, as [`read_tables`] does.
///
/// # Errors
/// [`DataError`] with file, line and column; see [`DataError::is_io`] and [`DataError::hint`].
pub fn read_csv(paths: &[PathBuf], options: &CsvOptions) -> Result<(Dataset, Vec<DataWarning>), DataError> {
    let sources = paths.iter().cloned().map(TableSource::File).collect();
    read_tables(sources, options).map(|reading| (reading.data, reading.warnings))
}

/// Reads one or several tables into one data set: each a trajectory, or several with a trajectory column.
///
/// What people export from spreadsheets and instruments is read: text in UTF-8, UTF-16 or Windows-1252; fields
/// separated by `,`, `;` or tab, quoted or not; decimal point or comma; thousands in groups; units in headers or in a
/// row of their own; dates; workbooks (`.xlsx`, `.xlsb`, `.xls`, `.ods`) and arrays of NumPy (`.npy`, `.npz`). Of what
/// kind a file is, its bytes say. What may be read in two ways is decided by all cells of a column, or refused. Lines
/// that begin with `#` and empty lines are skipped. Without a header (a first row of numbers) the columns are called
/// `t, x0, x1, ..`.
///
/// A table has one row for each time, or with [`CsvOptions::long`] one for each measurement.
///
/// Rows that are missing altogether are dropped, unless the times come from a step: then they pass time, and so do
/// empty lines of a file with one column. Dates become times in a unit that fits their span, counted from the first
/// one; spans of two years and more become decimal years. The page *How tables are read* of the book says all of it.
///
/// A file is held in memory as text while it is read.
///
/// # Errors
/// [`DataError`] with file, line and column; see [`DataError::is_io`] and [`DataError::hint`].
pub fn read_tables(sources: Vec<TableSource>, options: &CsvOptions) -> Result<TableReading, DataError> {
    let mut warnings = Vec::new();
    let mut reader = TableReader::new(options);
    for source in sources {
        reader.read(source, &mut warnings)?;
    }
    let Some((table, mut parts, files)) = reader.finish() else { return Err(DataError::NoTrajectories) };
    if let TimeRole::Assumed(_) = table.roles.time {
        warnings.push(DataWarning::TimeAssumed { column: table.roles.time_name.clone() });
    }
    let unit = convert_dates(&table, &mut parts, options.time_unit, &mut warnings)?;
    let time_unit = unit.map(|unit| (table.roles.time_name.clone(), unit.symbol().to_owned()));
    let mut units: Vec<(String, String)> = table.units().chain(time_unit).collect();
    let Table { roles, notes, names, .. } = table;
    let notes = roles.state_names.iter().zip(notes).flat_map(|(name, notes)| notes.warnings(name));
    warnings.extend(notes);
    let mut states = roles.state_names;
    if let Some(column) = roles.variable {
        let long = pivot(parts, &names[column], options, &mut warnings)?;
        // The unit of the column of values is that of every quantity whose name has none.
        let of_values = units.iter().find(|(name, _)| states.contains(name)).map(|(_, unit)| unit.clone());
        units.extend(of_values.iter().flat_map(|unit| long.states.iter().map(|state| (state.clone(), unit.clone()))));
        units.extend(long.units);
        (states, parts) = (long.states, long.parts);
    }
    let names = trajectory_names(&parts, files.len());
    let mut trajectories = Vec::with_capacity(parts.len());
    let mut lines = Vec::with_capacity(parts.len());
    for (name, part) in names.into_iter().zip(parts) {
        let shape = (part.times.len(), states.len());
        let values = Array2::from_shape_vec(shape, part.values)
            .unwrap_or_else(|error| unreachable!("every row has pushed one time and D values: {error}"));
        trajectories.push(Trajectory::new(name, part.times, values)?);
        lines.push(part.lines);
    }
    let data = Dataset::new(roles.time_name, states, trajectories)?.with_units(units);
    warnings.extend(remarks(&data));
    Ok(TableReading { data, warnings, files, lines })
}

/// Makes times of dates, in the unit asked for or one that fits; gives the unit, and `None` for times that are
/// numbers.
fn convert_dates(
    table: &Table,
    parts: &mut [Part],
    asked: Option<TimeUnit>,
    warnings: &mut Vec<DataWarning>,
) -> Result<Option<TimeUnit>, DataError> {
    let column = || table.roles.time_name.clone();
    let form = table.form.filter(|&form| form != TimeForm::Number);
    let Some(form) = form else {
        let refused = |unit: TimeUnit| DataError::TimeUnitOfNumbers { column: column(), unit: unit.to_string() };
        return asked.map_or(Ok(None), |unit| Err(refused(unit)));
    };
    let instants = || parts.iter().flat_map(|part| &part.instants).copied();
    let (Some(first), Some(last)) = (instants().min(), instants().max()) else { return Ok(None) };
    let is_clock = form == TimeForm::Clock;
    let unit = asked.unwrap_or_else(|| TimeUnit::fitting(last - first));
    let midnights: usize = parts.iter().map(|part| part.midnights).sum();
    for part in parts {
        let time = |&instant: &Instant| match unit {
            TimeUnit::Years if !is_clock => decimal_year(instant),
            _ => (instant - first) as f64 / unit.nanoseconds() as f64,
        };
        part.times = part.instants.iter().map(time).collect();
    }
    warnings.push(match unit {
        TimeUnit::Years if !is_clock => DataWarning::DatesAsYears { column: column() },
        _ => {
            let from = if is_clock { String::new() } else { instant_text(first) };
            DataWarning::DatesAsTimes { column: column(), unit: unit.to_string(), from }
        }
    });
    if midnights > 0 {
        warnings.push(DataWarning::Midnight { column: column(), count: midnights });
    }
    Ok(Some(unit))
}

/// The file stem or the label, both where there are several files; the whole path where stems repeat.
fn trajectory_names(parts: &[Part], files: usize) -> Vec<String> {
    let stem = |part: &Part| part.file.file_stem().unwrap_or(part.file.as_os_str()).to_string_lossy().into_owned();
    let name = |part: &Part, file: String| match &part.label {
        Some(label) if files == 1 => label.clone(),
        Some(label) => format!("{file}/{label}"),
        None => file,
    };
    let short: Vec<String> = parts.iter().map(|part| name(part, stem(part))).collect();
    let distinct = short.iter().collect::<HashSet<_>>().len() == short.len();
    if distinct { short } else { parts.iter().map(|part| name(part, part.file.display().to_string())).collect() }
}

/// Names that equations cannot use, and columns that never change.
fn remarks(dataset: &Dataset) -> Vec<DataWarning> {
    let columns = std::iter::once(&dataset.time).chain(&dataset.states);
    let python = std::iter::once(dataset.python_time()).chain(dataset.python_names());
    let renamed = columns.zip(python).filter(|(column, python)| *column != python);
    let renamed = renamed.map(|(column, python)| DataWarning::Renamed { column: column.clone(), python });
    let constant = dataset.states.iter().enumerate().filter(|&(d, _)| is_constant(dataset, d));
    renamed.chain(constant.map(|(_, column)| DataWarning::ConstantColumn { column: column.clone() })).collect()
}

/// Whether a state has at least two measurements, all of the same value.
fn is_constant(dataset: &Dataset, state: usize) -> bool {
    let columns = dataset.trajectories.iter().map(|trajectory| trajectory.values.column(state));
    let mut measured = columns.flat_map(|column| column.into_iter().filter(|value| !value.is_nan()));
    let Some(first) = measured.next() else { return false };
    let mut rest = measured.peekable();
    rest.peek().is_some() && rest.all(|value| value == first)
}
