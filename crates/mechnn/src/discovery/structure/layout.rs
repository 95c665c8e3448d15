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
