//! Data sets from files of delimited text.

use std::collections::HashSet;
use std::path::PathBuf;

use ndarray::Array2;

use super::options::CsvOptions;
use super::roles::TimeRole;
use super::table::{Part, Table, TableReader};
use crate::data::fault::{DataError, DataWarning};
use crate::data::trajectories::{Dataset, Trajectory};

/// Reads one or several files into one data set: each a trajectory, or several with a trajectory column.
///
/// Fields are separated by `,`, `;` or tab and may be quoted; lines that begin with `#` and empty lines are skipped.
/// Without a header (a first row of numbers) the columns are called `t, x0, x1, ..`. An empty cell, `?`, `NA`, `NaN`
/// and `null` are missing; rows that are missing altogether are dropped, unless the times come from a step: then they
/// pass time, and so do empty lines of a file with one column. Dates (`2020-01-31`, with or without a time of day,
/// or `20200131`) become decimal years. Rows are read one at a time; memory is that of the numbers.
///
/// # Errors
/// [`DataError`] with file, line and column; see [`DataError::is_io`] and [`DataError::hint`].
pub fn read_csv(paths: &[PathBuf], options: &CsvOptions) -> Result<(Dataset, Vec<DataWarning>), DataError> {
    let mut warnings = Vec::new();
    let mut reader = TableReader::new(options);
    for path in paths {
        reader.read_file(path, &mut warnings)?;
    }
    let Some((table, parts)) = reader.finish() else { return Err(DataError::NoTrajectories) };
    let Table { roles, time, .. } = table;
    if let TimeRole::Assumed(_) = roles.time {
        warnings.push(DataWarning::TimeAssumed { column: roles.time_name.clone() });
    }
    if time.holds_dates() {
        warnings.push(DataWarning::DatesAsYears { column: roles.time_name.clone() });
    }
    let names = trajectory_names(&parts, paths.len());
    let mut trajectories = Vec::with_capacity(parts.len());
    for (name, mut part) in names.into_iter().zip(parts) {
        time.finish(&mut part.times);
        let shape = (part.times.len(), roles.states.len());
        let values = Array2::from_shape_vec(shape, part.values)
            .unwrap_or_else(|error| unreachable!("every row has pushed one time and D values: {error}"));
        trajectories.push(Trajectory::new(name, part.times, values)?);
    }
    let dataset = Dataset::new(roles.time_name, roles.state_names, trajectories)?;
    warnings.extend(remarks(&dataset));
    Ok((dataset, warnings))
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
