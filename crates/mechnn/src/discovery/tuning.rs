//! The constants of the method that no theory gives.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
    /// Terms in one equation up to which every family of functions is tried with its constants at their best. Default 3.
    pub family_terms: usize,
    /// Of each family, right-hand sides of each size that are extended; three times as many where functions of two states are
    /// among the candidates. Default 6.
    pub family_beam: usize,
    /// Of these, how many have their constants refined, three times as many there, too. Default 3.
    pub family_refined: usize,
    /// By how much larger than they are the ranges of the states are taken where inner constants of functions start:
    /// half-saturations at this times their size, slopes and frequencies at one over this. Default 1.
    pub start_scale: f64,
    /// Proposals of an equation that stands alone. Default 40.
    pub proposals: usize,
    /// Of these at least so many of every size. Default 8.
    pub proposals_of_a_size: usize,
    /// Proposals of each of several equations that are fitted while the others stay. Default 12.
    pub exchanges: usize,
    /// Of these at least so many of every size. Default 3.
    pub exchanges_of_a_size: usize,
    /// Times that the equations are gone through for that. Default 2.
    pub sweeps: usize,
    /// Terms of one equation that local moves try in any case, the simplest. Default 20.
    pub listed: usize,
    /// The same with those that its proposals use. Default 40.
    pub longest_list: usize,
    /// Neighbours of a structure that are fitted in a round of local moves. Default 10.
    pub neighbours: usize,
    /// Most rounds with loose equations. Default 8.
    pub rounds: usize,
    /// Most rounds with tight equations. Default 12.
    pub tight_rounds: usize,
    /// Structures that pass from loose to tight equations. Default 10.
    pub survivors: usize,
    /// The best structures whose neighbours are tried in the end. Default 5.
    pub incumbents: usize,
    /// Structures that are weighed in the end by what relations of their coefficients save. Default 30.
    pub finalists: usize,
    /// By how much their criteria may be behind the lowest; no relations save more. Default 25.
    pub behind: f64,
    /// Structures that pass from an excerpt of long data to all of them. Default 5.
    pub leads: usize,
    /// Model error that the loose stage allows to accumulate over `loose_time`, or over a typical step if that is longer, in
    /// standard deviations of the noise. Default 0.1.
    pub loose: f64,
    /// That time, in units of the one in which the states change by their spread. Default 0.3.
    pub loose_time: f64,
    /// Model error at which structures are compared in the end, over a typical step: so tight that the states obey the
    /// equations. Default 0.003.
    pub tight: f64,
    /// Gauss-Newton steps of a fit in the search. Default 8.
    pub steps: usize,
    /// Price of a number in units of `ln n`. Default 1.
    pub number: f64,
    /// Price of choosing one of r terms, in units of `ln r`. Default 2.
    pub choice: f64,
    /// Price of a negative coefficient that would drive a state below zero which was always positive: in populations,
    /// concentrations and energies, what is taken away is taken from what there is. Default 6, prior odds of 1 to 20.
    pub implausible: f64,
    /// Largest part of its price that a number saves by being the same as another. Default 1.
    pub relations: f64,
    /// Deviance by which the other noise model must be better to be taken. Default 4, likelihood odds of 7.
    pub other_noise: f64,
    /// The fraction by which the sum of squares may rise when the model error is taken away: it had followed the noise a
    /// little, as every further freedom does. Default 0.03.
    pub rise: f64,
    /// Only a coefficient known to this fraction of itself can be said to be a simple number. Default 0.1.
    pub known: f64,
    /// What a coefficient is said to be may be this many standard errors from its estimate. Default 2.
    pub farthest: f64,
    /// Largest numerator of a simple number. Default 30.
    pub largest_numerator: u32,
    /// Largest denominator of a simple number. Default 3.
    pub largest_denominator: u32,
    /// Price of a coefficient that is said to be a simple number, added to that of writing the number down. Default 3.
    pub simple: f64,
    /// Deviance that each such coefficient may cost in the fit. Default 4, two standard errors.
    pub worth_of_a_constant: f64,
}

