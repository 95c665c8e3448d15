//! Structures that differ from one by a term or two.

use crate::discovery::candidates::Candidate;
use crate::discovery::fit::{Criterion, Estimator, Fit};
use crate::discovery::regression::Subset;
use crate::discovery::structure::{Guess, Problem, TermGuess};

/// Terms by which a neighbour may differ: dropped, added or exchanged.
const DEPTH: usize = 2;

/// The `count` most promising neighbours of a fitted structure among the candidates of a list, judged by its profile,
/// with parameters to start from; none where the profile cannot be computed.
pub(super) fn neighbours(
    problem: &Problem<'_>,
    fit: &Fit,
    shortlist: &[Candidate],
    level: f64,
    count: usize,
) -> Vec<Guess> {
    let own = fit.structure.candidates();
    let others: Vec<Candidate> = shortlist.iter().filter(|candidate| !own.contains(candidate)).copied().collect();
    let Ok(quadratic) = Estimator::new(*problem).quadratic(fit, &others, level) else { return Vec::new() };
    let all = [own, &others].concat();
    let criterion = Criterion::new(*problem);
    let members: Vec<usize> = (0..own.len()).collect();
    let near = quadratic.neighbours(&members, criterion.of_subsets(&fit.noise, &all), DEPTH, count, count);
    let rules = &problem.space.rules;
    let agrees = |subset: &&Subset| subset.members.iter().zip(&subset.theta).all(|(&j, t)| rules.agrees(all[j], *t));
    near.iter().filter(agrees).map(|subset| guess_of_subset(problem, fit, &all, subset)).collect()
}

/// The structure of a subset of the candidates `all`, of which those of the fit come first, with parameters to start
/// from.
pub(super) fn guess_of_subset(problem: &Problem<'_>, fit: &Fit, all: &[Candidate], subset: &Subset) -> Guess {
    let (own, space) = (fit.structure.candidates(), problem.space);
    let of_own = |index: usize| fit.estimate.parameters[fit.structure.constants(index)].to_vec();
    let guess = |(&j, &coefficient): (&usize, &f64)| {
        let candidate = all[j];
        // A shared function has its constants, wherever it is.
        let shared = || {
            let same = own.iter().position(|other| other.term == candidate.term);
            same.filter(|_| space.rules.is_shared(candidate.term))
        };
        let constants = match if j < own.len() { Some(j) } else { shared() } {
            Some(index) => of_own(index),
            None => space.dictionary.first_constants(candidate.term),
        };
        TermGuess { candidate, coefficient, constants }
    };
    Guess::of_terms(problem, subset.members.iter().zip(&subset.theta).map(guess).collect())
}
