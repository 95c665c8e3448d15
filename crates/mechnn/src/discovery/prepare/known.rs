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
