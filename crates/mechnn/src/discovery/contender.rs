//! What else could be the equations: the structures that were compared in the end, and the weight of each.

use std::collections::HashMap;

use super::account::Account;
use super::direct::DiscoveryError;
use super::fit::Fit;
use crate::equation::{Equation, FittedTerm, SparseModel, Term};

/// A structure that was compared in the end.
///
/// Of all that were, with criteria `c_i` (deviance and price of the terms), it has the weight
///
/// $$ w_i = e^{-c_i / 2} \Big/ \sum_j e^{-c_j / 2} $$
///
/// the posterior probability of its terms if those compared are all there are and the price is the prior (Burnham and
/// Anderson, Model Selection and Multimodel Inference, 2002, section 2.9).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contender {
    /// Between 0 and 1; those of all contenders add up to 1.
    pub weight: f64,
    /// Its equations, without standard errors, with a small model error allowed and before anything is simplified.
    pub model: SparseModel,
}

impl Contender {
    /// Whether its equations have the terms of these and no others, with whatever numbers.
    pub fn has_terms_of(&self, model: &SparseModel) -> bool {
        let same = |a: &Equation, b: &Equation| {
            // One function can be there twice, with two constants.
            let count = |of: &Equation, term: &Term| of.terms.iter().filter(|own| own.term.has_form_of(term)).count();
            a.terms.len() == b.terms.len() && a.terms.iter().all(|own| count(a, &own.term) == count(b, &own.term))
        };
        self.model.equations.iter().zip(&model.equations).all(|(own, other)| same(own, other))
    }
}

/// A term of some contender, and how likely it is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TermWeight {
    /// The state in whose equation it is.
    pub state: usize,
    /// The term, with the inner constants that it has in the heaviest contender.
    pub term: Term,
    /// The weight of all contenders that have it in this equation, with whatever inner constants.
    pub weight: f64,
    /// Whether the result has it.
    pub kept: bool,
}

impl Account<'_> {
    /// The structures of fits with their weights, the heaviest first. Fits with the same functions from other inner
    /// constants are one structure.
    pub(super) fn contenders(&self, fits: &[Fit]) -> Result<Vec<Contender>, DiscoveryError> {
        let families = &self.laboratory.dictionary.families;
        let mut of_structure: HashMap<Vec<(usize, usize)>, &Fit> = HashMap::new();
        for fit in fits {
            let mut structure: Vec<_> = fit.candidates.iter().map(|own| (own.state, families[own.term])).collect();
            structure.sort_unstable();
            let best = of_structure.entry(structure).or_insert(fit);
            if fit.criterion < best.criterion {
                *best = fit;
            }
        }
        let mut distinct: Vec<&Fit> = of_structure.into_values().collect();
        distinct.sort_by(|a, b| a.criterion.total_cmp(&b.criterion).then_with(|| a.candidates.cmp(&b.candidates)));
        let criteria: Vec<f64> = distinct.iter().map(|fit| fit.criterion).collect();
        let weighed = weights(&criteria).into_iter().zip(distinct);
        weighed.map(|(weight, fit)| Ok(Contender { weight, model: self.model(fit, None)? })).collect()
    }
}

/// `exp(-criterion / 2)` as a share of all.
pub(super) fn weights(criteria: &[f64]) -> Vec<f64> {
    let lowest = criteria.iter().copied().fold(f64::INFINITY, f64::min);
    let relative: Vec<f64> = criteria.iter().map(|criterion| (-0.5 * (criterion - lowest)).exp()).collect();
    let total: f64 = relative.iter().sum();
    relative.iter().map(|weight| weight / total).collect()
}

impl TermWeight {
    /// Whether the data leave open if the equation has it: it is kept and others do without it, or the other way round.
    pub fn is_open(&self) -> bool {
        match self.kept {
            true => self.weight < SETTLED,
            false => self.weight > 1.0 - SETTLED,
        }
    }
}

/// A term with more weight is settled.
const SETTLED: f64 = 0.9;

/// The weight of every term that some contender has, by state, and the heaviest first.
pub(super) fn term_weights(contenders: &[Contender], result: &SparseModel) -> Vec<TermWeight> {
    let mut weights: Vec<TermWeight> = Vec::new();
    for contender in contenders {
        let mut counted: Vec<(usize, &Term)> = Vec::new();
        for (state, FittedTerm { term, .. }) in contender.model.terms() {
            if counted.iter().any(|(own, other)| *own == state && other.has_form_of(term)) {
                continue;
            }
            counted.push((state, term));
            match weights.iter_mut().find(|own| own.state == state && own.term.has_form_of(term)) {
                Some(own) => own.weight += contender.weight,
                None => {
                    let kept = result.equations[state].terms.iter().any(|fitted| fitted.term.has_form_of(term));
                    weights.push(TermWeight { state, term: term.clone(), weight: contender.weight, kept });
                }
            }
        }
    }
    weights.sort_by(|a, b| a.state.cmp(&b.state).then(b.weight.total_cmp(&a.weight)));
    weights
}

#[cfg(test)]
mod tests {
    use super::{Contender, term_weights, weights};
    use crate::equation::SparseModel;

    #[test]
    fn odds_are_those_of_the_criteria() {
        // Three to one.
        let found = weights(&[12.0 + 2.0 * 3f64.ln(), 12.0]);
        assert!((found[0] - 0.25).abs() < 1e-12 && (found[1] - 0.75).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_term_weighs_what_all_that_have_it_weigh() {
        let contender = |weight: f64, rate: &str| Contender {
            weight,
            model: SparseModel::from_text("t", &[("x", rate)]).expect("equations"),
        };
        let contenders = [
            contender(0.6, "x - 2*x/(0.5 + x)"),
            contender(0.3, "x - x**2"),
            contender(0.1, "0.9*x - 2.1*x/(0.6 + x) - 0.2*x/(0.1 + x)"),
        ];
        let weights = term_weights(&contenders, &contenders[0].model);
        let text = |index: usize| weights[index].term.python(&["x".to_owned()]);
        assert_eq!((weights.len(), text(0).as_str(), text(1).as_str()), (3, "x", "x/(0.5 + x)"));
        let expected = [1.0, 0.7, 0.3];
        assert!(weights.iter().zip(expected).all(|(own, expected)| (own.weight - expected).abs() < 1e-12));
        let is = |index: usize| (weights[index].kept, weights[index].is_open());
        assert_eq!((is(0), is(1), is(2)), ((true, false), (true, true), (false, true)));
        let same = |index: usize| contenders[index].has_terms_of(&contenders[0].model);
        assert_eq!((same(0), same(1), same(2)), (true, false, false));
    }
}
