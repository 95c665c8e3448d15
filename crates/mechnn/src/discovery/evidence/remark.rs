//! Evidence beside the fit.

use super::direction::Direction;
use super::forecast::Forecast;
use super::held_out::{HeldOut, Prediction};
use super::residuals::Residuals;
use super::state_evidence::StateEvidence;
use super::verdict::Verdict;
use super::weighted_model::{WeightedModel, term_weights};
use crate::equation::SparseModel;
use crate::number::SignificantDigits;

/// What speaks for and against the equations, beside how well they fit.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// How well each state is described, `[D]`, in the order of the data.
    pub states: Vec<StateEvidence>,
    /// The structures that were compared in the end, the heaviest first; none where the terms were given. Several
    /// trajectories with numbers of their own have the same weights.
    pub weighted_models: Vec<WeightedModel>,
    /// Whether what is left of each state's data looks like noise, `[D]`; none where there is too little to tell, or
    /// the data are exact.
    pub residuals: Vec<Option<Residuals>>,
    /// Combinations of coefficients that the data leave open, widest first.
    pub undetermined: Vec<Direction>,
    /// Prediction of the last rows of each trajectory; none where it is too short, or a refit failed.
    pub held_out: Vec<Option<HeldOut>>,
}

/// From the worst to the best thing that a prediction can say.
const SEVERITY: [Prediction; 5] =
    [Prediction::Missed, Prediction::Vague, Prediction::AtRest, Prediction::Repeats, Prediction::Confirmed];

impl Evidence {
    /// The states, those that are described worst first.
    pub fn states_worst_first(&self) -> Vec<&StateEvidence> {
        let mut states: Vec<&StateEvidence> = self.states.iter().collect();
        states.sort_by(|a, b| a.description.cmp(&b.description).then(a.rollout_r2.total_cmp(&b.rollout_r2)));
        states
    }

    /// The prediction that says least for the equations.
    pub fn worst_prediction(&self) -> Option<&HeldOut> {
        let severity = |own: &HeldOut| SEVERITY.iter().position(|other| *other == own.prediction());
        let order = |a: &&HeldOut, b: &&HeldOut| severity(a).cmp(&severity(b)).then(a.r2.total_cmp(&b.r2));
        self.held_out.iter().flatten().min_by(order)
    }

    /// What follows a verdict that the equations explain the data; none after another one, which says enough.
    pub(crate) fn remark(&self, verdict: &Verdict, model: &SparseModel) -> Option<String> {
        let is_simulated = matches!(verdict, Verdict::Reproduces { .. });
        if !is_simulated && !matches!(verdict, Verdict::ExplainsLocally { .. } | Verdict::WithinNoise { .. }) {
            return None;
        }
        let mut doubts = Vec::new();
        let prediction = self.worst_prediction().filter(|_| is_simulated);
        if let Some(held_out) = prediction.filter(|held_out| held_out.prediction() == Prediction::Missed) {
            doubts.push(missed(held_out));
        }
        let of_states = model.states.iter().zip(&self.residuals);
        let correlated: Vec<&str> = of_states
            .filter(|(_, residuals)| residuals.is_some_and(|residuals| !residuals.is_white()))
            .map(|(state, _)| state.as_str())
            .collect();
        if !correlated.is_empty() {
            doubts.push(format!(
                "What the equations leave of {} is not independent noise: either something is missing in the \
                 equations, or the errors of neighbouring rows are related, and then the standard errors are too \
                 small.",
                correlated.join(", ")
            ));
        }
        let weights = term_weights(&self.weighted_models, model);
        let open = weights.iter().filter(|own| own.kept && own.is_open());
        if let Some(open) = open.min_by(|a, b| a.weight.total_cmp(&b.weight)) {
            let (state, term) = (&model.states[open.state], open.term.text(&model.variables()));
            doubts.push(format!(
                "The data do not settle whether the equation of {state} has the term {term} (probability {:.0} %).",
                100.0 * open.weight
            ));
        }
        if !self.undetermined.is_empty() {
            doubts.push("Some coefficients are known only in combination with others.".to_owned());
        }
        let mut text = doubts;
        if self.states.iter().all(|own| own.is_exact) && !self.states.is_empty() {
            text.push(
                "The data are numerically exact: what the equations leave is no more than the error of the \
                 computation."
                    .to_owned(),
            );
        }
        if let Some(held_out) = prediction.filter(|held_out| held_out.prediction() != Prediction::Missed) {
            text.push(tested(held_out));
        }
        (!text.is_empty()).then(|| text.join(" "))
    }
}

