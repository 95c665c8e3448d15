//! One measured time series of several states.

use ndarray::{Array2, ArrayView1, Axis, s};

use super::{Between, InputSignal};
use crate::data::fault::{DataError, TrajectoryError};

/// One measured time series: D states at N times of its own.
///
/// The fields are public for reading; [`Trajectory::new`] is the door at which they are checked.
///
/// # Shapes
/// - `times`: `[N]`, N >= 2, finite and strictly increasing, in the unit of the data
/// - `values`: `[N, D]`, finite, or NaN where nothing was measured
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Trajectory {
    /// What messages and figures call it: the file stem, or the entry of the trajectory column.
    pub name: String,
    /// The times, `[N]`.
    pub times: Vec<f64>,
    /// The measurements, `[N, D]`; NaN = missing.
    pub values: Array2<f64>,
    /// Known inputs over the whole span, `[C]`; see [`super::Dataset::with_controls`].
    pub inputs: Vec<InputSignal>,
}

impl Trajectory {
    /// A checked trajectory.
    ///
    /// # Errors
    /// As [`DataError::Trajectory`]: [`TrajectoryError::TooFewPoints`] below two points, [`TrajectoryError::Shape`] if
    /// `values` has not one row per time or no column, [`TrajectoryError::TimeNotFinite`],
    /// [`TrajectoryError::TimesNotIncreasing`] and [`TrajectoryError::Infinite`] with the first offending index.
    pub fn new(name: impl Into<String>, times: Vec<f64>, values: Array2<f64>) -> Result<Self, DataError> {
        let name = name.into();
        if times.len() < 2 {
            return Err(TrajectoryError::TooFewPoints { trajectory: name, points: times.len() }.into());
        }
        if values.nrows() != times.len() || values.ncols() == 0 {
            return Err(TrajectoryError::Shape { trajectory: name, times: times.len(), found: values.dim() }.into());
        }
        if let Some(index) = times.iter().position(|t| !t.is_finite()) {
            return Err(TrajectoryError::TimeNotFinite { trajectory: name, index, time: times[index] }.into());
        }
        if let Some(index) = times.windows(2).position(|pair| pair[1] <= pair[0]) {
            let (previous, time) = (times[index], times[index + 1]);
            return Err(
                TrajectoryError::TimesNotIncreasing { trajectory: name, index: index + 1, previous, time }.into()
            );
        }
        if let Some((index, &value)) = values.indexed_iter().find(|(_, value)| value.is_infinite()) {
            return Err(TrajectoryError::Infinite { trajectory: name, index, value }.into());
        }
        Ok(Self { name, times, values, inputs: Vec::new() })
    }

    /// Makes the known input `name` of a column of values.
    ///
    /// # Errors
    /// [`DataError::InputEnds`] if the first or the last value is missing.
    pub(super) fn state_to_input(&mut self, column: usize, name: &str, between: Between) -> Result<(), DataError> {
        let present = |row: &usize| !self.values[[*row, column]].is_nan();
        for row in [0, self.times.len() - 1] {
            if !present(&row) {
                let (trajectory, column) = (self.name.clone(), name.to_owned());
                return Err(DataError::InputEnds { trajectory, column, time: self.times[row] });
            }
        }
        let known: Vec<usize> = (0..self.times.len()).filter(present).collect();
        let times = known.iter().map(|&row| self.times[row]).collect();
        let values = known.iter().map(|&row| self.values[[row, column]]).collect();
        self.inputs.push(InputSignal::of_rows(times, values, between)?);
        self.values.remove_index(Axis(1), column);
        Ok(())
    }

    /// Doubles the states; the new ones were not measured.
    pub(super) fn add_velocities(&mut self) {
        let (points, dims) = self.values.dim();
        let mut values = Array2::from_elem((points, 2 * dims), f64::NAN);
        values.slice_mut(s![.., ..dims]).assign(&self.values);
        self.values = values;
    }

    /// N, the number of points in time.
    pub fn points(&self) -> usize {
        self.times.len()
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.values.ncols()
    }

    /// First and last time.
    pub fn span(&self) -> (f64, f64) {
        (self.times[0], self.times[self.times.len() - 1])
    }

    /// Number of entries that are not missing.
    pub fn observations(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }

    /// The measurements at the first time, `[D]`; NaN where the state was not measured then.
    pub fn first_values(&self) -> ArrayView1<'_, f64> {
        self.values.row(0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array2, array};

    use super::{DataError, Trajectory, TrajectoryError};

    #[test]
    fn missing_entries_are_kept_and_counted() {
        let trajectory = Trajectory::new("a", vec![0.0, 1.5], array![[1.0, f64::NAN], [2.0, 3.0]]).unwrap();
        assert_eq!((trajectory.points(), trajectory.dims(), trajectory.observations()), (2, 2, 3));
        assert_eq!(trajectory.span(), (0.0, 1.5));
        assert_eq!(trajectory.first_values()[0], 1.0);
    }

    #[test]
    fn times_must_be_finite_and_strictly_increasing() {
        let values = array![[1.0], [2.0], [3.0]];
        let new = |times: [f64; 3]| Trajectory::new("a", times.to_vec(), values.clone());
        assert!(matches!(
            new([0.0, 1.0, 1.0]),
            Err(DataError::Trajectory(TrajectoryError::TimesNotIncreasing { index: 2, .. }))
        ));
        assert!(matches!(
            new([0.0, -1.0, 2.0]),
            Err(DataError::Trajectory(TrajectoryError::TimesNotIncreasing { index: 1, .. }))
        ));
        assert!(matches!(
            new([0.0, f64::NAN, 2.0]),
            Err(DataError::Trajectory(TrajectoryError::TimeNotFinite { index: 1, .. }))
        ));
        assert!(matches!(
            new([f64::NEG_INFINITY, 0.0, 2.0]),
            Err(DataError::Trajectory(TrajectoryError::TimeNotFinite { index: 0, .. }))
        ));
    }

    #[test]
    fn wrong_shapes_are_refused() {
        let new = |times: &[f64], shape| Trajectory::new("a", times.to_vec(), Array2::zeros(shape));
        assert!(matches!(
            new(&[0.0], (1, 1)),
            Err(DataError::Trajectory(TrajectoryError::TooFewPoints { points: 1, .. }))
        ));
        assert!(matches!(
            new(&[], (0, 1)),
            Err(DataError::Trajectory(TrajectoryError::TooFewPoints { points: 0, .. }))
        ));
        assert!(matches!(
            new(&[0.0, 1.0], (3, 1)),
            Err(DataError::Trajectory(TrajectoryError::Shape { times: 2, found: (3, 1), .. }))
        ));
        assert!(matches!(new(&[0.0, 1.0], (2, 0)), Err(DataError::Trajectory(TrajectoryError::Shape { .. }))));
    }

    #[test]
    fn infinite_values_are_refused() {
        let result = Trajectory::new("a", vec![0.0, 1.0], array![[1.0, 2.0], [3.0, f64::INFINITY]]);
        assert!(matches!(result, Err(DataError::Trajectory(TrajectoryError::Infinite { index: (1, 1), .. }))));
    }
}
