//! Observations that contradict all others of their series.

use mechnn_solver::smoother::{Segment, WienerSmoother};

use crate::discovery::request::Robust;

/// An observation that is treated as missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SetAside {
    pub(crate) segment: usize,
    /// Place in the observations of the segment, `[N, D]`.
    pub(crate) index: usize,
    /// What was observed.
    pub(crate) value: f64,
}

/// Outliers are exceptions: if more than this part of a series would be some, all of it stays.
const LARGEST_PART: f64 = 0.1;

/// Of outliers that have so few observations between them, the farther one is looked at first: it moves what is
/// expected of the other.
const REACH: usize = 2;

/// What a series consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeriesOf {
    /// Measured values, which may grow faster and faster up to the last row.
    Measurements,
    /// What equations leave of them, which has no trend.
    Residuals,
}

/// One series: a state along a segment.
pub(crate) struct SeriesOutliers<'a> {
    segment: usize,
    /// D and d.
    dims: usize,
    state: usize,
    robust: Robust,
    of: SeriesOf,
    found: &'a mut Vec<SetAside>,
}

impl<'a> SeriesOutliers<'a> {
    pub(crate) fn new(
        segment: usize,
        dims: usize,
        state: usize,
        (robust, of): (Robust, SeriesOf),
        found: &'a mut Vec<SetAside>,
    ) -> Self {
        Self { segment, dims, state, robust, of, found }
    }

    /// Sets aside what all of the `judgements` call far from the others: each gives a studentised residual for every
    /// observation, `[N, D]`, the likeliest first, which says what of two neighbours is farther. Returns whether there
    /// was anything, so that it must be judged again.
    ///
    /// More than one judgement, since a value that is far from the others where the noise is the same everywhere may
    /// be usual where it grows with the state.
    pub(crate) fn set_aside(&mut self, own: &mut Segment, judgements: &[&[f64]]) -> bool {
        let places = own.observations.iter().enumerate().skip(self.state).step_by(self.dims);
        let observed: Vec<usize> = places.filter(|(_, y)| !y.is_nan()).map(|(index, _)| index).collect();
        let degrees = observed.len() as f64 - 4.0;
        let already = self.found.iter().filter(|one| self.is_own(one)).count();
        let (Some(limit), true) =
            (self.robust.limit(observed.len(), degrees), observed.len() > WienerSmoother::MIN_OBSERVATIONS)
        else {
            return false;
        };
        // NaN, which is not far: the others say nothing of it.
        let is_far = |k: usize| judgements.iter().all(|judgement| judgement[observed[k]].abs() > limit);
        let distance = |index: &usize| judgements.first().map_or(0.0, |judgement| judgement[*index].abs());
        let distances: Vec<f64> = observed.iter().map(distance).collect();
        let values: Vec<f64> = observed.iter().map(|&index| own.observations[index]).collect();
        let is_farthest_near = |k: usize| {
            let near = k.saturating_sub(REACH)..(k + REACH + 1).min(distances.len());
            near.into_iter().all(|other| other == k || !is_far(other) || distances[other] < distances[k])
        };
        let far: Vec<usize> = (0..observed.len())
            .filter(|&k| is_far(k) && is_farthest_near(k) && stands_out(&values, k, self.of))
            .collect();
        if far.is_empty() {
            return false;
        }
        if (already + far.len()) as f64 > (LARGEST_PART * (already + observed.len()) as f64).max(1.0) {
            // No exceptions, but what these data are like.
            let (segment, dims, state) = (self.segment, self.dims, self.state);
            let is_own = |one: &SetAside| one.segment == segment && one.index % dims == state;
            self.found.iter().filter(|one| is_own(one)).for_each(|one| own.observations[one.index] = one.value);
            self.found.retain(|one| !is_own(one));
            return already > 0;
        }
        for k in far {
            let index = observed[k];
            self.found.push(SetAside { segment: self.segment, index, value: own.observations[index] });
            own.observations[index] = f64::NAN;
        }
        true
    }

    fn is_own(&self, one: &SetAside) -> bool {
        one.segment == self.segment && one.index % self.dims == self.state
    }
}