/// What is said of rows that are not predicted.
fn missed(held_out: &HeldOut) -> String {
    let rows = held_out.rows;
    if !held_out.error.is_finite() {
        return format!(
            "Fitted again without the last {rows} rows, the same equations do not predict those rows: the simulation \
             diverges."
        );
    }
    let expected = match held_out.expected_error.is_finite() {
        true => format!("{:.1}", held_out.expected_error),
        false => "1".to_owned(),
    };
    format!(
        "Fitted again without the last {rows} rows, the same equations do not predict those rows: the errors are \
         {:.1} times the noise, where about {expected} is expected.",
        held_out.error
    )
}

/// What is said of rows that are predicted.
fn tested(held_out: &HeldOut) -> String {
    let rows = held_out.rows;
    match (held_out.prediction(), held_out.rival) {
        (Prediction::AtRest, _) => {
            format!("The last {rows} rows hardly change, so that they cannot test a prediction.")
        }
        (Prediction::Repeats, Forecast::Seasonal { period }) => format!(
            "Fitted again without the last {rows} rows, the same equations predict those rows, but a forecast that \
             repeats the last {} does so as well.",
            SignificantDigits::new(3).fixed_between(1e-3, 1e5).text(period)
        ),
        (Prediction::Vague, _) => format!(
            "Fitted again without the last {rows} rows, the equations are too uncertain to predict those rows, which \
             therefore test nothing."
        ),
        _ => format!(
            "Fitted again without the last {rows} rows, the same equations predict those rows within the errors that \
             are expected."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Forecast, HeldOut, Residuals, SparseModel, Verdict, WeightedModel};

    fn held_out(r2: f64, deviation: f64) -> HeldOut {
        HeldOut {
            rows: 20,
            r2,
            error: deviation,
            expected_error: 1.0,
            deviation,
            deviation_limit: 1.4,
            rival: Forecast::Constant,
            rival_error: 30.0,
            variation: 25.0,
        }
    }

    #[test]
    fn doubts_are_named_and_silence_is_no_proof() {
        let model = SparseModel::from_text("t", &[("x", "y"), ("y", "-x")]).expect("equations");
        let verdict = Verdict::Reproduces { state: "x".to_owned(), r2: 0.99 };
        let mut evidence = Evidence::default();
        assert_eq!(evidence.remark(&verdict, &model), None);
        evidence.held_out = vec![None, Some(held_out(0.4, 1.1))];
        let text = evidence.remark(&verdict, &model).unwrap_or_default();
        assert!(text.contains("the same equations predict those rows within"), "{text}");
        evidence.residuals = vec![
            Some(Residuals { autocorrelation: 0.1, bound: 0.2 }),
            Some(Residuals { autocorrelation: 0.3, bound: 0.2 }),
        ];
        evidence.held_out = vec![Some(held_out(0.99, 1.0)), Some(held_out(0.4, 8.0))];
        let text = evidence.remark(&verdict, &model).unwrap_or_default();
        assert!(text.contains("do not predict those rows: the errors are 8.0 times the noise"), "{text}");
        assert!(text.contains("leave of y is not independent noise"), "{text}");
        // A chaotic system is not predicted, and that is not held against its equations.
        let chaos = Verdict::ExplainsLocally { state: "x".to_owned(), fit_r2: 0.99, valid_time: 3.0 };
        let text = evidence.remark(&chaos, &model).unwrap_or_default();
        assert!(text.starts_with("What the equations leave of y"), "{text}");
        let nothing = Verdict::NoFinding { state: "x".to_owned(), fit_r2: 0.1, everywhere: true };
        assert_eq!(evidence.remark(&nothing, &model), None);

        let without_y = SparseModel::from_text("t", &[("x", "1"), ("y", "-x")]).expect("equations");
        let weighted_models = [(0.8, model.clone()), (0.2, without_y)];
        let weighted_models = weighted_models.map(|(weight, model)| WeightedModel { weight, model }).to_vec();
        let unsettled = Evidence { weighted_models, ..Evidence::default() };
        let text = unsettled.remark(&verdict, &model).unwrap_or_default();
        let expected = "The data do not settle whether the equation of x has the term y (probability 80 %).";
        assert_eq!(text, expected);
    }
}
