//! Tables with one row for each measurement, as trajectories of all that was measured.

use std::collections::HashMap;
use std::path::PathBuf;

use super::missing::{GapNotes, sentinels};
use super::options::{CsvOptions, Missing};
use super::part::Part;
use crate::data::fault::{DataError, DataWarning};
use crate::data::trajectories::ColumnName;

/// What was measured, and the trajectories in which it was.
pub(super) struct Pivot {
    /// Names of the states, `[D]`.
    pub(super) states: Vec<String>,
    /// Their units, where the names have them.
    pub(super) units: Vec<(String, String)>,
    /// One for each file and label, with D states at the times of any of them.
    pub(super) parts: Vec<Part>,
}

/// Joins the series of the same file and label, each of one variable; their times are set. `column` is the one that
/// names what was measured.
///
/// # Errors
/// [`DataError::UnknownVariable`] for a name asked for that nothing has, [`DataError::Missing`].
pub(super) fn pivot(
    parts: Vec<Part>,
    column: &str,
    options: &CsvOptions,
    warnings: &mut Vec<DataWarning>,
) -> Result<Pivot, DataError> {
    let mut written: Vec<String> = Vec::new();
    for variable in parts.iter().filter_map(|part| part.variable.as_ref()) {
        if !written.contains(variable) {
            written.push(variable.clone());
        }
    }
    let parted: Vec<ColumnName> = written.iter().map(|variable| ColumnName::of_header(variable)).collect();
    let is_alone = |i: usize| (0..parted.len()).all(|j| j == i || parted[j].name != parted[i].name);
    let names: Vec<String> =
        (0..written.len()).map(|i| if is_alone(i) { parted[i].name.clone() } else { written[i].clone() }).collect();
    // Which of the variables each state is.
    let chosen: Vec<usize> = match &options.states {
        None => (0..names.len()).collect(),
        Some(asked) => {
            let find = |name: &String| {
                let found = (0..names.len()).find(|&i| names[i] == *name || written[i] == *name);
                let (column, available) = (column.to_owned(), names.clone());
                found.ok_or_else(|| DataError::UnknownVariable { column, variable: name.clone(), available })
            };
            asked.iter().map(find).collect::<Result<_, _>>()?
        }
    };
    let states: Vec<String> = match &options.states {
        Some(asked) => asked.clone(),
        None => names,
    };
    let units = chosen.iter().zip(&states).filter_map(|(&i, state)| Some((state.clone(), parted[i].unit.clone()?)));
    let units = units.collect();

    let mut series = parts;
    for (&index, state) in chosen.iter().zip(&states) {
        let of_variable = |part: &&mut Part| part.variable.as_ref() == Some(&written[index]);
        let notes = forget_sentinels(series.iter_mut().filter(of_variable), state, options.missing)?;
        warnings.extend(notes.warnings(state));
    }
    let state_of = |part: &Part| {
        let written_as = |&i: &usize| part.variable.as_ref() == Some(&written[i]);
        chosen.iter().position(written_as)
    };
    // The series of each trajectory, each with its state, in the order in which trajectories appear.
    let mut trajectories: Vec<Vec<(usize, Part)>> = Vec::new();
    let mut places: HashMap<(PathBuf, Option<String>), usize> = HashMap::new();
    for part in series {
        let Some(state) = state_of(&part) else { continue };
        let place = *places.entry((part.file.clone(), part.label.clone())).or_insert(trajectories.len());
        if place == trajectories.len() {
            trajectories.push(Vec::new());
        }
        trajectories[place].push((state, part));
    }
    let parts = trajectories.iter().map(|series| join(series, states.len())).collect();
    Ok(Pivot { states, units, parts })
}

/// Makes numbers missing that stand for missing values among those of one variable.
fn forget_sentinels<'p>(
    series: impl Iterator<Item = &'p mut Part>,
    state: &str,
    missing: Missing,
) -> Result<GapNotes, DataError> {
    let mut series: Vec<&mut Part> = series.collect();
    let found = sentinels(series.iter().flat_map(|part| &part.values).copied().filter(|value| !value.is_nan()));
    let mut notes = GapNotes::default();
    for part in &mut series {
        for row in 0..part.values.len() {
            if !found.contains(&part.values[row]) {
                continue;
            }
            if missing == Missing::Error {
                let (file, line) = (part.file.clone(), part.lines[row]);
                return Err(DataError::Missing { file, line, column: state.to_owned(), required: false });
            }
            notes.add_sentinel(&part.values[row].to_string());
            part.values[row] = f64::NAN;
        }
    }
    Ok(notes)
}

/// Series of one trajectory, each with the state that it is of, over all of their times.
fn join(series: &[(usize, Part)], states: usize) -> Part {
    let rows = series.iter().flat_map(|(state, part)| {
        (0..part.times.len()).map(move |row| (part.times[row], part.lines[row], *state, part.values[row]))
    });
    let mut rows: Vec<(f64, usize, usize, f64)> = rows.collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (_, first) = &series[0];
    let mut joined = Part::new(&first.file, first.label.as_deref(), None);
    for (time, line, state, value) in rows {
        if joined.times.last() != Some(&time) {
            joined.times.push(time);
            joined.lines.push(line);
            joined.values.extend(std::iter::repeat_n(f64::NAN, states));
        }
        let row = joined.values.len() - states;
        joined.values[row + state] = value;
    }
    joined
}
