//! The constants of the method that no theory gives.

use serde::{Deserialize, Serialize};

/// How far the search looks, and what structures cost: constants that were chosen by what they do on known systems
/// (`docs/src/decisions/0010-constants-by-halves.md`).
///
/// The defaults are meant to be left alone. More `neighbours`, `survivors` or `exchanges` search longer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Tuning {
    /// Supports of each size that the beam search over the regressions extends. Default 40.
    pub beam: usize,
    /// Most terms in one proposed equation. Default 7.
    pub proposed_terms: usize,
    /// Proposals of each of several equations that are fitted while the others stay. Default 12.
    pub exchanges: usize,
    /// Of these at least so many of every size. Default 3.
    pub exchanges_of_a_size: usize,
    /// Neighbours of a structure that are fitted in a round of local moves. Default 10.
    pub neighbours: usize,
    /// Structures that pass from loose to tight equations. Default 10.
    pub survivors: usize,
    /// The best structures whose neighbours are tried in the end. Default 5.
    pub incumbents: usize,
    /// Model error that the loose stage allows to accumulate over `loose_time`, or over a typical step if that is longer, in
    /// standard deviations of the noise. Default 0.1.
    pub loose: f64,
    /// That time, in units of the one in which the states change by their spread. Default 0.3.
    pub loose_time: f64,
    /// Gauss-Newton steps of a fit in the search. Default 8.
    pub steps: usize,
    /// Price of a number in units of `ln n`. Default 1.
    pub number: f64,
    /// Price of choosing one of r terms, in units of `ln r`. Default 2.
    pub choice: f64,
    /// Price of a negative coefficient that would drive a state below zero which was always positive. Default 6.
    pub implausible: f64,
    /// Largest part of its price that a number saves by being the same as another. Default 1.
    pub relations: f64,
    /// Price of a coefficient that is said to be a simple number, added to that of writing the number down. Default 3.
    pub simple: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            beam: 40,
            proposed_terms: 7,
            exchanges: 12,
            exchanges_of_a_size: 3,
            neighbours: 10,
            survivors: 10,
            incumbents: 5,
            loose: 0.1,
            loose_time: 0.3,
            steps: 8,
            number: 1.0,
            choice: 2.0,
            implausible: 6.0,
            relations: 1.0,
            simple: 3.0,
        }
    }
}

impl Tuning {
    /// Model error of the loose stage over a typical step of scaled time.
    ///
    /// It accumulates like a random walk: with many observations in the time in which the states change, 0.1 for each step
    /// would let the states follow the data whatever the equations are.
    pub(super) fn loose_level(&self, typical_step: f64) -> f64 {
        self.loose * (typical_step / self.loose_time).min(1.0).sqrt()
    }

    /// Whether nothing was changed.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::Tuning;

    #[test]
    fn the_loose_model_error_accumulates_to_the_same_over_the_same_time() {
        let tuning = Tuning::default();
        // Ten steps in the time add up, as a random walk does, to what one step of that length has.
        let tenth = tuning.loose_level(0.1 * tuning.loose_time);
        assert!((tenth * 10f64.sqrt() - tuning.loose).abs() < 1e-15);
        assert_eq!(tuning.loose_level(2.0 * tuning.loose_time), tuning.loose);
    }
}
