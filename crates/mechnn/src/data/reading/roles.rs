//! What each column of a file is: time, trajectory, state or nothing.

use std::collections::HashSet;
use std::path::Path;

use super::column::ColumnContent;
use super::header::ColumnHeader;
use super::options::{CsvOptions, TimeSource};
use super::time_name::{is_surely_a_time, time_rank};
use crate::data::fault::{DataError, DataWarning, listed};

/// What each column is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Roles {
    pub(super) time: TimeRole,
    /// Name of the time variable.
    pub(super) time_name: String,
    pub(super) trajectory: Option<usize>,
    /// The column with the names of what was measured, where the table has one row for each measurement.
    pub(super) variable: Option<usize>,
    /// The columns of the states, `[D]`; the column of values where there is one for all.
    pub(super) states: Vec<usize>,
    /// Their names.
    pub(super) state_names: Vec<String>,
}

/// Where the times come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TimeRole {
    Column(usize),
    /// The first column of dates, or else the first one, for want of a better one: it must increase strictly.
    Assumed(usize),
    Step(f64),
}

impl TimeRole {
    pub(super) fn column(self) -> Option<usize> {
        match self {
            Self::Column(index) | Self::Assumed(index) => Some(index),
            Self::Step(_) => None,
        }
    }
}

impl Roles {
    /// Finds the role of each column, with warnings about columns that have none.
    ///
    /// # Errors
    /// [`DataError::UnknownColumn`], [`DataError::TwoRoles`], [`DataError::NoTimeColumn`], [`DataError::NoStates`],
    /// [`DataError::NotANumber`], [`DataError::Step`].
    pub(super) fn of(
        file: &Path,
        columns: &[ColumnHeader],
        contents: &[ColumnContent],
        options: &CsvOptions,
        warnings: &mut Vec<DataWarning>,
    ) -> Result<Self, DataError> {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let names = names.as_slice();
        let find = |name: &String| {
            let available = || names.iter().filter(|name| !name.is_empty()).cloned().collect();
            let unknown =
                || DataError::UnknownColumn { file: file.to_owned(), column: name.clone(), available: available() };
            columns.iter().position(|column| column.is_called(name)).ok_or_else(unknown)
        };
        let trajectory = options.trajectory.as_ref().map(find).transpose()?;
        let long = options.long.as_ref();
        let variable = long.map(|long| find(&long.variable)).transpose()?;
        // In a table with one row for each measurement the names of states are no columns.
        let asked_columns = match long {
            Some(long) => Some(vec![long.value.clone()]),
            None => options.states.clone(),
        };
        let asked: Option<Vec<usize>> =
            asked_columns.as_ref().map(|states| states.iter().map(find).collect()).transpose()?;
        let taken = [trajectory, variable];
        let time = match &options.time {
            TimeSource::Column(name) => TimeRole::Column(find(name)?),
            &TimeSource::Step(step) if step > 0.0 && step.is_finite() => TimeRole::Step(step),
            &TimeSource::Step(step) => return Err(DataError::Step { step }),
            TimeSource::Auto => find_time(file, names, contents, taken, asked.as_deref().unwrap_or(&[]))?,
        };
        let conflict =
            |index: usize, first, second| DataError::TwoRoles { column: names[index].clone(), first, second };
        if let Some(index) = time.column().filter(|&index| trajectory == Some(index)) {
            return Err(conflict(index, "the time", "the trajectory"));
        }
        if let Some(index) = variable {
            let others = [(time.column(), "the time"), (trajectory, "the trajectory")];
            if let Some((_, other)) = others.into_iter().find(|(other, _)| *other == Some(index)) {
                return Err(conflict(index, other, "what was measured"));
            }
        }
        let states = match asked {
            Some(states) => {
                let mut seen = HashSet::new();
                for &index in &states {
                    if time.column() == Some(index) {
                        return Err(conflict(index, "the time", "a state"));
                    }
                    if trajectory == Some(index) {
                        return Err(conflict(index, "the trajectory", "a state"));
                    }
                    if variable == Some(index) {
                        return Err(conflict(index, "what was measured", "its value"));
                    }
                    if !seen.insert(index) {
                        return Err(conflict(index, "a state", "another state"));
                    }
                }
                if long.is_some() {
                    let used = |index: &usize| {
                        time.column() == Some(*index) || taken.contains(&Some(*index)) || states.contains(index)
                    };
                    let ignored = (0..names.len()).filter(|index| !used(index));
                    warnings.extend(ignored.map(|index| DataWarning::NoPartOfLong { column: names[index].clone() }));
                }
                states
            }
            None => {
                let rest = (0..names.len()).filter(|&index| time.column() != Some(index) && trajectory != Some(index));
                let (ignored, others): (Vec<usize>, Vec<usize>) =
                    rest.partition(|&index| names[index].is_empty() || is_surely_a_time(&names[index]));
                warnings
                    .extend(ignored.iter().map(|&index| DataWarning::ColumnIgnored { column: names[index].clone() }));
                let (texts, states): (Vec<usize>, Vec<usize>) =
                    others.into_iter().partition(|&index| contents[index].is_text());
                if let (true, Some(&index)) = (states.is_empty(), texts.first())
                    && let Some((line, found)) = contents[index].first_text.clone()
                {
                    return Err(DataError::NotANumber {
                        file: file.to_owned(),
                        line,
                        column: names[index].clone(),
                        found,
                    });
                }
                for index in texts {
                    let Some((_, found)) = contents[index].first_text.clone() else {
                        unreachable!("a column with more texts than numbers has a first one")
                    };
                    warnings.push(DataWarning::TextIgnored { column: names[index].clone(), found });
                }
                states
            }
        };
        if states.is_empty() {
            return Err(DataError::NoStates { file: file.to_owned(), columns: listed(names) });
        }
        // Who asks for a column by its whole header, unit included, finds it again under that name.
        let state_names = match &asked_columns {
            Some(asked) => asked.clone(),
            None => states.iter().map(|&index| names[index].clone()).collect(),
        };
        let time_name = match time.column().map(|index| names[index].as_str()) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => free_time_name(&state_names),
        };
        Ok(Self { time, time_name, trajectory, variable, states, state_names })
    }
}

