//! Right-hand sides proposed by regression, equation by equation.

use std::collections::HashMap;

use super::candidates::Candidate;
use super::fit::Laboratory;
use super::inner_constants::Instance;
use super::integral::IntegralRegression;
use super::quadratic::{Quadratic, Subset};
use super::tuning::Tuning;

/// Right-hand sides of a family that are extended and refined with functions of two states, relative to without: these have
/// more numbers, and are farther from their best ones where they start.
const EFFORT_COMBINED: usize = 3;

/// One right-hand side.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    /// Ascending.
    pub(super) terms: Vec<usize>,
    /// Scaled coefficients, of each term.
    pub(super) theta: Vec<f64>,
    /// Inner constants in their units, of each term.
    pub(super) constants: Vec<Vec<f64>>,
    /// Deviance of the regression, and price.
    pub(super) score: f64,
}

impl Laboratory<'_> {
    /// Up to `count` right-hand sides of the equation of state d from the first `terms` terms of the dictionary, best
    /// first, and the `per_size` best of every size: the states are only smoothed ones, and along the true ones a smaller
    /// support may beat all larger ones.
    ///
    /// Inner constants are put at their best in three steps: of every family of functions its best small right-hand sides
    /// on a grid of constants, those constants refined; then the best of all right-hand sides with the grid and the refined
    /// instances; then the constants of those.
    pub(super) fn proposals(&self, d: usize, terms: usize, count: usize, per_size: usize) -> Vec<Proposal> {
        if !self.is_searched(d) {
            return vec![Proposal::empty()];
        }
        let allowed: Vec<usize> =
            (0..terms).filter(|&term| self.dictionary.rules.allows(Candidate { state: d, term })).collect();
        let regression = IntegralRegression::new(self, d);
        let instances: Vec<Instance> = allowed.iter().map(|&term| Instance::first(self.dictionary, term)).collect();
        let column = |instance: &Instance| regression.values(instance.term, &instance.constants);
        let columns = instances.iter().map(column).collect();
        let mut equation = Choices { laboratory: self, instances, columns, regression };
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
            coefficients.all(|(&term, theta)| self.dictionary.rules.agrees(Candidate { state: d, term }, *theta))
        };
        found.retain(agrees);
        if found.is_empty() {
            found.push(Proposal::empty());
        }
        select(found, count, per_size)
    }

    /// Whether terms are searched for the equation of a state: its rate is not another state, nor that of others.
    pub(super) fn is_searched(&self, d: usize) -> bool {
        self.start.velocity(d).is_none() && !self.dictionary.rules.is_dependent(d)
    }

    /// Whether two terms of one equation differ only in where their constants start.
    pub(super) fn repeats_a_family(&self, terms: impl Iterator<Item = usize> + Clone) -> bool {
        let family = |term: usize| self.dictionary.families[term];
        terms.clone().enumerate().any(|(at, term)| terms.clone().take(at).any(|other| family(other) == family(term)))
    }
}

/// What one equation may be made of.
struct Choices<'a> {
    laboratory: &'a Laboratory<'a>,
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
        let price = |instance: &Instance| {
            self.laboratory.price_of(Candidate { state: self.regression.state, term: instance.term })
        };
        let prices: Vec<f64> = self.instances.iter().map(price).collect();
        move |squares, members| {
            if self.laboratory.repeats_a_family(members.iter().map(|&j| self.instances[j].term)) {
                return f64::INFINITY;
            }
            self.regression.deviance(squares) + members.iter().map(|&j| prices[j]).sum::<f64>()
        }
    }

    fn best(&self, quadratic: &Quadratic, count: usize, per_size: usize) -> Vec<Subset> {
        let Tuning { beam, proposed_terms, .. } = *self.laboratory.tuning;
        let found = quadratic.best_subsets(self.score(), proposed_terms, beam, beam.max(count), per_size);
        found.into_iter().filter(|subset| self.agrees(subset)).collect()
    }

    /// The best small subsets with each family of functions that has constants: with polynomials beside it, and with
    /// anything. A function far from its best constants would choose other functions to make up for that.
    fn of_every_family(&self, quadratic: &Quadratic) -> Vec<Subset> {
        let score = self.score();
        let terms = self.instances.len();
        let seeds: Vec<usize> = (0..terms).filter(|&j| !self.instances[j].constants.is_empty()).collect();
        let polynomials = self.laboratory.dictionary.polynomials;
        let polynomials = self.instances.iter().filter(|instance| instance.term < polynomials).count();
        let mut chosen = Vec::new();
        let Tuning { family_terms, family_beam, family_refined, .. } = *self.laboratory.tuning;
        let effort = if self.laboratory.dictionary.combined { EFFORT_COMBINED } else { 1 };
        for (beam, among, limit) in [(effort * family_beam, polynomials, effort * family_refined), (1, terms, 1)] {
            let mut found = quadratic.best_with_each(&seeds, &score, family_terms, beam, among);
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
        let (rules, state) = (&self.laboratory.dictionary.rules, self.regression.state);
        let mut members = subset.members.iter().zip(&subset.theta);
        members.all(|(&j, theta)| rules.agrees(Candidate { state, term: self.instances[j].term }, *theta))
    }

    fn family(&self, term: usize) -> usize {
        self.laboratory.dictionary.families[term]
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

impl Proposal {
    fn empty() -> Self {
        Self { terms: Vec::new(), theta: Vec::new(), constants: Vec::new(), score: 0.0 }
    }

    fn of(subset: &Subset, instances: &[Instance]) -> Self {
        let mut members: Vec<(usize, f64)> = subset.members.iter().copied().zip(subset.theta.iter().copied()).collect();
        members.sort_by_key(|(j, _)| instances[*j].term);
        Self {
            terms: members.iter().map(|(j, _)| instances[*j].term).collect(),
            theta: members.iter().map(|(_, theta)| *theta).collect(),
            constants: members.iter().map(|(j, _)| instances[*j].constants.clone()).collect(),
            score: subset.score,
        }
    }
}

/// The `count` best and the `per_size` best of every size, best first, of each set of terms only the best.
fn select(mut proposals: Vec<Proposal>, count: usize, per_size: usize) -> Vec<Proposal> {
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
