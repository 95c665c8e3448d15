//! What was found of each equation.

use serde::Serialize;

use super::remark::Evidence;
use super::state_evidence::{Description, StateEvidence};
use super::weighted_model::{TermWeight, term_weights};
use crate::equation::SparseModel;

/// What was found of the equation of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// No equation: most of the state's variation is unexplained.
    NotFound,
    /// An equation of which something is in doubt: it explains the state in part, what it leaves is no noise, or the
    /// data do not settle one of its terms.
    Doubtful,
    /// An equation that explains the state, with terms that the data settle.
    Found,
    /// The state does not change beyond its noise: there is nothing to be found.
    AtRest,
}

impl Evidence {
    /// What was found of the equation of a state of the `model`.
    pub(crate) fn finding(&self, own: &StateEvidence, model: &SparseModel) -> Finding {
        let is_white = own.residuals.is_none_or(|residuals| residuals.is_white());
        let state = self.states.iter().position(|other| other.state == own.state);
        let weights = term_weights(&self.weighted_models, model);
        let is_open = |term: &TermWeight| term.kept && term.is_open() && Some(term.state) == state;
        match own.description {
            Description::Unexplained => Finding::NotFound,
            Description::AtRest => Finding::AtRest,
            Description::Partial => Finding::Doubtful,
            Description::WithinNoise | Description::Local | Description::Reproduced => {
                match is_white && !weights.iter().any(is_open) {
                    true => Finding::Found,
                    false => Finding::Doubtful,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Description, Evidence, Finding, SparseModel, StateEvidence};
    use crate::discovery::evidence::{Residuals, WeightedModel};

    #[test]
    fn an_equation_is_found_where_its_terms_are_settled_and_what_it_leaves_is_noise() {
        let model = SparseModel::from_text("t", &[("x", "y"), ("y", "-x")]).expect("equations");
        let without = SparseModel::from_text("t", &[("x", "1"), ("y", "-x")]).expect("equations");
        let state = |name: &str, description, autocorrelation| StateEvidence {
            state: name.to_owned(),
            rollout_r2: 0.99,
            fit_r2: 0.99,
            noise: 0.1,
            is_exact: false,
            residuals: Some(Residuals { autocorrelation, bound: 0.2 }),
            description,
        };
        let finding = |description, autocorrelation, weights: [f64; 2]| {
            let states = vec![state("x", description, autocorrelation), state("y", Description::Reproduced, 0.0)];
            let models = weights.into_iter().zip([model.clone(), without.clone()]);
            let weighted_models = models.map(|(weight, model)| WeightedModel { weight, model }).collect();
            let evidence = Evidence { states, weighted_models, ..Evidence::default() };
            [0, 1].map(|d| evidence.finding(&evidence.states[d], &model))
        };
        let sure = [0.95, 0.05];
        assert_eq!(finding(Description::Reproduced, 0.1, sure), [Finding::Found; 2]);
        assert_eq!(finding(Description::Reproduced, 0.1, [0.7, 0.3]), [Finding::Doubtful, Finding::Found]);
        assert_eq!(finding(Description::Local, 0.5, sure)[0], Finding::Doubtful);
        assert_eq!(finding(Description::Partial, 0.1, sure)[0], Finding::Doubtful);
        assert_eq!(finding(Description::Unexplained, 0.1, sure)[0], Finding::NotFound);
    }
}
