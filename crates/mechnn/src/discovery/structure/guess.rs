//! A structure with numbers from which a fit can start.

use super::layout::Structure;
use super::problem::Problem;
use crate::discovery::candidates::Candidate;

/// A term of an equation, with numbers to start from.
#[derive(Debug, Clone)]
pub(crate) struct TermGuess {
    pub(crate) candidate: Candidate,
    /// Scaled.
    pub(crate) coefficient: f64,
    /// Inner constants, in their units.
    pub(crate) constants: Vec<f64>,
}

/// A structure with parameters to start from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guess {
    pub(crate) structure: Structure,
    /// Coefficients, then inner constants, `[P]`.
    pub(crate) parameters: Vec<f64>,
}

impl Guess {
    /// The structure of these terms, in order of state and term. Tied terms become one, with the mean of what they
    /// say; a shared function has the constants of its first term.
    pub(crate) fn of_terms(problem: &Problem<'_>, terms: Vec<TermGuess>) -> Self {
        let rules = &problem.space.rules;
        let mut merged: Vec<(TermGuess, usize)> = Vec::with_capacity(terms.len());
        for own in terms {
            let (leader, ratio) = rules.leader(own.candidate);
            // In the data's units the coefficient is that of the leader times the ratio.
            let coefficient = match leader == own.candidate {
                true => own.coefficient,
                false => own.coefficient * problem.factor(own.candidate) / (ratio * problem.factor(leader)),
            };
            match merged.iter_mut().find(|(other, _)| other.candidate == leader) {
                Some((other, count)) => {
                    *count += 1;
                    other.coefficient += (coefficient - other.coefficient) / *count as f64;
                }
                None => merged.push((TermGuess { candidate: leader, coefficient, ..own }, 1)),
            }
        }
        let mut merged: Vec<TermGuess> = merged.into_iter().map(|(own, _)| own).collect();
        merged.sort_by_key(|own| own.candidate);
        let structure = problem.structure(merged.iter().map(|own| own.candidate).collect());
        let mut parameters: Vec<f64> = merged.iter().map(|own| own.coefficient).collect();
        for (index, own) in merged.iter().enumerate() {
            if structure.constants(index).start == parameters.len() {
                parameters.extend(&own.constants);
            }
        }
        Self { structure, parameters }
    }
}
