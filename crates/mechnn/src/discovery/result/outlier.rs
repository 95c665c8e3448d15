//! An observation that contradicts all others.

use crate::discovery::fit::Fit;
use crate::discovery::prepare::{PreparedData, SetAside};

/// An observation that contradicts all others, and was treated as missing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Outlier {
    /// Number of its trajectory.
    pub trajectory: usize,
    /// Number of its row in the trajectory, from 0.
    pub row: usize,
    /// Its state, by number.
    pub state: usize,
    /// What was observed, in the data's unit.
    pub value: f64,
    /// What the fitted states say, in the data's unit.
    pub expected: f64,
    /// How far that is, in standard deviations of the noise there.
    pub deviations: f64,
}

/// Those that were set aside from the data of a fit, trajectory by trajectory in the order of rows.
pub(crate) fn outliers(data: &PreparedData, fit: &Fit) -> Vec<Outlier> {
    let dims = data.dims();
    let starts: Vec<usize> = data
        .segments
        .iter()
        .scan(0, |next, segment| {
            let start = *next;
            *next += segment.observations.len();
            Some(start)
        })
        .collect();
    let outlier = |one: &SetAside| {
        let state = one.index % dims;
        let scale = data.scaling.state[state];
        let expected = fit.estimate.states[starts[one.segment] + one.index];
        let noise = fit.noise[state] * data.segments[one.segment].relative_noise.at(one.index);
        Outlier {
            trajectory: one.segment,
            row: data.row_of(one),
            state,
            value: one.value * scale,
            expected: expected * scale,
            deviations: (one.value - expected) / noise,
        }
    };
    let mut outliers: Vec<Outlier> = data.outliers.iter().map(outlier).collect();
    outliers.sort_by_key(|one| (one.trajectory, one.row, one.state));
    outliers
}
