//! The times of a trajectory: how far apart they are, and where nothing was measured.

use serde::Serialize;

use crate::data::Trajectory;

/// A part of the time in which nothing was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The last time before it.
    pub from: f64,
    /// The first time after it.
    pub to: f64,
}

/// How even the times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// All intervals are the same, to a thousandth.
    Regular,
    /// The same but for gaps: nine of ten intervals are the typical one, to a hundredth.
    RegularWithGaps,
    /// Anything else.
    Irregular,
}

/// The times of one trajectory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeSummary {
    /// The trajectory.
    pub trajectory: String,
    /// N, the number of times.
    pub points: usize,
    /// The first time.
    pub from: f64,
    /// The last time.
    pub to: f64,
    /// The median of the intervals.
    pub typical_step: f64,
    /// The smallest interval.
    pub shortest_step: f64,
    /// How even they are.
    pub spacing: Spacing,
    /// The longest intervals, the longest first, of those above twice the typical one.
    pub gaps: Vec<Gap>,
    /// How many intervals are above twice the typical one.
    pub gap_count: usize,
}

/// Gaps that are listed at most.
const LISTED: usize = 3;

impl TimeSummary {
    /// Of a trajectory, which has two points at least.
    pub(super) fn of(trajectory: &Trajectory) -> Self {
        let (from, to) = trajectory.span();
        let mut gaps: Vec<Gap> = trajectory.times.windows(2).map(|pair| Gap { from: pair[0], to: pair[1] }).collect();
        let length = |gap: &Gap| gap.to - gap.from;
        gaps.sort_by(|a, b| length(b).total_cmp(&length(a)));
        let (longest, shortest) = (length(&gaps[0]), length(&gaps[gaps.len() - 1]));
        let typical = length(&gaps[gaps.len() / 2]);
        let is_near = |gap: &&Gap| (length(gap) / typical - 1.0).abs() < 0.01;
        // Decimal years of days differ by leap years, and numbers are rounded: a thousandth is the same.
        let spacing = if longest - shortest < 1e-3 * typical {
            Spacing::Regular
        } else if 10 * gaps.iter().filter(is_near).count() >= 9 * gaps.len() {
            Spacing::RegularWithGaps
        } else {
            Spacing::Irregular
        };
        let gap_count = gaps.partition_point(|gap| length(gap) > 2.0 * typical);
        gaps.truncate(gap_count.min(LISTED));
        Self {
            trajectory: trajectory.name.clone(),
            points: trajectory.points(),
            from,
            to,
            typical_step: typical,
            shortest_step: shortest,
            spacing,
            gaps,
            gap_count,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{Gap, Spacing, TimeSummary, Trajectory};

    fn summary(times: &[f64]) -> TimeSummary {
        TimeSummary::of(&Trajectory::new("a", times.to_vec(), Array2::zeros((times.len(), 1))).unwrap())
    }

    #[test]
    fn gaps_stand_out_and_spacing_is_judged() {
        let even: Vec<f64> = (0..20).map(|i| 0.1 * f64::from(i)).collect();
        let found = summary(&even);
        assert_eq!((found.spacing, found.gap_count, found.points), (Spacing::Regular, 0, 20));
        assert!((found.typical_step - 0.1).abs() < 1e-12);
        let gappy: Vec<f64> = (0..40).filter(|i| !(10..15).contains(i)).map(f64::from).collect();
        let found = summary(&gappy);
        assert_eq!((found.spacing, found.gap_count), (Spacing::RegularWithGaps, 1));
        assert_eq!(found.gaps, [Gap { from: 9.0, to: 15.0 }]);
        assert_eq!(summary(&[0.0, 1.0, 3.0, 4.5]).spacing, Spacing::Irregular);
        assert_eq!(summary(&[0.0, 1.0]).spacing, Spacing::Regular);
    }
}