/// Whether an observation is farther from those beside it than these are from each other: on a steep slope, where the
/// state jumps from one row to the next, the smoothing fails and not the instrument. A measurement at an end that goes
/// on in the direction of those before it may be one of a state that grows without bound: only equations can tell.
fn stands_out(values: &[f64], k: usize, of: SeriesOf) -> bool {
    let beside = |reach: usize| {
        let (before, after) = (k.checked_sub(reach)?, k + reach);
        let (before, after) = (*values.get(before)?, *values.get(after)?);
        Some(((values[k] - 0.5 * (before + after)).abs(), (after - before).abs()))
    };
    let at_an_end = || {
        let (next, second) = if k == 0 { (1, 2) } else { (k - 1, k.checked_sub(2)?) };
        let (next, second) = (*values.get(next)?, *values.get(second)?);
        let goes_on = (values[k] - next) * (next - second) > 0.0;
        let is_judged = of == SeriesOf::Residuals || !goes_on;
        is_judged.then_some(((values[k] - next).abs(), 2.0 * (next - second).abs()))
    };
    let is_end = k == 0 || k + 1 == values.len();
    let pairs = if is_end { [at_an_end(), None] } else { [beside(1), beside(REACH)] };
    pairs.into_iter().flatten().any(|(own, change)| own > change)
}

#[cfg(test)]
mod tests {
    use mechnn_solver::smoother::{RelativeNoise, Segment, WienerSmoother};

    use super::{Robust, SeriesOf, SeriesOutliers, SetAside, stands_out};

    /// Of a wave with these changes of single values, what is set aside; 61 rows.
    fn found(changes: &[(usize, f64)], robust: Robust) -> Vec<usize> {
        let times: Vec<f64> = (0..61).map(|i| 0.1 * f64::from(i)).collect();
        // No random numbers: the fractional parts of multiples of the golden ratio, about zero, are spread evenly.
        let noise = |i: usize| ((i as f64) * 0.618_033_988_749_895).fract() - 0.5;
        let mut observations: Vec<f64> = times.iter().enumerate().map(|(i, t)| t.sin() + 0.05 * noise(i)).collect();
        changes.iter().for_each(|(row, change)| observations[*row] += change);
        let relative_noise = RelativeNoise::Uniform;
        let mut segment = Segment { times, observations, relative_noise };
        let mut found: Vec<SetAside> = Vec::new();
        loop {
            let smooth = WienerSmoother.fit(&segment.times, &segment.observations).expect("a smoothing");
            let mut series = SeriesOutliers::new(0, 1, 0, (robust, SeriesOf::Measurements), &mut found);
            if !series.set_aside(&mut segment, &[&smooth.studentized]) {
                break;
            }
        }
        let mut rows: Vec<usize> = found.iter().map(|one| one.index).collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn single_far_values_are_set_aside_and_no_others() {
        assert_eq!(found(&[], Robust::Auto), Vec::<usize>::new());
        assert_eq!(found(&[(30, 0.5)], Robust::Auto), [30]);
        assert_eq!(found(&[(30, 0.5)], Robust::Off), Vec::<usize>::new());
        assert_eq!(found(&[(10, 3.0), (12, -100.0), (50, 0.6)], Robust::Auto), [10, 12, 50]);
        assert_eq!(found(&[(0, 2.0), (60, -2.0)], Robust::Auto), [0, 60]);
        // What goes on as the rows before it went is left to the equations.
        assert_eq!(found(&[(60, 2.0)], Robust::Auto), Vec::<usize>::new());
    }

    #[test]
    fn what_is_no_exception_stays() {
        // Every seventh row is off by the same: that is what these data are like.
        let every: Vec<(usize, f64)> = (0..61).step_by(7).map(|row| (row, 0.5)).collect();
        assert_eq!(found(&every, Robust::Auto), Vec::<usize>::new());
    }

    #[test]
    fn a_jump_is_no_outlier() {
        // The state jumps between rows 2 and 3.
        let jump = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        assert!((0..6).all(|k| !stands_out(&jump, k, SeriesOf::Measurements)));
        assert!(stands_out(&[0.0, 0.1, 5.0, 0.2, 0.3], 2, SeriesOf::Measurements));
        // Growth without bound, and what equations leave of it.
        let growth = [1.0, 2.0, 4.0, 30.0];
        assert!(!stands_out(&growth, 3, SeriesOf::Measurements) && stands_out(&growth, 3, SeriesOf::Residuals));
    }
}
