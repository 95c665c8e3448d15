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

#[cfg(test)]
mod tests {
    use super::{Candidate, Subset, guess_of_subset, neighbours};
    use crate::discovery::test_problem::{SWING, TestProblem, options, simulated, times};

    fn all_candidates(test: &TestProblem) -> Vec<Candidate> {
        let terms = 0..test.space.dictionary.len();
        terms.flat_map(|term| [0, 1].map(|state| Candidate { state, term })).collect()
    }

    #[test]
    fn the_true_structure_is_among_the_neighbours_one_and_two_terms_away() {
        let test = TestProblem::swing(2, 0.01);
        let shortlist = all_candidates(&test);
        let truth = test.structure(&[(0, "y"), (1, "x"), (1, "y")]);
        for from in [
            // One too many, one missing, one in place of another, and both at once.
            &[(0, "y"), (0, "x*y"), (1, "x"), (1, "y")][..],
            &[(0, "y"), (1, "x")],
            &[(0, "y"), (1, "x"), (1, "y**2")],
            &[(0, "y"), (0, "x**2"), (1, "x")],
        ] {
            let near = neighbours(&test.problem(), &test.fit(from), &shortlist, test.tuning.tight, 10);
            let found = near.iter().find(|guess| guess.structure == truth);
            let guess = found.unwrap_or_else(|| panic!("from {from:?}: {near:?}"));
            // Its numbers are those of the quadratic, near the true ones.
            let units = test.problem().units(&truth);
            for ((number, unit), expected) in guess.parameters.iter().zip(units).zip([1.0, -2.0, -0.3]) {
                assert!((number * unit - expected).abs() < 0.3, "from {from:?}: {}, not {expected}", number * unit);
            }
            assert!(near.len() <= 10 && near.iter().all(|guess| guess.structure != test.structure(from)));
        }
    }

    #[test]
    fn neighbours_have_the_signs_that_they_must_have() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).with_noise(0.01, 7).expect("noise");
        let table = "signs = { y = { y = \"positive\" } }";
        let test = TestProblem::new(data, &options(1, &[], table));
        let fit = test.fit(&[(0, "y"), (1, "x")]);
        let near = neighbours(&test.problem(), &fit, &all_candidates(&test), test.tuning.tight, 20);
        let damping = test.candidate(1, "y");
        for guess in &near {
            let place = guess.structure.candidates().iter().position(|own| *own == damping);
            assert!(place.is_none_or(|at| guess.parameters[at] >= 0.0), "{guess:?}");
        }
        assert!(!near.is_empty());
    }

    #[test]
    fn constants_are_those_of_the_fit_where_it_has_the_function_and_shared_ones_everywhere() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1));
        let test = TestProblem::new(data, &options(1, &["x/(1 + x**2)"], "shared = [\"x/(1 + x**2)\"]"));
        let mut fit = test.fit(&[(0, "y"), (1, "x/(1 + x**2)")]);
        fit.estimate.parameters[2] = 0.37;
        let function = test.candidate(0, "x/(1 + x**2)");
        let all = [fit.structure.candidates(), &[function]].concat();
        let subset =
            |members: &[usize]| Subset { members: members.to_vec(), theta: vec![0.5; members.len()], score: 0.0 };
        for members in [&[1][..], &[2], &[0, 1, 2]] {
            let guess = guess_of_subset(&test.problem(), &fit, &all, &subset(members));
            assert_eq!(guess.parameters.last(), Some(&0.37), "{members:?}");
            assert_eq!(guess.parameters.len(), members.len() + 1);
        }
        // Where it is not shared another equation starts anew.
        let free = TestProblem::new(test.dataset, &options(1, &["x/(1 + x**2)"], ""));
        let guess = guess_of_subset(&free.problem(), &fit, &all, &subset(&[1, 2]));
        assert_eq!(guess.parameters[2..], [1.0, 0.37], "of x, then of y");
    }
}