/// The column with the most usual name for a time, else the first one of dates, else the first one.
fn find_time(
    file: &Path,
    names: &[String],
    contents: &[ColumnContent],
    taken: [Option<usize>; 2],
    states: &[usize],
) -> Result<TimeRole, DataError> {
    let free = |index: &usize| !taken.contains(&Some(*index)) && !states.contains(index);
    let ranked = (0..names.len()).filter(free).filter_map(|index| Some((time_rank(&names[index])?, index)));
    if let Some((_, index)) = ranked.min() {
        return Ok(TimeRole::Column(index));
    }
    if let Some(index) = (0..names.len()).find(|index| free(index) && contents[*index].holds_dates()) {
        return Ok(TimeRole::Assumed(index));
    }
    let Some(first) = (0..names.len()).find(|&index| !taken.contains(&Some(index))) else {
        return Err(DataError::NoStates { file: file.to_owned(), columns: listed(names) });
    };
    if states.contains(&first) {
        let (column, reason) = (names[first].clone(), "is a state".to_owned());
        return Err(DataError::NoTimeColumn { file: file.to_owned(), column, reason, long: None });
    }
    Ok(TimeRole::Assumed(first))
}

/// A name for times that have none.
fn free_time_name(states: &[String]) -> String {
    let usual = ["t", "time"].into_iter().map(str::to_owned);
    let mut candidates = usual.chain((1..).map(|i| format!("t{i}")));
    candidates
        .find(|name| !states.contains(name))
        .unwrap_or_else(|| unreachable!("of more candidates than states one is not a state"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::super::source::Grid;
    use super::{ColumnContent, ColumnHeader, CsvOptions, DataError, DataWarning, Roles, TimeRole, TimeSource};

    fn roles(names: &[&str], options: &CsvOptions) -> Result<(Roles, Vec<DataWarning>), DataError> {
        let column = |name: &&str| ColumnHeader { written: (*name).into(), name: (*name).into(), unit: None };
        let columns: Vec<ColumnHeader> = names.iter().map(column).collect();
        let contents = ColumnContent::of_file(&Grid::default(), names.len(), ',', None);
        let mut warnings = Vec::new();
        Ok((Roles::of(Path::new("a.csv"), &columns, &contents, options, &mut warnings)?, warnings))
    }

    fn owned(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn every_column_but_the_time_is_a_state() {
        let (found, warnings) = roles(&["x", "time", "y", "year", ""], &CsvOptions::default()).unwrap();
        assert_eq!((found.time, found.time_name.as_str()), (TimeRole::Column(1), "time"));
        assert_eq!(found.state_names, ["x", "y"]);
        let ignored = ["year", ""].map(|column| DataWarning::ColumnIgnored { column: column.to_owned() });
        assert_eq!(warnings, ignored);
        let (found, _) = roles(&["x", "y"], &CsvOptions::default()).unwrap();
        assert_eq!((found.time, found.state_names), (TimeRole::Assumed(0), vec!["y".to_owned()]));
    }

    #[test]
    fn times_of_a_step_have_a_name_that_no_state_has() {
        let options =
            CsvOptions { time: TimeSource::Step(0.5), states: owned(&["t", "time"]), ..CsvOptions::default() };
        let (found, _) = roles(&["t", "time"], &options).unwrap();
        assert_eq!((found.time, found.time_name.as_str()), (TimeRole::Step(0.5), "t1"));
        let zero = CsvOptions { time: TimeSource::Step(0.0), ..CsvOptions::default() };
        assert!(matches!(roles(&["x"], &zero), Err(DataError::Step { .. })));
    }

    #[test]
    fn a_column_has_one_role() {
        let time = || TimeSource::Column("t".to_owned());
        let fault = |trajectory: Option<&str>, states: Option<Vec<String>>| {
            let trajectory = trajectory.map(str::to_owned);
            let options = CsvOptions { time: time(), trajectory, states, ..CsvOptions::default() };
            roles(&["t", "x", "run"], &options).unwrap_err().to_string()
        };
        assert_eq!(fault(Some("t"), None), "column `t` cannot be the time and the trajectory at once");
        assert_eq!(fault(None, owned(&["t"])), "column `t` cannot be the time and a state at once");
        assert_eq!(fault(Some("run"), owned(&["run"])), "column `run` cannot be the trajectory and a state at once");
        assert_eq!(fault(None, owned(&["x", "x"])), "column `x` cannot be a state and another state at once");
        assert!(fault(Some("lynx"), None).contains("no column `lynx`"));
    }

    #[test]
    fn without_a_state_there_is_nothing_to_read() {
        let of_run = CsvOptions { trajectory: Some("run".to_owned()), ..CsvOptions::default() };
        assert!(matches!(roles(&["run"], &of_run), Err(DataError::NoStates { .. })));
        assert!(matches!(roles(&["t", "run"], &of_run), Err(DataError::NoStates { .. })));
    }
}
