//! How tightly the equations hold while structures are compared.

use crate::discovery::request::Tuning;

/// Model error that the loose stage allows to accumulate over [`LOOSE_TIME`], or over a typical step if that is
/// longer, in standard deviations of the noise.
const LOOSE: f64 = 0.1;

/// That time, in units of the one in which the states change by their spread.
const LOOSE_TIME: f64 = 0.3;

/// On the way from smoothed states to the loose level this many times that, and between the loose and the tight level
/// this part of the loose one.
const BEFORE_LOOSE: f64 = 3.0;
const BELOW_LOOSE: f64 = 0.2;

/// Most rounds of local moves in each stage.
const LOOSE_ROUNDS: usize = 8;
const TIGHT_ROUNDS: usize = 12;

/// Levels of model error from smoothed states to where structures are compared, before [`Tuning::tight`].
pub(crate) const FROM_SMOOTHED_STATES: [f64; 3] = [0.3, 0.1, 0.02];

/// Which of the two stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchStage {
    /// With loose equations the states follow the data, and what a term does to the rates decides: right also far
    /// from the truth.
    Loose,
    /// With tight ones, what it does to the whole trajectory: exact near the truth.
    Tight,
}

/// A level of model error (its standard deviation accumulated over one typical step, in units of the noise) at which
/// structures are compared, and those passed on the way to it from smoothed states.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    pub(super) path: Vec<f64>,
    /// Most rounds of local moves.
    pub(super) rounds: usize,
}

impl Levels {
    pub(super) fn of(stage: SearchStage, tuning: &Tuning, typical_step: f64) -> Self {
        let (loose, tight) = (loose_level(typical_step), tuning.tight);
        match stage {
            SearchStage::Loose => Self { path: vec![BEFORE_LOOSE * loose, loose], rounds: LOOSE_ROUNDS },
            SearchStage::Tight => {
                let between = (BELOW_LOOSE * loose).max(tight);
                Self { path: vec![loose, between, tight], rounds: TIGHT_ROUNDS }
            }
        }
    }

    /// The one at which structures are compared.
    pub(super) fn last(&self) -> f64 {
        self.path[self.path.len() - 1]
    }

    /// The last two, for structures near one that was fitted.
    pub(super) fn end(&self) -> &[f64] {
        &self.path[self.path.len() - 2..]
    }
}

/// Model error of the loose stage over a typical step of scaled time.
///
/// It accumulates like a random walk: with many observations in the time in which the states change, 0.1 for each step
/// would let the states follow the data whatever the equations are.
fn loose_level(typical_step: f64) -> f64 {
    LOOSE * (typical_step / LOOSE_TIME).min(1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{LOOSE, LOOSE_TIME, Levels, SearchStage, Tuning, loose_level};

    #[test]
    fn the_loose_model_error_accumulates_to_the_same_over_the_same_time() {
        // Ten steps in the time add up, as a random walk does, to what one step of that length has.
        let tenth = loose_level(0.1 * LOOSE_TIME);
        assert!((tenth * 10f64.sqrt() - LOOSE).abs() < 1e-15);
        assert_eq!(loose_level(2.0 * LOOSE_TIME), LOOSE);
    }

    #[test]
    fn structures_are_compared_at_levels_that_only_fall_towards_the_tight_one() {
        let tuning = Tuning::default();
        // With very short steps the loose level is below the tight one.
        for step in [1e-6, 1e-3, 1.0] {
            let [loose, tight] =
                [SearchStage::Loose, SearchStage::Tight].map(|stage| Levels::of(stage, &tuning, step));
            assert!(loose.path[0] > loose.last() && tight.path[0] == loose.last());
            assert!(tight.end()[0] >= tight.last() && tight.last() == tuning.tight, "{tight:?}");
        }
    }
}
