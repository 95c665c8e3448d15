//! What one equation may be made of, and the best of it.

use std::collections::HashMap;

use super::integral::IntegralRegression;
use super::proposal::{Instance, Proposal, select};
use crate::discovery::candidates::Candidate;
use crate::discovery::fit::Criterion;
use crate::discovery::regression::{Quadratic, Subset};
use crate::discovery::structure::Problem;

// What these numbers were chosen by, and what other values do, is in `docs/src/decisions/0010-constants-by-halves.md`.

/// Most terms in one proposed equation; local moves of the search may add more.
const MOST_TERMS: usize = 7;

/// Terms in one equation up to which every family of functions is tried with its constants at their best.
const FAMILY_TERMS: usize = 3;

/// Of each family, right-hand sides of each size that are extended, and how many of them have their constants refined.
const FAMILY_BEAM: usize = 6;
const FAMILY_REFINED: usize = 3;

/// These two are larger by this factor with functions of two states, which have more numbers, and are farther from
/// their best ones where they start.
const EFFORT_COMBINED: usize = 3;

/// Up to `count` right-hand sides of the equation of state d from the first `terms` terms of the dictionary, best
/// first, and the `per_size` best of every size: the states are only smoothed ones, and along the true ones a smaller
/// support may beat all larger ones.
///
/// Inner constants are put at their best in three steps: of every family of functions its best small right-hand sides
/// on a grid of constants, those constants refined; then the best of all right-hand sides with the grid and the
/// refined instances; then the constants of those.
pub(crate) fn proposals(problem: Problem<'_>, d: usize, terms: usize, count: usize, per_size: usize) -> Vec<Proposal> {
    if !problem.is_searched(d) {
        return vec![Proposal::empty()];
    }
    let allowed: Vec<usize> =
        (0..terms).filter(|&term| problem.space.rules.allows(Candidate { state: d, term })).collect();
    let regression = IntegralRegression::new(problem, d);
    let instances: Vec<Instance> =
        allowed.iter().map(|&term| Instance::first(&problem.space.dictionary, term)).collect();
    let column = |instance: &Instance| regression.values(instance.term, &instance.constants);
    let columns = instances.iter().map(column).collect();
    let mut equation = Choices { problem, instances, columns, regression };
    let quadratic = equation.quadratic();
    let mut subsets = equation.best(&quadratic, count, per_size);
    subsets.extend(equation.of_every_family(&quadratic));
    let mut found = equation.refined(&subsets);
    if equation.instances.iter().any(|instance| !instance.constants.is_empty()) {
        equation.add_refined(&found);
        found.extend(equation.refined(&equation.best(&equation.quadratic(), count, per_size)));
    }
    let agrees = |proposal: &Proposal| {
        let mut coefficients = proposal.terms.iter().zip(&proposal.theta);
        let mut constants = proposal.terms.iter().zip(&proposal.constants);
        coefficients.all(|(&term, theta)| problem.space.rules.agrees(Candidate { state: d, term }, *theta))
            && constants.all(|(&term, constants)| problem.space.dictionary.is_regular(term, constants))
    };
    found.retain(agrees);
    let mut chosen = select(found, count, per_size);
    if chosen.is_empty() {
        // No sign agrees, or no likelihood is finite: with noise of 1e300 every sum of squares is nothing.
        chosen.push(Proposal::empty());
    }
    chosen
}

/// What one equation may be made of.
struct Choices<'a> {
    problem: Problem<'a>,
    regression: IntegralRegression<'a>,
    instances: Vec<Instance>,
    /// Of each instance.
    columns: Vec<Vec<f64>>,
}

