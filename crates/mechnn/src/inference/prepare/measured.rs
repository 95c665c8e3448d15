//! The measured numbers of a trajectory.

use super::columns::{Columns, RelativeError};
use super::error::InferenceError;
use crate::data::Trajectory;
use crate::inference::description::Model;

/// One measured number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub(crate) observation: usize,
    pub(crate) value: f64,
    /// In units of the observation's level.
    pub(crate) relative: f64,
}

/// What was measured at each time that is used: every so manieth row of the trajectory, as the model says.
///
/// # Errors
/// [`InferenceError::Deviation`] for a measured number whose standard deviation is none.
pub(crate) fn measured_rows(
    model: &Model,
    trajectory: &Trajectory,
    columns: &Columns,
) -> Result<(Vec<f64>, Vec<Vec<Row>>), InferenceError> {
    let mut times = Vec::new();
    let mut rows = Vec::new();
    for (n, &time) in trajectory.times.iter().enumerate().step_by(model.every) {
        let mut here = Vec::new();
        for (observation, (column, error)) in columns.measured.iter().zip(&columns.errors).enumerate() {
            let value = trajectory.values[[n, *column]];
            if value.is_nan() {
                continue;
            }
            let relative = match error {
                RelativeError::Same => 1.0,
                RelativeError::Value { least } => value.abs().max(*least),
                RelativeError::Given(deviation) => *deviation,
                RelativeError::Column { number, name } => {
                    let deviation = trajectory.values[[n, *number]];
                    if !(deviation > 0.0 && deviation.is_finite()) {
                        let (column, trajectory) = (name.clone(), trajectory.name.clone());
                        return Err(InferenceError::Deviation { column, trajectory, time, value: deviation });
                    }
                    deviation
                }
            };
            here.push(Row { observation, value, relative });
        }
        times.push(time);
        rows.push(here);
    }
    Ok((times, rows))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{InferenceError, Row, measured_rows};
    use crate::data::{Dataset, Trajectory};
    use crate::inference::Model;
    use crate::inference::prepare::columns::Columns;

    const MODEL: &str = r#"
        [model]
        every = 2
        [model.equations]
        x = "-k*x"
        [model.parameters]
        k = { start = 1 }
        [model.observations]
        a = { value = "x", noise = "proportional" }
        b = { value = "2*x", noise = { column = "b_error" } }
    "#;

    #[test]
    fn rows_that_are_used_have_what_was_measured_and_its_error() {
        let model = Model::from_toml(MODEL).unwrap();
        // The error of a number that is missing may be missing, and a row that is left out may be wrong.
        let values = array![[-3.0, f64::NAN, f64::NAN], [1.0, 1.0, -1.0], [2.0, 5.0, 0.25]];
        let names = ["a", "b", "b_error"].map(String::from).to_vec();
        let data = |values| {
            let one = Trajectory::new("one", vec![0.0, 1.0, 2.0], values).unwrap();
            Dataset::new("t", names.clone(), vec![one]).unwrap()
        };
        let read = |data: &Dataset| {
            let columns = Columns::find(&model, data).unwrap();
            measured_rows(&model, &data.trajectories[0], &columns)
        };
        let (times, rows) = read(&data(values.clone())).unwrap();
        let row = |observation, value, relative| Row { observation, value, relative };
        assert_eq!(times, [0.0, 2.0]);
        assert_eq!(rows, [vec![row(0, -3.0, 3.0)], vec![row(0, 2.0, 2.0), row(1, 5.0, 0.25)]]);

        let mut wrong = values;
        wrong[[2, 2]] = 0.0;
        let (column, trajectory) = ("b_error".to_owned(), "one".to_owned());
        let expected = InferenceError::Deviation { column, trajectory, time: 2.0, value: 0.0 };
        assert_eq!(read(&data(wrong)).unwrap_err(), expected);
    }

    #[test]
    fn a_measured_zero_has_a_proportional_error_that_is_not_zero() {
        let model = Model::from_toml(MODEL).unwrap();
        let names = ["a", "b", "b_error"].map(String::from).to_vec();
        for (largest, expected) in [(-4.0, [4e-3, 4.0]), (0.0, [1.0, 1.0])] {
            let values = array![[0.0, 1.0, 1.0], [5.0, 1.0, 1.0], [largest, 1.0, 1.0]];
            let one = Trajectory::new("one", vec![0.0, 1.0, 2.0], values).unwrap();
            let data = Dataset::new("t", names.clone(), vec![one]).unwrap();
            let columns = Columns::find(&model, &data).unwrap();
            let (_, rows) = measured_rows(&model, &data.trajectories[0], &columns).unwrap();
            assert_eq!([rows[0][0].relative, rows[1][0].relative], expected, "largest {largest}");
        }
    }
}
