//! Right-hand sides proposed by regression, equation by equation.

use std::collections::HashMap;

use super::candidates::Candidate;
use super::fit::Laboratory;
use super::inner_constants::Instance;
use super::integral::IntegralRegression;
use super::quadratic::Subset;

/// Most terms in one proposed equation.
const MOST_TERMS: usize = 7;

/// Subsets of each size that are extended.
const BEAM: usize = 40;

/// Terms in one equation up to which every family of functions is tried with its constants at their best.
const FAMILY_TERMS: usize = 3;

/// Of each family, right-hand sides of each size that are extended, and whose constants are refined.
const FAMILY_BEAM: usize = 6;
const FAMILY_REFINED: usize = 3;

/// Right-hand sides whose inner constants are put at their best.
const REFINED: usize = 40;

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
        let regression = IntegralRegression::new(self, d);
        let mut instances: Vec<Instance> = (0..terms).map(|term| Instance::first(self.dictionary, term)).collect();
        let mut columns: Vec<Vec<f64>> = (0..terms).map(|term| regression.dictionary_column(term)).collect();
        let mut found = Vec::new();
        for round in 0..2 {
            let score = |squares: f64, members: &[usize]| self.regression_score(d, squares, members, &instances);
            let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let quadratic = regression.quadratic(&views);
            let mut subsets = quadratic.best_subsets(score, MOST_TERMS, BEAM, BEAM.max(count), per_size);
            let plain = |subset: &Subset| subset.members.iter().all(|&j| instances[j].constants.is_empty());
            if round == 0 {
                let seeds: Vec<usize> = (0..terms).filter(|&j| !instances[j].constants.is_empty()).collect();
                if seeds.is_empty() {
                    subsets.retain(plain);
                    found = subsets.iter().map(|subset| Proposal::of(subset, &instances)).collect();
                    break;
                }
                // With polynomials beside it, and with anything: a function far from its best constants would choose
                // other functions to make up for that.
                let plainly = |squares: f64, members: &[usize]| {
                    let functions = members.iter().filter(|&&j| j >= self.dictionary.polynomials).count();
                    if functions > 1 { f64::INFINITY } else { score(squares, members) }
                };
                for (of_families, limit) in [
                    (quadratic.best_with_each(&seeds, plainly, FAMILY_TERMS, FAMILY_BEAM), FAMILY_REFINED),
                    (quadratic.best_with_each(&seeds, score, FAMILY_TERMS, FAMILY_BEAM), 1),
                ] {
                    subsets.extend(self.of_families(of_families, &instances, limit));
                }
                let refined: Vec<Proposal> =
                    subsets.iter().map(|subset| self.refined(&regression, subset, &instances)).collect();
                let mut best: Vec<(f64, Instance)> = Vec::new();
                for proposal in &refined {
                    for (&term, constants) in proposal.terms.iter().zip(&proposal.constants) {
                        let same = |(_, other): &&mut (f64, Instance)| {
                            self.dictionary.families[other.term] == self.dictionary.families[term]
                        };
                        match best.iter_mut().find(same) {
                            _ if constants.is_empty() => {}
                            Some(other) if other.0 <= proposal.score => {}
                            Some(other) => *other = (proposal.score, Instance { term, constants: constants.clone() }),
                            None => best.push((proposal.score, Instance { term, constants: constants.clone() })),
                        }
                    }
                }
                columns.extend(best.iter().map(|(_, i)| regression.column(i.term, &i.constants).values));
                instances.extend(best.into_iter().map(|(_, instance)| instance));
                found = refined;
            } else {
                subsets.truncate(REFINED.max(count));
                found.extend(subsets.iter().map(|subset| self.refined(&regression, subset, &instances)));
            }
        }
        select(found, count, per_size)
    }

    /// The `limit` best of every family and size.
    fn of_families(&self, mut found: Vec<(usize, Subset)>, instances: &[Instance], limit: usize) -> Vec<Subset> {
        found.sort_by(|a, b| a.1.score.total_cmp(&b.1.score).then_with(|| a.1.members.cmp(&b.1.members)));
        let mut counts = HashMap::new();
        found.retain(|(seed, subset)| {
            let family = self.dictionary.families[instances[*seed].term];
            let count = counts.entry((family, subset.members.len())).or_insert(0);
            *count += 1;
            *count <= limit
        });
        found.into_iter().map(|(_, subset)| subset).collect()
    }

    fn regression_score(&self, d: usize, squares: f64, members: &[usize], instances: &[Instance]) -> f64 {
        if self.repeats_a_family(members.iter().map(|&j| instances[j].term)) {
            return f64::INFINITY;
        }
        let price = |&j: &usize| self.price_of(Candidate { state: d, term: instances[j].term });
        self.deviance_of(d, squares) + members.iter().map(price).sum::<f64>()
    }

    /// Whether two terms of one equation differ only in where their constants start.
    pub(super) fn repeats_a_family(&self, terms: impl Iterator<Item = usize> + Clone) -> bool {
        let family = |term: usize| self.dictionary.families[term];
        terms.clone().enumerate().any(|(at, term)| terms.clone().take(at).any(|other| family(other) == family(term)))
    }
}

impl Proposal {
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
}

/// The `count` best and the `per_size` best of every size, best first, of each set of terms only the best.
fn select(mut proposals: Vec<Proposal>, count: usize, per_size: usize) -> Vec<Proposal> {
    proposals.retain(|proposal| proposal.score < f64::INFINITY);
    proposals.sort_by(|a, b| a.terms.cmp(&b.terms).then(a.score.total_cmp(&b.score)));
    proposals.dedup_by(|a, b| a.terms == b.terms);
    proposals.sort_by(|a, b| a.score.total_cmp(&b.score).then_with(|| a.terms.cmp(&b.terms)));
    let mut of_size = [0; MOST_TERMS + 1];
    let mut rank = 0;
    proposals.retain(|proposal| {
        let own = &mut of_size[proposal.terms.len().min(MOST_TERMS)];
        (*own, rank) = (*own + 1, rank + 1);
        rank <= count || *own <= per_size
    });
    proposals
}