impl Choices<'_> {
    fn quadratic(&self) -> Quadratic {
        self.regression.quadratic(&self.columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// What a subset of the instances is worth.
    fn score(&self) -> impl Fn(f64, &[usize]) -> f64 + '_ {
        let criterion = Criterion::new(self.problem);
        let penalty = |instance: &Instance| {
            criterion.penalty_of(Candidate { state: self.regression.state, term: instance.term })
        };
        let penalties: Vec<f64> = self.instances.iter().map(penalty).collect();
        move |squares, members| {
            if self.problem.space.dictionary.repeats_a_family(members.iter().map(|&j| self.instances[j].term)) {
                return f64::INFINITY;
            }
            self.regression.deviance(squares) + members.iter().map(|&j| penalties[j]).sum::<f64>()
        }
    }

    fn best(&self, quadratic: &Quadratic, count: usize, per_size: usize) -> Vec<Subset> {
        let beam = self.problem.tuning.beam;
        let found = quadratic.best_subsets(self.score(), MOST_TERMS, beam, beam.max(count), per_size);
        found.into_iter().filter(|subset| self.agrees(subset)).collect()
    }

    /// The best small subsets with each family of functions that has constants: with polynomials beside it, and with
    /// anything. A function far from its best constants would choose other functions to make up for that.
    fn of_every_family(&self, quadratic: &Quadratic) -> Vec<Subset> {
        let score = self.score();
        let terms = self.instances.len();
        let seeds: Vec<usize> = (0..terms).filter(|&j| !self.instances[j].constants.is_empty()).collect();
        let polynomials = self.problem.space.dictionary.polynomials;
        let polynomials = self.instances.iter().filter(|instance| instance.term < polynomials).count();
        let mut chosen = Vec::new();
        let effort = if self.problem.space.dictionary.combined { EFFORT_COMBINED } else { 1 };
        for (beam, among, limit) in [(effort * FAMILY_BEAM, polynomials, effort * FAMILY_REFINED), (1, terms, 1)] {
            let mut found = quadratic.best_with_each(&seeds, &score, FAMILY_TERMS, beam, among);
            found.sort_by(|a, b| a.1.score.total_cmp(&b.1.score).then_with(|| a.1.members.cmp(&b.1.members)));
            let mut counts = HashMap::new();
            for (seed, subset) in found {
                let count = counts.entry((self.family(self.instances[seed].term), subset.members.len())).or_insert(0);
                *count += 1;
                if *count <= limit {
                    chosen.push(subset);
                }
            }
        }
        chosen
    }

    /// Whether all coefficients have the signs that they must have.
    fn agrees(&self, subset: &Subset) -> bool {
        let (rules, state) = (&self.problem.space.rules, self.regression.state);
        let mut members = subset.members.iter().zip(&subset.theta);
        members.all(|(&j, theta)| rules.agrees(Candidate { state, term: self.instances[j].term }, *theta))
    }

    fn family(&self, term: usize) -> usize {
        self.problem.space.dictionary.families[term]
    }

    fn refined(&self, subsets: &[Subset]) -> Vec<Proposal> {
        subsets.iter().map(|subset| self.regression.refined(Proposal::of(subset, &self.instances))).collect()
    }

    /// Each family of functions once more, with the constants of the best proposal that has it.
    fn add_refined(&mut self, proposals: &[Proposal]) {
        let mut best: Vec<(f64, Instance)> = Vec::new();
        for proposal in proposals {
            let functions = proposal.terms.iter().zip(&proposal.constants).filter(|(_, own)| !own.is_empty());
            for (&term, constants) in functions {
                let instance = Instance { term, constants: constants.clone() };
                match best.iter_mut().find(|(_, other)| self.family(other.term) == self.family(term)) {
                    Some(other) if other.0 <= proposal.score => {}
                    Some(other) => *other = (proposal.score, instance),
                    None => best.push((proposal.score, instance)),
                }
            }
        }
        for (_, instance) in best {
            self.columns.push(self.regression.values(instance.term, &instance.constants));
            self.instances.push(instance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::proposals;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::propose::Proposal;
    use crate::discovery::test_problem::{HUNT, TestProblem, options, polynomials, simulated, times};
    use crate::equation::{FunctionFamily, LibrarySpec};

    fn of_state(test: &TestProblem, state: usize) -> Vec<Proposal> {
        proposals(test.problem(), state, test.space.dictionary.len(), 12, 2)
    }

    fn hunt(options: &DiscoveryOptions) -> TestProblem {
        TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), options)
    }

    #[test]
    fn the_true_terms_are_proposed_and_of_every_size_some() {
        let test = hunt(&polynomials(2));
        for (state, terms) in [(0, ["x", "x*y"]), (1, ["y", "x*y"])] {
            let found = of_state(&test, state);
            let expected = terms.map(|text| test.candidate(state, text).term);
            assert!(found.iter().any(|own| own.terms == expected), "state {state}: {found:?}");
            assert!(found.is_sorted_by(|a, b| a.score <= b.score));
            (1..=6).for_each(|size| assert!(found.iter().any(|own| own.terms.len() == size), "{size} terms"));
        }
    }

    #[test]
    fn only_terms_that_the_rules_allow_with_the_signs_that_they_say_are_proposed() {
        let table = "terms = { x = [\"x\", \"y\", \"x*y\"] }\nsigns = { x = { \"x*y\" = \"positive\" } }";
        let test = hunt(&options(2, &[], table));
        let (flow, allowed) =
            (test.candidate(0, "x*y").term, ["x", "y", "x*y"].map(|text| test.candidate(0, text).term));
        for own in of_state(&test, 0) {
            assert!(own.terms.iter().all(|term| allowed.contains(term)), "{own:?}");
            let flow = own.terms.iter().position(|term| *term == flow);
            assert!(flow.is_none_or(|at| own.theta[at] >= 0.0), "{own:?}");
        }
    }

    #[test]
    fn where_nothing_may_be_there_is_one_proposal_without_terms() {
        // Wherever it is, a positive x*y is wrong here, and it is all that there may be.
        let table = "terms = { x = [\"x*y\"] }\nsigns = { x = { \"x*y\" = \"positive\" } }";
        let empty = of_state(&hunt(&options(2, &[], table)), 0);
        assert!(empty.iter().all(|own| own.terms.is_empty()) && empty.len() == 1, "{empty:?}");
        // The equation of y is that of x.
        let follows = of_state(&hunt(&options(2, &[], "conserved = [\"x + y\"]")), 1);
        assert!(follows.len() == 1 && follows[0].terms.is_empty() && follows[0].score == 0.0);
    }

    #[test]
    fn a_function_is_proposed_with_its_constants_at_their_best_and_once_in_a_right_hand_side() {
        let data = simulated(&[("x", "1 - 2*x/(0.5 + x)")], &[&[4.0]], &times(41, 0.15));
        let library = Some(LibrarySpec::polynomial(1).with_functions(&[FunctionFamily::Rational]));
        let test = TestProblem::new(data, &DiscoveryOptions { library, ..polynomials(1) });
        let dictionary = &test.space.dictionary;
        let found = of_state(&test, 0);
        assert!(found.iter().all(|own| !dictionary.repeats_a_family(own.terms.iter().copied())));
        let best = found.iter().find(|own| own.terms.len() == 2).expect("two terms");
        let function = dictionary.term(best.terms[1]);
        assert_eq!(function.python(&["x".to_owned()]).split('/').next(), Some("x"), "{best:?}");
        let constant = best.constants[1][0] * dictionary.constant_units(best.terms[1])[0];
        // Along smoothed states it is near the true one, not at it.
        assert!((constant - 0.5).abs() < 0.05, "{constant}, expected 0.5");
    }
}
