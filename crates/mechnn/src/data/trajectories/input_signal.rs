//! A known input over time.

use crate::data::fault::InputError;

/// Times this far outside the span, as part of it, count as its ends: sums of steps are rounded.
const RESOLUTION: f64 = 1e-12;

/// A held input changes in the last part of this size of the interval between two rows.
const CHANGE: f64 = 1e-3;

/// How a known input goes on between the rows in which it was written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Between {
    /// In a straight line.
    #[default]
    Linear,
    /// It keeps its value until the next row, as a valve or a heater does that is switched.
    Held,
}

/// A known input (control) that is linear between given points, in the order of time.
///
/// # Shapes
/// - times and values: `[N]`, N at least 1
#[derive(Debug, Clone, PartialEq)]
pub struct InputSignal {
    times: Vec<f64>,
    values: Vec<f64>,
}

impl InputSignal {
    /// A checked signal.
    ///
    /// # Errors
    /// [`InputError`], one variant per check.
    pub fn new(times: Vec<f64>, values: Vec<f64>) -> Result<Self, InputError> {
        if times.len() != values.len() || times.is_empty() {
            return Err(InputError::Shape { times: times.len(), values: values.len() });
        }
        let in_order = |index: usize| times[index].is_finite() && (index == 0 || times[index - 1] < times[index]);
        if let Some(index) = (0..times.len()).find(|&index| !in_order(index)) {
            return Err(InputError::Times { index, time: times[index] });
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(InputError::NotFinite { time: times[index], value: values[index] });
        }
        Ok(Self { times, values })
    }

    /// A checked signal of rows that are joined as `between` says. One that is held changes in the last thousandth of
    /// the interval before a row with another value, so that it has a value everywhere.
    ///
    /// # Errors
    /// As [`InputSignal::new`].
    pub fn of_rows(times: Vec<f64>, values: Vec<f64>, between: Between) -> Result<Self, InputError> {
        let rows = Self::new(times, values)?;
        if between == Between::Linear {
            return Ok(rows);
        }
        let (mut times, mut values) = (vec![rows.times[0]], vec![rows.values[0]]);
        for (ends, pair) in rows.times.windows(2).zip(rows.values.windows(2)) {
            let last = ends[1] - CHANGE * (ends[1] - ends[0]);
            if pair[0] != pair[1] && ends[0] < last && last < ends[1] {
                times.push(last);
                values.push(pair[0]);
            }
            times.push(ends[1]);
            values.push(pair[1]);
        }
        Ok(Self { times, values })
    }

    /// The given times, `[N]`.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The values there, `[N]`.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The first and the last time.
    pub fn span(&self) -> (f64, f64) {
        (self.times[0], self.times[self.times.len() - 1])
    }

    /// Whether there is a value at `time`.
    pub fn covers(&self, time: f64) -> bool {
        let (first, last) = self.span();
        let tolerance = RESOLUTION * (last - first).max(first.abs()).max(last.abs());
        time >= first - tolerance && time <= last + tolerance
    }

    /// The value at `time`, `None` outside the span.
    pub fn value(&self, time: f64) -> Option<f64> {
        if !self.covers(time) {
            return None;
        }
        let right = self.times.partition_point(|&other| other <= time);
        let Some(left) = right.checked_sub(1) else { return Some(self.values[0]) };
        let (Some(end), Some(after)) = (self.times.get(right), self.values.get(right)) else {
            return Some(self.values[left]);
        };
        let (start, before) = (self.times[left], self.values[left]);
        // A weighted mean: exact at both ends, and no overflow of a difference.
        let part = (time - start) / (end - start);
        Some((1.0 - part) * before + part * after)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Between, InputError, InputSignal};

    #[test]
    fn values_are_linear_between_points_and_nothing_outside() {
        let signal = InputSignal::new(vec![1.0, 2.0, 4.0], vec![0.0, 10.0, -10.0]).unwrap();
        for (time, value) in [(1.0, 0.0), (1.25, 2.5), (2.0, 10.0), (3.0, 0.0), (4.0, -10.0), (4.0 + 1e-13, -10.0)] {
            assert_eq!(signal.value(time), Some(value), "at {time}");
        }
        for time in [0.999, 4.001, f64::NAN, f64::INFINITY] {
            assert_eq!(signal.value(time), None, "at {time}");
        }
        assert_eq!(InputSignal::new(vec![3.0], vec![7.0]).unwrap().value(3.0), Some(7.0));
    }

    #[test]
    fn what_is_held_keeps_its_value_until_just_before_the_next_row() {
        let rows =
            |between| InputSignal::of_rows(vec![0.0, 1.0, 2.0, 3.0], vec![1.0, 1.0, 5.0, 2.0], between).unwrap();
        let held = rows(Between::Held);
        for (time, value) in [(0.5, 1.0), (1.9, 1.0), (1.999, 1.0), (2.0, 5.0), (2.998, 5.0), (3.0, 2.0)] {
            assert!((held.value(time).unwrap() - value).abs() < 1e-9, "at {time}");
        }
        assert_eq!(held.times(), [0.0, 1.0, 2.0 - 1e-3, 2.0, 3.0 - 1e-3, 3.0]);
        assert_eq!(rows(Between::Linear).value(1.5), Some(3.0));
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        assert!(matches!(InputSignal::new(vec![], vec![]), Err(InputError::Shape { .. })));
        assert!(matches!(InputSignal::new(vec![1.0], vec![]), Err(InputError::Shape { times: 1, values: 0 })));
        assert!(matches!(InputSignal::new(vec![1.0, 1.0], vec![0.0; 2]), Err(InputError::Times { index: 1, .. })));
        assert!(matches!(InputSignal::new(vec![f64::NAN], vec![0.0]), Err(InputError::Times { index: 0, .. })));
        let error = InputSignal::new(vec![1.0, 2.0], vec![0.0, f64::NAN]).unwrap_err();
        assert_eq!(error.to_string(), "the value of an input at time 2 is NaN; it must be a finite number");
    }
}
