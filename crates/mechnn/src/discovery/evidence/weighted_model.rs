//! What else could be the equations: the structures that were compared in the end, and the weight of each.

use crate::discovery::structure::Form;
use crate::equation::{FittedTerm, SparseModel, Term};

/// A structure that was compared in the end.
///
/// Of all that were, with criteria `c_i` (deviance and penalty of the terms), it has the weight
///
/// $$ w_i = e^{-c_i / 2} \Big/ \sum_j e^{-c_j / 2} $$
///
/// the posterior probability of its terms if those compared are all there are and the penalty is the prior (Burnham
/// and Anderson, Model Selection and Multimodel Inference, 2002, section 2.9).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WeightedModel {
    /// Between 0 and 1; those of all of these add up to 1.
    pub weight: f64,
    /// Its equations, without standard errors, with a small model error allowed and before anything is simplified.
    pub model: SparseModel,
}

impl WeightedModel {
    /// Whether its equations have the terms of these and no others, with whatever numbers.
    pub fn has_terms_of(&self, model: &SparseModel) -> bool {
        Form::of(&self.model) == Form::of(model)
    }
}

/// A term of some model, and how likely it is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TermWeight {
    /// The state in whose equation it is.
    pub state: usize,
    /// The term, with the inner constants that it has in the heaviest model.
    pub term: Term,
    /// The weight of all models that have it in this equation, with whatever inner constants.
    pub weight: f64,
    /// Whether the result has it.
    pub kept: bool,
}

/// `exp(-criterion / 2)` as a share of all.
pub(crate) fn weights(criteria: &[f64]) -> Vec<f64> {
    let lowest = criteria.iter().copied().fold(f64::INFINITY, f64::min);
    let relative: Vec<f64> = criteria.iter().map(|criterion| (-0.5 * (criterion - lowest)).exp()).collect();
    let total: f64 = relative.iter().sum();
    relative.iter().map(|weight| weight / total).collect()
}

impl TermWeight {
    /// Whether the data leave open if the equation has it: it is kept and others do without it, or the other way
    /// round.
    pub fn is_open(&self) -> bool {
        match self.kept {
            true => self.weight < SETTLED,
            false => self.weight > 1.0 - SETTLED,
        }
    }
}

/// A term with more weight is settled.
const SETTLED: f64 = 0.9;

/// The weight of every term that some model has, by state, and the heaviest first.
pub(crate) fn term_weights(models: &[WeightedModel], result: &SparseModel) -> Vec<TermWeight> {
    let mut weights: Vec<TermWeight> = Vec::new();
    for model in models {
        let mut counted: Vec<(usize, &Term)> = Vec::new();
        for (state, FittedTerm { term, .. }) in model.model.terms() {
            if counted.iter().any(|(own, other)| *own == state && other.has_form_of(term)) {
                continue;
            }
            counted.push((state, term));
            match weights.iter_mut().find(|own| own.state == state && own.term.has_form_of(term)) {
                Some(own) => own.weight += model.weight,
                None => {
                    let kept = result.equations[state].terms.iter().any(|fitted| fitted.term.has_form_of(term));
                    weights.push(TermWeight { state, term: term.clone(), weight: model.weight, kept });
                }
            }
        }
    }
    weights.sort_by(|a, b| a.state.cmp(&b.state).then(b.weight.total_cmp(&a.weight)));
    weights
}

#[cfg(test)]
mod tests {
    use super::{WeightedModel, term_weights, weights};
    use crate::equation::SparseModel;

    #[test]
    fn odds_are_those_of_the_criteria() {
        // Three to one.
        let found = weights(&[12.0 + 2.0 * 3f64.ln(), 12.0]);
        assert!((found[0] - 0.25).abs() < 1e-12 && (found[1] - 0.75).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_term_weighs_what_all_that_have_it_weigh() {
        let model = |weight: f64, rate: &str| WeightedModel {
            weight,
            model: SparseModel::from_text("t", &[("x", rate)]).expect("equations"),
        };
        let models = [
            model(0.6, "x - 2*x/(0.5 + x)"),
            model(0.3, "x - x**2"),
            model(0.1, "0.9*x - 2.1*x/(0.6 + x) - 0.2*x/(0.1 + x)"),
        ];
        let weights = term_weights(&models, &models[0].model);
        let text = |index: usize| weights[index].term.python(&["x".to_owned()]);
        assert_eq!((weights.len(), text(0).as_str(), text(1).as_str()), (3, "x", "x/(0.5 + x)"));
        let expected = [1.0, 0.7, 0.3];
        assert!(weights.iter().zip(expected).all(|(own, expected)| (own.weight - expected).abs() < 1e-12));
        let is = |index: usize| (weights[index].kept, weights[index].is_open());
        assert_eq!((is(0), is(1), is(2)), ((true, false), (true, true), (false, true)));
        let same = |index: usize| models[index].has_terms_of(&models[0].model);
        assert_eq!((same(0), same(1), same(2)), (true, false, false));
    }
}