/// A constant of the method with which nothing can be found.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("tuning: `{name}` is {value}, expected {expected}")]
pub struct TuningError {
    /// The field of [`Tuning`].
    pub name: &'static str,
    /// What it is.
    pub value: f64,
    /// What it may be.
    pub expected: &'static str,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            beam: 40,
            proposed_terms: 7,
            family_terms: 3,
            family_beam: 6,
            family_refined: 3,
            start_scale: 1.0,
            proposals: 40,
            proposals_of_a_size: 8,
            exchanges: 12,
            exchanges_of_a_size: 3,
            sweeps: 2,
            listed: 20,
            longest_list: 40,
            neighbours: 10,
            rounds: 8,
            tight_rounds: 12,
            survivors: 10,
            incumbents: 5,
            finalists: 30,
            behind: 25.0,
            leads: 5,
            loose: 0.1,
            loose_time: 0.3,
            tight: 0.003,
            steps: 8,
            number: 1.0,
            choice: 2.0,
            implausible: 6.0,
            relations: 1.0,
            other_noise: 4.0,
            rise: 0.03,
            known: 0.1,
            farthest: 2.0,
            largest_numerator: 30,
            largest_denominator: 3,
            simple: 3.0,
            worth_of_a_constant: 4.0,
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

    /// Whether a search can be done with them.
    ///
    /// # Errors
    /// [`TuningError`] for a count of 0 where one is needed, a model error or time that is not positive, a price or limit that
    /// is negative, and what is not finite.
    pub fn check(&self) -> Result<(), TuningError> {
        let counts = [
            ("beam", self.beam),
            ("proposed_terms", self.proposed_terms),
            ("family_terms", self.family_terms),
            ("family_beam", self.family_beam),
            ("proposals", self.proposals),
            ("exchanges", self.exchanges),
            ("sweeps", self.sweeps),
            ("survivors", self.survivors),
            ("finalists", self.finalists),
            ("leads", self.leads),
            ("steps", self.steps),
        ];
        let positive = [
            ("start_scale", self.start_scale),
            ("loose", self.loose),
            ("loose_time", self.loose_time),
            ("tight", self.tight),
        ];
        let not_negative = [
            ("behind", self.behind),
            ("number", self.number),
            ("choice", self.choice),
            ("implausible", self.implausible),
            ("relations", self.relations),
            ("other_noise", self.other_noise),
            ("rise", self.rise),
            ("known", self.known),
            ("farthest", self.farthest),
            ("simple", self.simple),
            ("worth_of_a_constant", self.worth_of_a_constant),
        ];
        let no_count = counts.into_iter().filter(|(_, count)| *count == 0).map(|(name, _)| (name, 0.0, "at least 1"));
        let not_positive = positive.into_iter().filter(|(_, value)| !(value.is_finite() && *value > 0.0));
        let negative = not_negative.into_iter().filter(|(_, value)| !(value.is_finite() && *value >= 0.0));
        let wrong = no_count
            .chain(not_positive.map(|(name, value)| (name, value, "a positive number")))
            .chain(negative.map(|(name, value)| (name, value, "0 or more")))
            .next();
        wrong.map_or(Ok(()), |(name, value, expected)| Err(TuningError { name, value, expected }))
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
    fn constants_that_find_nothing_are_refused() {
        let default = Tuning::default();
        assert_eq!(default.check(), Ok(()));
        for (wrong, name) in [
            (Tuning { survivors: 0, ..default }, "survivors"),
            (Tuning { loose: -0.1, ..default }, "loose"),
            (Tuning { loose_time: f64::NAN, ..default }, "loose_time"),
            (Tuning { simple: f64::INFINITY, ..default }, "simple"),
        ] {
            assert!(wrong.check().is_err_and(|error| error.name == name), "{name}");
        }
    }

    #[test]
    fn the_loose_model_error_accumulates_to_the_same_over_the_same_time() {
        let tuning = Tuning::default();
        // Ten steps in the time add up, as a random walk does, to what one step of that length has.
        let tenth = tuning.loose_level(0.1 * tuning.loose_time);
        assert!((tenth * 10f64.sqrt() - tuning.loose).abs() < 1e-15);
        assert_eq!(tuning.loose_level(2.0 * tuning.loose_time), tuning.loose);
    }
}
