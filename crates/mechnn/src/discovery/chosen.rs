//! Candidates with numbers, put together to a structure with parameters.

use super::candidates::Candidate;
use super::fit::Laboratory;

/// A candidate with numbers to start from.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) candidate: Candidate,
    /// Scaled.
    pub(super) theta: f64,
    /// Inner constants, in their units.
    pub(super) constants: Vec<f64>,
}

impl Laboratory<'_> {
    /// The structure in order of state and term, and its parameters: coefficients, then inner constants. Tied candidates are
    /// one, with the mean of what they say; a shared function has the constants of its first candidate.
    pub(super) fn assembled(&self, chosen: Vec<Chosen>) -> (Vec<Candidate>, Vec<f64>) {
        let rules = &self.dictionary.rules;
        let mut merged: Vec<(Chosen, usize)> = Vec::with_capacity(chosen.len());
        for own in chosen {
            let (leader, ratio) = rules.leader(own.candidate);
            // In the data's units the coefficient is that of the leader times the ratio.
            let theta = match leader == own.candidate {
                true => own.theta,
                false => own.theta * self.factor(own.candidate) / (ratio * self.factor(leader)),
            };
            match merged.iter_mut().find(|(other, _)| other.candidate == leader) {
                Some((other, count)) => {
                    *count += 1;
                    other.theta += (theta - other.theta) / *count as f64;
                }
                None => merged.push((Chosen { candidate: leader, theta, ..own }, 1)),
            }
        }
        let mut merged: Vec<Chosen> = merged.into_iter().map(|(own, _)| own).collect();
        merged.sort_by_key(|own| own.candidate);
        let candidates: Vec<Candidate> = merged.iter().map(|own| own.candidate).collect();
        let places = self.dictionary.places(&candidates);
        let mut parameters: Vec<f64> = merged.iter().map(|own| own.theta).collect();
        for (own, place) in merged.iter().zip(places) {
            if place.start == parameters.len() {
                parameters.extend(&own.constants);
            }
        }
        (candidates, parameters)
    }
}
