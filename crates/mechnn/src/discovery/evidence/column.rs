//! Columns with something peculiar about them.

use serde::Serialize;

use crate::data::{Dataset, Peculiarity, Trajectory};

/// What is peculiar about the values of a column, and matters for what can be found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// Name of the state.
    pub state: String,
    /// What it is.
    pub peculiarity: Peculiarity,
}

/// What is peculiar about the measured columns, in their order. Rounding is left out: it is noise, and small.
pub(crate) fn columns(data: &Dataset) -> Vec<Column> {
    let of_state = |(d, state): (usize, &String)| {
        let values = |own: &Trajectory| own.values.column(d).iter().copied().filter(|y| !y.is_nan()).collect();
        let series: Vec<Vec<f64>> = data.trajectories.iter().map(values).collect();
        let peculiarity = Peculiarity::of(&series).filter(|own| !matches!(own, Peculiarity::Rounded { .. }))?;
        Some(Column { state: state.clone(), peculiarity })
    };
    data.states.iter().enumerate().filter_map(of_state).collect()
}
