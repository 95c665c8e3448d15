//! Tables in which times repeat because they hold several subjects, or one row for each measurement.

use std::collections::{HashMap, HashSet};

use super::column::ColumnContent;
use super::source::{Grid, Row};
use super::time_column::FileTimes;
use crate::data::fault::LongLayout;

/// More different entries than this are no names of subjects or quantities.
const MOST_NAMES: usize = 1000;

/// Names of columns that tell subjects apart, and of columns that name what was measured.
const SUBJECTS: [&str; 25] = [
    "id",
    "subject",
    "run",
    "experiment",
    "exp",
    "replicate",
    "rep",
    "well",
    "mouse",
    "rat",
    "patient",
    "sample",
    "trial",
    "batch",
    "trajectory",
    "series",
    "animal",
    "plant",
    "tank",
    "reactor",
    "culture",
    "strain",
    "group",
    "site",
    "station",
];
const QUANTITIES: [&str; 17] = [
    "variable",
    "species",
    "name",
    "parameter",
    "quantity",
    "measurement",
    "measure",
    "analyte",
    "channel",
    "signal",
    "metric",
    "compound",
    "metabolite",
    "gene",
    "sensor",
    "state",
    "observable",
];
const VALUES: [&str; 8] = ["value", "values", "reading", "amount", "result", "val", "y", "dv"];

/// The columns with which no time repeats: one or two more than those `known`, which are the trajectory's and the one
/// that names what was measured.
///
/// Columns are those of this file; `names` has their names.
pub(super) fn long_layout(
    grid: &Grid,
    names: &[String],
    contents: &[ColumnContent],
    time: usize,
    times: FileTimes,
    known: [Option<usize>; 2],
) -> Option<LongLayout> {
    let is_free = |column: &usize| *column != time && !known.contains(&Some(*column)) && !names[*column].is_empty();
    let is_value = |column: usize| VALUES.contains(&names[column].to_lowercase().as_str());
    let keys = (0..names.len()).filter(is_free).filter(|&column| !is_value(column) && is_key(grid, column));
    let keys: Vec<usize> = keys.collect();
    let given: Vec<usize> = known.into_iter().flatten().collect();
    let singles = keys.iter().map(|&key| vec![key]);
    let pairs = keys.iter().enumerate().flat_map(|(i, &a)| keys[i + 1..].iter().map(move |&b| vec![a, b]));
    let room = 2 - given.len();
    let mut choices: Vec<Vec<usize>> = singles.chain(pairs).filter(|choice| choice.len() <= room).collect();
    // Columns of numbers without a telling name last; then fewer columns first, and of these texts and telling names.
    let rank = |&key: &usize| {
        let name = names[key].to_lowercase();
        let telling = SUBJECTS.iter().chain(&QUANTITIES).any(|usual| is_called(&name, usual));
        usize::from(!contents[key].is_text()) + usize::from(!telling)
    };
    let doubtful = |choice: &Vec<usize>| choice.iter().any(|key| rank(key) == 2);
    choices.sort_by_key(|choice| (doubtful(choice), choice.len(), choice.iter().map(rank).sum::<usize>()));
    let choice = choices.into_iter().find(|choice| {
        let columns: Vec<usize> = given.iter().chain(choice).copied().collect();
        increases(grid, time, times, &columns)
    })?;

    let values: Vec<usize> = (0..names.len())
        .filter(|column| is_free(column) && !choice.contains(column) && !contents[*column].is_text())
        .collect();
    let value = match *values.as_slice() {
        [only] => Some(only),
        _ => values.iter().copied().find(|&column| is_value(column)),
    };
    let names_quantities = |key: usize| {
        let name = names[key].to_lowercase();
        contents[key].is_text() && !SUBJECTS.iter().any(|usual| is_called(&name, usual))
    };
    let variable = known[1].is_none().then(|| choice.iter().copied().find(|&key| names_quantities(key))).flatten();
    let variable_and_value =
        variable.zip(value).map(|(variable, value)| (names[variable].clone(), names[value].clone()));
    let variable = variable.filter(|_| variable_and_value.is_some());
    let mut ids = choice.into_iter().filter(|&key| Some(key) != variable);
    let id = ids.next().map(|id| names[id].clone());
    // Two columns that both tell trajectories apart are more than one option can say.
    ids.next().is_none().then_some(LongLayout { id, variable_and_value })
}

/// Whether the name is the usual one, or begins or ends with it as a word.
fn is_called(name: &str, usual: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).any(|word| word == usual || word.strip_suffix('s') == Some(usual))
}

/// Whether few entries repeat over all rows.
fn is_key(grid: &Grid, column: usize) -> bool {
    let mut entries = HashSet::new();
    for row in grid.rows() {
        if row.get(column).is_some_and(|cell| entries.insert(cell)) && entries.len() > MOST_NAMES {
            return false;
        }
    }
    (2..=grid.len() / 2).contains(&entries.len())
}

/// Whether times increase among the rows with the same entries in these columns.
fn increases(grid: &Grid, time: usize, times: FileTimes, columns: &[usize]) -> bool {
    let instant = |row: Row<'_>| {
        let text = row.get(time)?;
        times.instant(text).map(|instant| instant as f64).or_else(|| times.number(text))
    };
    let mut last: HashMap<Vec<Option<&str>>, f64> = HashMap::new();
    grid.rows().all(|row| {
        let key = columns.iter().map(|&column| row.get(column)).collect();
        let Some(time) = instant(row) else { return false };
        last.insert(key, time).is_none_or(|before| before < time)
    })
}
