//! One right-hand side, with numbers.

use std::collections::HashMap;

use crate::discovery::candidates::{Candidate, Dictionary};
use crate::discovery::regression::Subset;
use crate::discovery::structure::TermGuess;

/// A term at some inner constants, in their units.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub(super) term: usize,
    pub(super) constants: Vec<f64>,
}

impl Instance {
    pub(super) fn first(dictionary: &Dictionary, term: usize) -> Self {
        Self { term, constants: dictionary.first_constants(term) }
    }
}

/// One right-hand side.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// Ascending.
    pub(crate) terms: Vec<usize>,
    /// Scaled coefficients, of each term.
    pub(crate) theta: Vec<f64>,
    /// Inner constants in their units, of each term.
    pub(crate) constants: Vec<Vec<f64>>,
    /// Deviance of the regression, and penalty.
    pub(crate) score: f64,
}

impl Proposal {
    pub(super) fn empty() -> Self {
        Self { terms: Vec::new(), theta: Vec::new(), constants: Vec::new(), score: 0.0 }
    }

    /// The instances of a subset.
    pub(super) fn of(subset: &Subset, instances: &[Instance]) -> Self {
        let mut members: Vec<(usize, f64)> = subset.members.iter().copied().zip(subset.theta.iter().copied()).collect();
        members.sort_by_key(|(j, _)| instances[*j].term);
        Self {
            terms: members.iter().map(|(j, _)| instances[*j].term).collect(),
            theta: members.iter().map(|(_, theta)| *theta).collect(),
            constants: members.iter().map(|(j, _)| instances[*j].constants.clone()).collect(),
            score: subset.score,
        }
    }

    /// Its terms in the equation of a state.
    pub(crate) fn guesses(&self, state: usize) -> impl Iterator<Item = TermGuess> + '_ {
        let numbers = self.theta.iter().zip(&self.constants);
        self.terms.iter().zip(numbers).map(move |(&term, (&coefficient, constants))| TermGuess {
            candidate: Candidate { state, term },
            coefficient,
            constants: constants.clone(),
        })
    }
}

/// The `count` best and the `per_size` best of every size, best first, of each set of terms only the best.
pub(super) fn select(mut proposals: Vec<Proposal>, count: usize, per_size: usize) -> Vec<Proposal> {
    proposals.retain(|proposal| proposal.score < f64::INFINITY);
    proposals.sort_by(|a, b| a.terms.cmp(&b.terms).then(a.score.total_cmp(&b.score)));
    proposals.dedup_by(|a, b| a.terms == b.terms);
    proposals.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.terms.cmp(&b.terms)));
    let mut of_size = HashMap::new();
    let mut rank = 0;
    proposals.retain(|proposal| {
        let own = of_size.entry(proposal.terms.len()).or_insert(0);
        (*own, rank) = (*own + 1, rank + 1);
        rank <= count || *own <= per_size
    });
    proposals
}
