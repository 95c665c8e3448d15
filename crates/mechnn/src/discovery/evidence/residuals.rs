//! Whether what is left of the data looks like noise.

use crate::discovery::fit::Fit;
use crate::discovery::prepare::PreparedData;
use crate::estimation::Neighbours;

/// How the residuals of one state follow each other: measured minus estimated values, over the noise.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Residuals {
    /// Correlation of a residual with the next one in its trajectory.
    pub autocorrelation: f64,
    /// Independent residuals stay within plus and minus this 99 times of 100: `2.576 / √pairs`.
    pub bound: f64,
}

/// Quantile of the normal distribution for 99 %, both sides.
const QUANTILE: f64 = 2.576;

/// With fewer pairs of neighbours the bound says nothing.
const FEWEST_PAIRS: usize = 10;

impl Residuals {
    /// Of residuals in the order of time, NaN where there is none; each list is a trajectory of its own.
    ///
    /// $$ r = \frac{\tfrac1m \sum_{\text{pairs}} e_i e_{i+1}}{\tfrac1n \sum_i e_i^2} $$
    ///
    /// over the m pairs of neighbouring rows in which both are there. None with fewer than ten pairs, or if nothing is
    /// left at all.
    pub(crate) fn of(trajectories: &[Vec<f64>]) -> Option<Self> {
        let neighbours = Neighbours::of(trajectories);
        let autocorrelation = neighbours.mean_correlation();
        let usable = neighbours.pairs >= FEWEST_PAIRS && autocorrelation.is_finite();
        usable.then(|| Self { autocorrelation, bound: QUANTILE / (neighbours.pairs as f64).sqrt() })
    }

    /// Whether they pass for independent.
    pub fn is_white(&self) -> bool {
        self.autocorrelation.abs() <= self.bound
    }
}

/// Those of each state, `[D]`.
pub(crate) fn residuals(data: &PreparedData, fit: &Fit) -> Vec<Option<Residuals>> {
    let dims = data.dims();
    let of_state = |d: usize| {
        let mut offset = 0;
        let mut trajectories = Vec::new();
        for (segment, rows) in data.segments.iter().zip(&data.observed_at) {
            let residual = |row: &usize| {
                let index = row * dims + d;
                let difference = segment.observations[index] - fit.estimate.states[offset + index];
                difference / segment.relative_noise.at(index)
            };
            trajectories.push(rows.iter().map(residual).collect());
            offset += segment.observations.len();
        }
        Residuals::of(&trajectories)
    };
    (0..dims).map(of_state).collect()
}

#[cfg(test)]
mod tests {
    use super::Residuals;

    #[test]
    fn neighbours_that_agree_are_seen_and_gaps_break_pairs() {
        // Alternating signs: every product is -1.
        let alternating: Vec<f64> = (0..50).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let found = Residuals::of(std::slice::from_ref(&alternating)).expect("pairs");
        assert_eq!((found.autocorrelation, found.bound), (-1.0, 2.576 / 7.0));
        assert!(!found.is_white());
        // Periods of four, + + - -: products +1 and -1 in turn.
        let white: Vec<f64> = (0..49).map(|i| if i % 4 < 2 { 1.0 } else { -1.0 }).collect();
        assert_eq!(Residuals::of(std::slice::from_ref(&white)).expect("pairs").autocorrelation, 0.0);
        // With every second value missing there are no neighbours.
        let gaps: Vec<f64> = (0..50).map(|i| if i % 2 == 0 { 1.0 } else { f64::NAN }).collect();
        assert_eq!(Residuals::of(&[gaps]), None);
        // Two trajectories do not follow each other.
        let two = Residuals::of(&[alternating[..8].to_vec(), alternating[..8].to_vec()]).expect("pairs");
        assert_eq!(two.bound, 2.576 / 14f64.sqrt());
        assert_eq!(Residuals::of(&[vec![0.0; 30]]), None);
    }
}
