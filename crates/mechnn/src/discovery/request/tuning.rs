//! How far the search looks, and what structures cost.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How far the search looks, and what structures cost.
///
/// The defaults are meant to be left alone: what other values do on known systems is in
/// `docs/src/decisions/0010-constants-by-halves.md`. More `beam`, `exchanges`, `neighbours` or `survivors` search
/// longer; the others say what the information criterion charges.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Tuning {
    /// Right-hand sides of each size that the regression of one equation extends. Default 40.
    pub beam: usize,
    /// Proposals of each of several equations that are fitted while the others stay. Default 12.
    pub exchanges: usize,
    /// Neighbours of a structure that are fitted in a round of local moves. Default 10.
    pub neighbours: usize,
    /// Structures that pass from loose to tight equations. Default 10.
    pub survivors: usize,
    /// Model error at which structures are compared in the end, over a typical step, in standard deviations of the
    /// noise: so tight that the states obey the equations. Default 0.003.
    pub tight: f64,
    /// Penalty of a number in units of `ln n`. Default 1.
    pub number: f64,
    /// Penalty of choosing one of r terms, in units of `ln r`. Default 2.
    pub choice: f64,
    /// Penalty of a negative coefficient that would drive a state below zero which was always positive: in
    /// populations, concentrations and energies, what is taken away is taken from what there is. Default 6, prior
    /// odds of 1 to 20.
    pub implausible: f64,
    /// Largest part of its penalty that a number saves by being the same as another. Default 1.
    pub relations: f64,
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
            exchanges: 12,
            neighbours: 10,
            survivors: 10,
            tight: 0.003,
            number: 1.0,
            choice: 2.0,
            implausible: 6.0,
            relations: 1.0,
        }
    }
}

impl Tuning {
    /// Whether a search can be done with them.
    ///
    /// # Errors
    /// [`TuningError`] for a count of 0 where one is needed, a model error that is not positive, a penalty that is
    /// negative, and what is not finite.
    pub fn check(&self) -> Result<(), TuningError> {
        let counts = [("beam", self.beam), ("exchanges", self.exchanges), ("survivors", self.survivors)];
        let not_negative = [
            ("number", self.number),
            ("choice", self.choice),
            ("implausible", self.implausible),
            ("relations", self.relations),
        ];
        if let Some((name, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return Err(TuningError { name, value: 0.0, expected: "at least 1" });
        }
        if !(self.tight.is_finite() && self.tight > 0.0) {
            return Err(TuningError { name: "tight", value: self.tight, expected: "a positive number" });
        }
        match not_negative.into_iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0)) {
            Some((name, value)) => Err(TuningError { name, value, expected: "0 or more" }),
            None => Ok(()),
        }
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
    fn values_that_find_nothing_are_refused() {
        let default = Tuning::default();
        assert_eq!(default.check(), Ok(()));
        for (wrong, name) in [
            (Tuning { survivors: 0, ..default }, "survivors"),
            (Tuning { tight: -0.1, ..default }, "tight"),
            (Tuning { tight: f64::NAN, ..default }, "tight"),
            (Tuning { implausible: -1.0, ..default }, "implausible"),
            (Tuning { number: f64::INFINITY, ..default }, "number"),
        ] {
            assert!(wrong.check().is_err_and(|error| error.name == name), "{name}");
        }
    }
}
