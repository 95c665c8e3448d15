//! A structure, and the layout of its numbers.

use std::ops::Range;

use super::space::SearchSpace;
use crate::discovery::candidates::Candidate;

/// The terms of all equations that have a coefficient of their own, and where the numbers of a fit are that belong to
/// them.
///
/// The parameters of a fit are the coefficients, one for each term in this order, and after them the inner constants
/// of the terms that have some, in this order too. The constants of a function that the constraints share between
/// equations stand there once, where its first term has them. Fits have their terms in order of state and term.
///
/// The terms of a [`Candidate`] that is tied to another one and those of a state whose rate follows from others are
/// not here: they follow by the rules of the [`SearchSpace`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Structure {
    candidates: Vec<Candidate>,
    /// Of each candidate, where its inner constants are among the parameters.
    constants: Vec<Range<usize>>,
}

impl Structure {
    pub(crate) fn new(space: &SearchSpace, candidates: Vec<Candidate>) -> Self {
        let mut next = candidates.len();
        let mut constants: Vec<Range<usize>> = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            let shares = |&(_, other): &(usize, &Candidate)| other.term == candidate.term;
            let before = || candidates[..constants.len()].iter().enumerate().find(shares);
            let first = if space.rules.is_shared(candidate.term) { before() } else { None };
            let own = match first {
                Some((first, _)) => constants[first].clone(),
                None => {
                    let begin = next;
                    next += space.dictionary.constants_of(candidate.term);
                    begin..next
                }
            };
            constants.push(own);
        }
        Self { candidates, constants }
    }

    /// The terms, each in its equation.
    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The number of terms.
    pub(crate) fn terms(&self) -> usize {
        self.candidates.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// P, the number of parameters.
    pub(crate) fn parameters(&self) -> usize {
        self.constants.iter().map(|own| own.end).fold(self.candidates.len(), usize::max)
    }

    /// Where the inner constants of a term are among the parameters.
    pub(crate) fn constants(&self, index: usize) -> Range<usize> {
        self.constants[index].clone()
    }

    /// The terms whose inner constants are parameters of their own, in the order of these.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Candidate> + '_ {
        let mut next = self.candidates.len();
        self.candidates.iter().zip(&self.constants).filter_map(move |(candidate, own)| {
            let owns = own.start == next;
            next = if owns { own.end } else { next };
            owns.then_some(*candidate)
        })
    }

    /// The structure without some of its terms, and the parameters that stay, ascending. The constants of a shared
    /// function stay as long as one of its terms does.
    pub(crate) fn without(&self, space: &SearchSpace, dropped: &[usize]) -> (Self, Vec<usize>) {
        let stays = |index: &usize| !dropped.contains(index);
        let needed = |parameter: usize| {
            let mut own = self.constants.iter().enumerate().filter(|(_, own)| own.contains(&parameter));
            own.any(|(index, _)| stays(&index))
        };
        let kept = (0..self.terms()).filter(stays);
        let constants = (self.terms()..self.parameters()).filter(|&parameter| needed(parameter));
        let parameters = kept.clone().chain(constants).collect();
        (Self::new(space, kept.map(|index| self.candidates[index]).collect()), parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Structure};
    use crate::discovery::test_problem::{HUNT, TestProblem, options, simulated, times};

    /// Two populations whose terms may have two functions with a constant each.
    fn saturating(table: &str) -> TestProblem {
        let options = options(1, &["x/(1 + x)", "y*exp(-2*x)"], table);
        TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), &options)
    }

    /// The owners of at least one constant.
    fn owners(test: &TestProblem, structure: &Structure) -> Vec<Candidate> {
        structure.owners().filter(|own| test.space.dictionary.constants_of(own.term) > 0).collect()
    }

    const TERMS: [(usize, &str); 4] = [(0, "x"), (0, "x/(1 + x)"), (1, "x/(1 + x)"), (1, "y*exp(-2*x)")];

    #[test]
    fn constants_follow_all_coefficients_in_the_order_of_their_terms() {
        let test = saturating("");
        let structure = test.structure(&TERMS);
        assert_eq!((structure.terms(), structure.parameters()), (4, 7));
        let places: Vec<_> = (0..4).map(|index| structure.constants(index)).collect();
        assert_eq!(places, [4..4, 4..5, 5..6, 6..7]);
        assert_eq!(owners(&test, &structure), structure.candidates()[1..]);
    }

    #[test]
    fn constants_of_a_shared_function_stand_once_where_its_first_term_is() {
        let test = saturating("shared = [\"x/(1 + x)\"]");
        let structure = test.structure(&TERMS);
        assert_eq!(structure.parameters(), 6);
        assert_eq!((structure.constants(1), structure.constants(2), structure.constants(3)), (4..5, 4..5, 5..6));
        let expected = [test.candidate(0, "x/(1 + x)"), test.candidate(1, "y*exp(-2*x)")];
        assert_eq!(owners(&test, &structure), expected);
    }

    #[test]
    fn shared_constants_stay_as_long_as_one_of_their_terms_does() {
        let test = saturating("shared = [\"x/(1 + x)\"]");
        let structure = test.structure(&TERMS);
        for (dropped, terms, kept) in [
            (&[0][..], &[TERMS[1], TERMS[2], TERMS[3]][..], &[1, 2, 3, 4, 5][..]),
            (&[1], &[TERMS[0], TERMS[2], TERMS[3]], &[0, 2, 3, 4, 5]),
            (&[2, 1], &[TERMS[0], TERMS[3]], &[0, 3, 5]),
            (&[3], &[TERMS[0], TERMS[1], TERMS[2]], &[0, 1, 2, 4]),
            (&[0, 1, 2, 3], &[], &[]),
        ] {
            let (smaller, parameters) = structure.without(&test.space, dropped);
            assert_eq!((&smaller, &parameters[..]), (&test.structure(terms), kept), "without {dropped:?}");
            assert_eq!(smaller.parameters(), kept.len());
        }
    }

    #[test]
    fn a_structure_may_have_no_terms() {
        let structure = saturating("").structure(&[]);
        assert!(structure.is_empty() && structure.parameters() == 0 && structure.owners().next().is_none());
    }
}
