//! Numbers that can be computed with: not merely finite.

use super::Dataset;
use crate::data::fault::DataError;

/// The largest absolute value of a column, and the span of the times, must lie between this and its reciprocal. Far
/// from any unit of measurement, and close enough to 1 that squares, products and their sums neither overflow nor
/// vanish; outside, a fit would end in nonsense (1e-300 squared is 0) without a word.
const LARGEST: f64 = 1e100;

impl Dataset {
    /// Checks that products of the values exist as numbers. A column of zeros is fine.
    ///
    /// Reading and writing does not need it, fitting does.
    ///
    /// # Errors
    /// [`DataError::Magnitude`] with the column and its largest value, or the span of the times.
    pub fn check_magnitudes(&self) -> Result<(), DataError> {
        let check = |column: &str, what: &'static str, value: f64| {
            let usable = value == 0.0 || (LARGEST.recip()..=LARGEST).contains(&value);
            let error = || DataError::Magnitude { column: column.to_owned(), what, value, largest: LARGEST };
            usable.then_some(()).ok_or_else(error)
        };
        for trajectory in &self.trajectories {
            let (first, last) = trajectory.span();
            check(&self.time, "spans", last - first)?;
        }
        for (d, state) in self.states.iter().enumerate() {
            let values = self.trajectories.iter().flat_map(|trajectory| trajectory.values.column(d).into_iter());
            // `max` skips NaN, which means missing.
            check(state, "holds", values.fold(0.0, |largest, value| value.abs().max(largest)))?;
        }
        for (c, control) in self.controls.iter().enumerate() {
            let values = self.trajectories.iter().flat_map(|trajectory| trajectory.inputs[c].values());
            check(control, "holds", values.fold(0.0, |largest, value| value.abs().max(largest)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{DataError, Dataset};
    use crate::data::Trajectory;

    fn check(end: f64, value: f64) -> Result<(), DataError> {
        let trajectory = Trajectory::new("a", vec![0.0, end], array![[f64::NAN], [value]]).unwrap();
        Dataset::new("t", vec!["x".to_owned()], vec![trajectory]).unwrap().check_magnitudes()
    }

    #[test]
    fn numbers_whose_products_are_none_are_refused() {
        for usable in [0.0, -1e-99, 1.0, 1e99] {
            assert!(check(1.0, usable).is_ok(), "{usable}");
        }
        for unusable in [1e-300, -1e-101, 1e101, -1e300, 5e-324] {
            assert!(matches!(check(1.0, unusable), Err(DataError::Magnitude { column, .. }) if column == "x"));
        }
        assert!(matches!(check(1e-200, 1.0), Err(DataError::Magnitude { column, .. }) if column == "t"));
        assert!(check(1e200, 1.0).unwrap_err().to_string().contains("column `t` spans 1.000e200"));
    }
}
