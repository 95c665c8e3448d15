//! Evidence beside the fit.

use super::direction::Direction;
use super::held_out::HeldOut;
use super::residuals::Residuals;
use super::verdict::Verdict;
use super::weighted_model::{WeightedModel, term_weights};
use crate::equation::SparseModel;
use crate::estimation::{REPRODUCED_R2, WITHIN_NOISE};

/// What speaks for and against the equations, beside how well they fit.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// The structures that were compared in the end, the heaviest first; none where the terms were given. Several
    /// trajectories with numbers of their own have the same weights.
    pub weighted_models: Vec<WeightedModel>,
    /// Whether what is left of each state's data looks like noise, `[D]`; none where there is too little to tell.
    pub residuals: Vec<Option<Residuals>>,
    /// Combinations of coefficients that the data leave open, widest first.
    pub undetermined: Vec<Direction>,
    /// Prediction of the last rows of each trajectory; none where it is too short, or a refit failed.
    pub held_out: Vec<Option<HeldOut>>,
}

impl Evidence {
    /// The prediction that says least for the equations.
    pub fn worst_prediction(&self) -> Option<&HeldOut> {
        self.held_out.iter().flatten().min_by(|a, b| a.r2.total_cmp(&b.r2))
    }

    /// One sentence to follow a verdict that the equations explain the data; none after another one, which says
    /// enough.
    pub(crate) fn remark(&self, verdict: &Verdict, model: &SparseModel) -> Option<String> {
        if !matches!(verdict, Verdict::Reproduces { .. } | Verdict::ExplainsLocally { .. }) {
            return None;
        }
        let mut doubts = Vec::new();
        // Rows that are reproduced count as predicted whatever the noise.
        let failed = |held_out: &&HeldOut| !(held_out.r2 >= REPRODUCED_R2 || held_out.error <= WITHIN_NOISE);
        // That a simulation leaves the data was said already.
        if matches!(verdict, Verdict::Reproduces { .. })
            && let Some(held_out) = self.held_out.iter().flatten().find(failed)
        {
            doubts.push(format!(
                "refitted without the last fifth of the rows they do not predict it (errors of {:.1} times the noise)",
                held_out.error
            ));
        }
        let of_states = model.states.iter().zip(&self.residuals);
        let correlated: Vec<&str> = of_states
            .filter(|(_, residuals)| residuals.is_some_and(|residuals| !residuals.is_white()))
            .map(|(state, _)| state.as_str())
            .collect();
        if !correlated.is_empty() {
            let them = correlated.join(", ");
            doubts.push(format!(
                "what is left of {them} is no independent noise, so something is missing or the errors are too small"
            ));
        }
        let weights = term_weights(&self.weighted_models, model);
        let open = weights.iter().filter(|own| own.kept && own.is_open());
        if let Some(open) = open.min_by(|a, b| a.weight.total_cmp(&b.weight)) {
            let (state, term) = (&model.states[open.state], open.term.text(&model.variables()));
            doubts.push(format!("the data do not settle that {state}' has {term} ({:.0} %)", 100.0 * open.weight));
        }
        if !self.undetermined.is_empty() {
            doubts.push("the data leave combinations of the coefficients open".to_owned());
        }
        let is_tested = self.held_out.iter().any(Option::is_some);
        match (doubts.is_empty(), verdict) {
            (false, _) => Some(format!("But {}.", doubts.join("; "))),
            (true, Verdict::Reproduces { .. }) if is_tested => Some(
                "Refitted without the last fifth of the rows they predict it: use them under these conditions, within \
                 the errors given."
                    .to_owned(),
            ),
            (true, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, HeldOut, Residuals, SparseModel, Verdict, WeightedModel};

    #[test]
    fn doubts_are_named_and_silence_is_no_proof() {
        let model = SparseModel::from_text("t", &[("x", "y"), ("y", "-x")]).expect("equations");
        let verdict = Verdict::Reproduces { r2: 0.99 };
        let mut evidence = Evidence::default();
        assert_eq!(evidence.remark(&verdict, &model), None);
        evidence.held_out = vec![None, Some(HeldOut { rows: 20, r2: 0.4, error: 1.1 })];
        assert!(evidence.remark(&verdict, &model).is_some_and(|text| text.starts_with("Refitted without")));
        evidence.residuals = vec![
            Some(Residuals { autocorrelation: 0.1, bound: 0.2 }),
            Some(Residuals { autocorrelation: 0.3, bound: 0.2 }),
        ];
        evidence.held_out = vec![Some(HeldOut { rows: 20, r2: 0.4, error: 8.0 })];
        let text = evidence.remark(&verdict, &model).unwrap_or_default();
        assert!(
            text.starts_with("But refitted") && text.contains("8.0 times") && text.contains("left of y is"),
            "{text}"
        );
        // A chaotic system is not predicted, and that is not held against its equations.
        let chaos = Verdict::ExplainsLocally { fit_r2: 0.99, valid_time: 3.0 };
        let text = evidence.remark(&chaos, &model).unwrap_or_default();
        assert!(text.starts_with("But what is left of y"), "{text}");
        assert_eq!(evidence.remark(&Verdict::NoFinding { fit_r2: 0.1 }, &model), None);

        let without_y = SparseModel::from_text("t", &[("x", "1"), ("y", "-x")]).expect("equations");
        let weighted_models = [(0.8, model.clone()), (0.2, without_y)];
        let weighted_models = weighted_models.map(|(weight, model)| WeightedModel { weight, model }).to_vec();
        let unsettled = Evidence { weighted_models, ..Evidence::default() };
        let text = unsettled.remark(&verdict, &model).unwrap_or_default();
        assert_eq!(text, "But the data do not settle that x' has y (80 %).");
    }
}
