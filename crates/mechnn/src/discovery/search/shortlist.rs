//! The terms that local moves try.

use crate::discovery::candidates::Candidate;
use crate::discovery::propose::Proposal;
use crate::discovery::structure::Problem;

/// Terms of one equation that local moves try in any case, the simplest.
const SIMPLEST: usize = 20;

/// The same with those that its proposals use.
const LONGEST: usize = 40;

/// The simplest of the first `terms` terms of the dictionary for every equation, and those that its proposals use.
pub(super) fn shortlist(problem: &Problem<'_>, proposals: &[Vec<Proposal>], terms: usize) -> Vec<Candidate> {
    let library = terms;
    let mut shortlist = Vec::new();
    for (state, list) in proposals.iter().enumerate().filter(|(state, _)| problem.is_searched(*state)) {
        let is_candidate = |term: &usize| problem.space.has(Candidate { state, term: *term });
        let mut terms: Vec<usize> = (0..library).filter(is_candidate).collect();
        terms.sort_by_key(|&term| (problem.space.dictionary.ranks[term] as usize, term));
        terms.truncate(SIMPLEST);
        for term in list.iter().flat_map(|proposal| &proposal.terms) {
            if terms.len() < LONGEST && !terms.contains(term) && is_candidate(term) {
                terms.push(*term);
            }
        }
        terms.sort_unstable();
        shortlist.extend(terms.into_iter().map(|term| Candidate { state, term }));
    }
    shortlist
}
