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

/// Units of the states, the known inputs and the time, in the order of the model's variables; none if none was asked
/// for. A column without one keeps its name in brackets as its unit.
///
/// # Errors
/// A usage failure for a column that is not there, or named twice.
pub(in super::super) fn variables(
    assignments: &[UnitAssignment],
    data: &Dataset,
) -> Result<Option<Vec<Unit>>, Failure> {
    if assignments.is_empty() {
        return Ok(None);
    }
    let columns = || data.states.iter().chain(&data.controls).chain([&data.time]);
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
    let symbol = |column: &str| Unit::symbol(format!("<{column}>"));
    let unit = |column: &str| given(column).map_or_else(|| symbol(column), |assignment| assignment.unit.clone());
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
