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

#[cfg(test)]
mod tests {
    use super::{Candidate, Proposal, SIMPLEST, shortlist};
    use crate::discovery::test_problem::{HUNT, TestProblem, options, simulated, times};

    fn hunt(degree: u8, table: &str) -> TestProblem {
        let starts: [&[f64]; 4] = [&[1.0, 3.0], &[3.0, 1.0], &[0.5, 0.7], &[2.0, 2.5]];
        TestProblem::new(simulated(&HUNT, &starts, &times(41, 0.25)), &options(degree, &[], table))
    }

    fn proposal(terms: &[usize]) -> Proposal {
        let (theta, constants) = (vec![1.0; terms.len()], vec![Vec::new(); terms.len()]);
        Proposal { terms: terms.to_vec(), theta, constants, score: 0.0 }
    }

    #[test]
    fn it_has_the_simplest_terms_and_those_of_the_proposals_in_order() {
        let test = hunt(6, "");
        let count = test.space.dictionary.len();
        assert!(count > SIMPLEST + 2, "{count} of 28 terms can be told apart");
        let proposals = [vec![proposal(&[2, count - 1]), proposal(&[count - 2])], vec![proposal(&[0])]];
        let found = shortlist(&test.problem(), &proposals, count);
        let simplest = 0..SIMPLEST;
        let expected: Vec<Candidate> = simplest
            .clone()
            .chain([count - 2, count - 1])
            .map(|term| Candidate { state: 0, term })
            .chain(simplest.map(|term| Candidate { state: 1, term }))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn it_has_only_what_a_structure_may_have_and_only_of_the_first_terms() {
        let table = "ties = [{ x = \"-x*y\", y = \"x*y\" }]\nterms = { x = [\"x\"] }";
        let test = hunt(2, table);
        let flow = test.candidate(0, "x*y").term;
        let found = shortlist(&test.problem(), &[vec![proposal(&[0, flow])], vec![proposal(&[flow])]], 6);
        assert!(found.iter().all(|candidate| test.space.has(*candidate)), "{found:?}");
        let of_state = |state: usize| found.iter().filter(|own| own.state == state).count();
        assert_eq!((of_state(0), of_state(1)), (2, 5));
        let linear = shortlist(&test.problem(), &[Vec::new(), Vec::new()], 3);
        assert_eq!(linear.len(), 1 + 3, "of 1, x, y the first equation may have one");
    }
}
