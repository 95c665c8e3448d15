//! Where the columns of a model are in a table.

use std::collections::HashMap;

use super::error::InferenceError;
use crate::data::Dataset;
use crate::inference::description::{Model, Noise, Observation};

/// Numbers of the columns of a table that a model reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Columns {
    /// What is measured, `[observations]`.
    pub(crate) measured: Vec<usize>,
    /// The errors of it, `[observations]`.
    pub(crate) errors: Vec<RelativeError>,
    /// `[C]`
    pub(crate) inputs: Vec<usize>,
}

/// The error of a measured number, in units of the level of its column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RelativeError {
    /// One level for all.
    Same,
    /// In proportion to the value, but no less than `least`: a measured 0 has an error, too.
    Value {
        /// Positive.
        least: f64,
    },
    /// A standard deviation that is given once; the level is 1.
    Given(f64),
    /// The standard deviations that stand in a column of the table; the level is 1.
    Column { number: usize, name: String },
}

impl Columns {
    /// All of them.
    ///
    /// # Errors
    /// [`InferenceError::Column`] for the first that the table does not have.
    pub(crate) fn find(model: &Model, data: &Dataset) -> Result<Self, InferenceError> {
        let numbers: HashMap<&String, usize> = data.states.iter().enumerate().map(|(d, name)| (name, d)).collect();
        let number = |name: &String| match numbers.get(name) {
            Some(&number) => Ok(number),
            None => Err(InferenceError::Column { column: name.clone(), found: data.states.join(", ") }),
        };
        let error = |of: &Observation| -> Result<RelativeError, InferenceError> {
            Ok(match &of.noise {
                Noise::Additive => RelativeError::Same,
                Noise::Proportional => {
                    let largest = largest(data, number(&of.column)?, model.every);
                    RelativeError::Value { least: if largest > 0.0 { SMALLEST_PART * largest } else { 1.0 } }
                }
                Noise::Known(deviation) => RelativeError::Given(*deviation),
                Noise::Column(name) => RelativeError::Column { number: number(name)?, name: name.clone() },
            })
        };
        Ok(Self {
            measured: model.observations.iter().map(|of| number(&of.column)).collect::<Result<_, _>>()?,
            errors: model.observations.iter().map(error).collect::<Result<_, _>>()?,
            inputs: model.inputs.iter().map(|input| number(&input.column)).collect::<Result<_, _>>()?,
        })
    }
}

/// A proportional error is never less than that of this part of the largest value: near zero it would have all the
/// weight.
pub(super) const SMALLEST_PART: f64 = 1e-3;

/// The largest size among the rows of a column that are used; 0 if there is none.
fn largest(data: &Dataset, column: usize, every: usize) -> f64 {
    let values = data.trajectories.iter().flat_map(|one| one.values.column(column).into_iter().step_by(every));
    values.filter(|value| !value.is_nan()).fold(0.0, |largest, value| largest.max(value.abs()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{Columns, InferenceError, RelativeError};
    use crate::data::{Dataset, Trajectory};
    use crate::inference::Model;

    fn table(columns: &[&str]) -> Dataset {
        let values = Array2::from_elem((2, columns.len()), 1.0);
        let names = columns.iter().map(|name| String::from(*name)).collect();
        Dataset::new("t", names, vec![Trajectory::new("a", vec![0.0, 1.0], values).unwrap()]).unwrap()
    }

    #[test]
    fn columns_are_found_by_name_and_a_missing_one_is_refused() {
        let model = Model::from_toml(
            r#"
            [model.equations]
            x = "-k*x + u"
            [model.parameters]
            k = { start = 1 }
            [model.observations]
            p = { value = "x", noise = { column = "p_error" } }
            q = "x"
            [model.inputs]
            u = "force"
            "#,
        )
        .unwrap();
        let found = Columns::find(&model, &table(&["force", "p", "q", "p_error"])).unwrap();
        let given = RelativeError::Column { number: 3, name: "p_error".to_owned() };
        let errors = vec![given, RelativeError::Same];
        assert_eq!(found, Columns { measured: vec![1, 2], errors, inputs: vec![0] });
        for missing in ["force", "p", "q", "p_error"] {
            let columns: Vec<&str> =
                ["force", "p", "q", "p_error"].into_iter().filter(|name| *name != missing).collect();
            let error = Columns::find(&model, &table(&columns)).unwrap_err();
            let expected = InferenceError::Column { column: missing.to_owned(), found: columns.join(", ") };
            assert_eq!(error, expected);
        }
    }
}
