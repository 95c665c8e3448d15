//! `--units x=m,t=s`: what was typed, and what it means for the data.

use std::str::FromStr;

use mechnn::data::Dataset;
use mechnn::equation::{ModelUnits, SparseModel, Unit};

use crate::failure::Failure;

/// The unit of one column.
#[derive(Debug, Clone)]
pub(in super::super) struct UnitAssignment {
    column: String,
    unit: Unit,
}

impl FromStr for UnitAssignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, unit) = text.split_once('=').ok_or("expected COLUMN=UNIT, as in x=m")?;
        let unit = unit.trim().parse().map_err(|error| format!("the unit of `{column}`: {error}"))?;
        Ok(Self { column: column.trim().to_owned(), unit })
    }
}

/// Units of the states, the known inputs and the time, in the order of the model's variables: as asked for, else
/// those of the table. None if none was asked for, unless the table has them for all of its columns. A column without
/// one keeps its name in brackets as its unit.
///
/// # Errors
/// A usage failure for a column that is not there, or named twice.
pub(in super::super) fn variables(
    assignments: &[UnitAssignment],
    data: &Dataset,
) -> Result<Option<Vec<Unit>>, Failure> {
    let columns = || data.states.iter().chain(&data.controls).chain([&data.time]);
    let measured = data.states.iter().take(data.roles.measured()).chain(&data.controls).chain([&data.time]);
    if assignments.is_empty() && !measured.into_iter().all(|column| data.units.contains_key(column)) {
        return Ok(None);
    }
    for (index, assignment) in assignments.iter().enumerate() {
        let column = &assignment.column;
        if columns().all(|known| known != column) {
            let known: Vec<&str> = columns().map(String::as_str).collect();
            return Err(Failure::usage(format!("--units: there is no state, input or time `{column}`"))
                .hint(format!("they are {}", known.join(", "))));
        }
        if assignments[..index].iter().any(|other| other.column == *column) {
            return Err(Failure::usage(format!("--units: `{column}` has two units")));
        }
    }
    let given = |column: &str| assignments.iter().find(|assignment| assignment.column == column);
    // What is no product of powers, such as °C, is a symbol as it stands.
    let of_table = |unit: &String| unit.parse().unwrap_or_else(|_| Unit::symbol(unit));
    let symbol = |column: &str| Unit::symbol(format!("<{column}>"));
    let otherwise = |column: &str| data.units.get(column).map_or_else(|| symbol(column), of_table);
    let unit = |column: &str| given(column).map_or_else(|| otherwise(column), |assignment| assignment.unit.clone());
    let of_column = |(index, column): (usize, &String)| match data.states.get(index) {
        // A velocity that has no unit of its own has that of its state by that of the time.
        Some(state) if data.roles.position(index) != index && given(state).is_none() => {
            &unit(&data.states[data.roles.position(index)]) * &unit(&data.time).reciprocal()
        }
        _ => unit(column),
    };
    Ok(Some(columns().enumerate().map(of_column).collect()))
}

/// Which coefficients have no unit, and why.
pub(in super::super) fn without_unit(model: &SparseModel, units: &ModelUnits) -> Vec<String> {
    let names = model.variables();
    let mut found = Vec::new();
    for ((state, equation), units) in model.states.iter().zip(&model.equations).zip(&units.equations) {
        for (fitted, units) in equation.terms.iter().zip(units) {
            if let Err(problem) = units {
                let term = fitted.term.text(&names);
                found.push(format!("the coefficient of {term} in {state}' has no unit: {problem}"));
            }
        }
    }
    found
}
