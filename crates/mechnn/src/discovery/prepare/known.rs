//! What terms may depend on besides the states: known inputs, and the time itself.

use std::sync::Arc;

use crate::data::{Dataset, Trajectory};
use crate::equation::InputSignal;

/// Known functions of time along the segments of a discovery: C inputs, then the time if terms may depend on it.
///
/// Their values are in the data's units; times of segments are scaled, and count from the start of their trajectory.
#[derive(Debug, Clone)]
pub(crate) struct KnownFunctions {
    /// Of each segment.
    segments: Vec<KnownOfSegment>,
    /// Number of known functions, K.
    count: usize,
    /// Whether the last is the time.
    explicit_time: bool,
}

/// The known functions along one segment.
#[derive(Debug, Clone)]
pub(crate) struct KnownOfSegment {
    inputs: Arc<[InputSignal]>,
    explicit_time: bool,
    /// Time of the data where the segment's time is 0.
    origin: f64,
    /// Unit of the segment's time.
    unit: f64,
}

impl KnownFunctions {
    pub(crate) fn new(data: &Dataset, explicit_time: bool) -> Self {
        let of_trajectory = |trajectory: &Trajectory| KnownOfSegment {
            inputs: trajectory.inputs.as_slice().into(),
            explicit_time,
            origin: trajectory.times[0],
            unit: 1.0,
        };
        Self {
            segments: data.trajectories.iter().map(of_trajectory).collect(),
            count: data.controls.len() + usize::from(explicit_time),
            explicit_time,
        }
    }

    /// K.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn explicit_time(&self) -> bool {
        self.explicit_time
    }

    pub(crate) fn segments(&self) -> &[KnownOfSegment] {
        &self.segments
    }

    /// The unit of the segments' time.
    pub(crate) fn set_unit(&mut self, unit: f64) {
        self.segments.iter_mut().for_each(|segment| segment.unit = unit);
    }

    /// The known functions of each of the segments that are taken from these, by number.
    pub(crate) fn of_pieces(&self, sources: &[usize]) -> Self {
        Self { segments: sources.iter().map(|&source| self.segments[source].clone()).collect(), ..*self }
    }
}

impl KnownOfSegment {
    /// Writes the values at a scaled time of the segment into `values`, `[K]`; NaN where an input is not known.
    pub(crate) fn values_into(&self, time: f64, values: &mut [f64]) {
        let time = self.origin + self.unit * time;
        for (value, input) in values.iter_mut().zip(&*self.inputs) {
            *value = input.value(time).unwrap_or(f64::NAN);
        }
        if self.explicit_time {
            values[self.inputs.len()] = time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KnownFunctions;
    use crate::data::Dataset;
    use crate::discovery::test_problem::columns;

    fn driven(times: &[f64]) -> Dataset {
        let data = columns(&[("x", |t| t), ("u", |t| 2.0 * t), ("v", |t| -t)], times);
        data.with_controls(&["u".to_owned(), "v".to_owned()]).expect("inputs")
    }

    #[test]
    fn values_are_those_of_the_data_at_their_own_time() {
        // From 10 to 14; scaled times count from the start in units of 2.
        let mut known = KnownFunctions::new(&driven(&[10.0, 12.0, 14.0]), true);
        known.set_unit(2.0);
        assert_eq!((known.count(), known.explicit_time(), known.segments().len()), (3, true, 1));
        let mut values = [0.0; 3];
        known.segments()[0].values_into(1.5, &mut values);
        assert_eq!(values, [26.0, -13.0, 13.0]);
    }

    #[test]
    fn outside_of_its_span_an_input_is_not_known_but_the_time_is() {
        let known = KnownFunctions::new(&driven(&[0.0, 1.0]), true);
        let mut values = [0.0; 3];
        known.segments()[0].values_into(2.0, &mut values);
        assert!(values[0].is_nan() && values[1].is_nan() && values[2] == 2.0, "{values:?}");
        let without_time = KnownFunctions::new(&driven(&[0.0, 1.0]), false);
        assert_eq!((without_time.count(), without_time.explicit_time()), (2, false));
    }

    #[test]
    fn pieces_have_the_functions_of_their_sources() {
        let (mut data, other) = (driven(&[0.0, 1.0]), driven(&[5.0, 6.0]));
        data.trajectories.extend(other.trajectories);
        let pieces = KnownFunctions::new(&data, false).of_pieces(&[1, 1, 0]);
        let first = |piece: usize| {
            let mut values = [0.0; 2];
            pieces.segments()[piece].values_into(0.0, &mut values);
            values[0]
        };
        assert_eq!([first(0), first(1), first(2)], [10.0, 10.0, 0.0]);
        assert_eq!(pieces.count(), 2);
    }
}
