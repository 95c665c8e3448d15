//! Where the columns of a model are in a table.

use super::error::InferenceError;
use crate::data::Dataset;
use crate::inference::description::{Model, Noise};

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
    /// In proportion to the value.
    Value,
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
        let number = |name: &String| {
            data.states
                .iter()
                .position(|state| state == name)
                .ok_or_else(|| InferenceError::Column { column: name.clone(), found: data.states.join(", ") })
        };
        let error = |noise: &Noise| -> Result<RelativeError, InferenceError> {
            Ok(match noise {
                Noise::Additive => RelativeError::Same,
                Noise::Proportional => RelativeError::Value,
                Noise::Known(deviation) => RelativeError::Given(*deviation),
                Noise::Column(name) => RelativeError::Column { number: number(name)?, name: name.clone() },
            })
        };
        Ok(Self {
            measured: model.observations.iter().map(|of| number(&of.column)).collect::<Result<_, _>>()?,
            errors: model.observations.iter().map(|of| error(&of.noise)).collect::<Result<_, _>>()?,
            inputs: model.inputs.iter().map(|input| number(&input.column)).collect::<Result<_, _>>()?,
        })
    }
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
