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
        let mut members: Vec<(usize, f64)> =
            subset.members.iter().copied().zip(subset.theta.iter().copied()).collect();
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

#[cfg(test)]
mod tests {
    use super::{Candidate, Instance, Proposal, Subset, select};

    fn proposal(terms: &[usize], score: f64) -> Proposal {
        let constants = vec![Vec::new(); terms.len()];
        Proposal { terms: terms.to_vec(), theta: vec![1.0; terms.len()], constants, score }
    }

    fn terms(proposals: &[Proposal]) -> Vec<Vec<usize>> {
        proposals.iter().map(|own| own.terms.clone()).collect()
    }

    #[test]
    fn the_best_of_all_and_of_every_size_stay_in_order() {
        let all = vec![
            proposal(&[0, 1], 5.0),
            proposal(&[2], 9.0),
            proposal(&[0, 2], 3.0),
            proposal(&[0], 8.0),
            proposal(&[0, 1, 2], 1.0),
            proposal(&[1, 2], 4.0),
        ];
        assert_eq!(terms(&select(all.clone(), 2, 0)), [vec![0, 1, 2], vec![0, 2]]);
        assert_eq!(terms(&select(all, 2, 1)), [vec![0, 1, 2], vec![0, 2], vec![0]]);
    }

    #[test]
    fn of_each_set_of_terms_only_the_best_stays_and_impossible_ones_go() {
        let all = vec![proposal(&[1], 2.0), proposal(&[0], f64::INFINITY), proposal(&[1], 1.0), proposal(&[], 7.0)];
        let found = select(all, 10, 10);
        assert_eq!((terms(&found), found[0].score), (vec![vec![1], vec![]], 1.0));
    }

    #[test]
    fn a_subset_of_instances_is_in_order_of_their_terms() {
        let instance = |term, constant: f64| Instance { term, constants: vec![constant] };
        let instances = [instance(4, 0.1), instance(7, 0.2), instance(2, 0.3)];
        let subset = Subset { members: vec![0, 2], theta: vec![10.0, 30.0], score: -3.0 };
        let found = Proposal::of(&subset, &instances);
        assert_eq!((found.terms.as_slice(), found.theta.as_slice()), (&[2, 4][..], &[30.0, 10.0][..]));
        assert_eq!((found.constants.as_slice(), found.score), (&[vec![0.3], vec![0.1]][..], -3.0));
        let guesses: Vec<_> = found.guesses(1).collect();
        assert_eq!(guesses[0].candidate, Candidate { state: 1, term: 2 });
        assert_eq!((guesses[1].coefficient, guesses[1].constants.as_slice()), (10.0, &[0.1][..]));
    }
}
