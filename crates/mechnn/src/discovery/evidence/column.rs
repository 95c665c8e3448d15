//! What is peculiar about a column.

use serde::Serialize;

use crate::data::{Dataset, Trajectory};

/// What is peculiar about the values of a column, and matters for what can be found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// Name of the state.
    pub state: String,
    /// What it is.
    pub peculiarity: Peculiarity,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Peculiarity {
    /// The same value in every row: nothing is known of what would change it, and terms with it are multiples of
    /// terms without it.
    Constant {
        /// That value.
        value: f64,
    },
    /// The same value in many rows, then another one: it was measured less often than the rows are, or with a coarse
    /// instrument.
    Staircase {
        /// Number of different values one after another.
        levels: usize,
        /// Number of values.
        values: usize,
    },
    /// Whole numbers only: counts, or rounded values.
    WholeNumbers,
}

/// A column is a staircase if so many of its values on average are the same one after another.
const STEP: f64 = 3.0;

/// With fewer values nothing is peculiar.
const FEWEST: usize = 10;

/// With more different steps than this many of the smallest, whole numbers are fine enough.
const FINE: f64 = 1000.0;

/// What is peculiar about the measured columns, in their order.
pub(crate) fn columns(data: &Dataset) -> Vec<Column> {
    let of_state = |(d, state): (usize, &String)| {
        let peculiarity = peculiarity(&data.trajectories, d)?;
        Some(Column { state: state.clone(), peculiarity })
    };
    data.states.iter().enumerate().filter_map(of_state).collect()
}

fn peculiarity(trajectories: &[Trajectory], d: usize) -> Option<Peculiarity> {
    let column =
        |own: &Trajectory| -> Vec<f64> { own.values.column(d).iter().copied().filter(|y| !y.is_nan()).collect() };
    let columns: Vec<Vec<f64>> = trajectories.iter().map(column).collect();
    let count: usize = columns.iter().map(Vec::len).sum();
    let &first = columns.iter().flatten().next()?;
    let all = |property: &dyn Fn(f64) -> bool| columns.iter().flatten().all(|&y| property(y));
    if all(&|y| y == first) {
        return Some(Peculiarity::Constant { value: first });
    }
    if count < FEWEST {
        return None;
    }
    let changes = |own: &Vec<f64>| own.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let levels = columns.iter().map(|own| changes(own) + usize::from(!own.is_empty())).sum::<usize>();
    // A state that comes to rest is no staircase: its levels are of very different length.
    let longest = columns.iter().flat_map(|own| own.chunk_by(|a, b| a == b)).map(<[f64]>::len).max().unwrap_or(0);
    let is_staircase = count as f64 >= STEP * levels as f64 && 2 * longest <= count && levels > 3;
    if is_staircase {
        return Some(Peculiarity::Staircase { levels, values: count });
    }
    let largest = columns.iter().flatten().fold(0.0f64, |largest, y| largest.max(y.abs()));
    (all(&|y| y.fract() == 0.0) && largest < FINE).then_some(Peculiarity::WholeNumbers)
}

#[cfg(test)]
mod tests {
    use super::{Peculiarity, columns};
    use crate::discovery::test_problem::{Column, columns as data, times};

    fn of(function: fn(f64) -> f64) -> Option<Peculiarity> {
        let named: [Column; 1] = [("x", function)];
        columns(&data(&named, &times(60, 0.1))).first().map(|own| own.peculiarity)
    }

    #[test]
    fn constant_staircase_and_whole_columns_are_named() {
        assert_eq!(of(|_| 7.2), Some(Peculiarity::Constant { value: 7.2 }));
        assert_eq!(of(|t| (2.0 * t).floor() + 0.5), Some(Peculiarity::Staircase { levels: 12, values: 60 }));
        assert_eq!(of(|t| (100.0 * t.sin()).round()), Some(Peculiarity::WholeNumbers));
        assert_eq!(of(f64::sin), None);
        // At rest after a while, up to rounding.
        assert_eq!(of(|t| if t < 1.0 { 2.0 - t } else { 1.0 }), None);
    }
}
