//! What a discovery finds.

use ndarray::Array2;

use super::noise_parts::NoiseParts;
use super::outlier::Outlier;
use crate::data::NoiseModel;
use crate::discovery::evidence::{
    Column, Description, Evidence, Finding, FittedTrajectory, StateEvidence, TermWeight, Verdict, term_weights,
};
use crate::discovery::request::Progress;
use crate::equation::{RolloutStatus, SparseModel, Term};

/// A discovered system with the evidence for it; everything in the data's units.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoveryResult {
    /// The equations, with standard errors.
    pub model: SparseModel,
    /// Covariance of the numbers of the equations, coefficients in the order of the terms and then inner constants,
    /// `[P, P]`: second moments about the values in `model`, also where these are simple numbers and not the
    /// estimates.
    pub covariance: Array2<f64>,
    /// Estimated standard deviation of the noise, `[D]`, NaN for states that were not measured; where it depends on
    /// the state, at the root mean square of that.
    pub noise: Vec<f64>,
    /// What the noise of each state depends on, `[D]`.
    pub noise_models: Vec<NoiseModel>,
    /// The noise of each state as a part that is the same everywhere and one that grows with the state, `[D]`.
    pub noise_parts: Vec<NoiseParts>,
    /// Observations that contradict all others, and were treated as missing.
    pub outliers: Vec<Outlier>,
    /// One for each trajectory.
    pub trajectories: Vec<FittedTrajectory>,
    /// Whether the residuals are noise, what the data leave open, and how held-out rows are predicted.
    pub evidence: Evidence,
    /// The best structures of each size that the search compared, fewest terms first; no larger one explains the data
    /// worse. One of them is the model's.
    pub pareto_front: Vec<ParetoModel>,
    /// Terms that were chosen: those of the equations but what is known, what holds by definition, and what follows
    /// from other coefficients.
    pub chosen_terms: usize,
    /// What is peculiar about the columns, and matters for what can be found.
    pub columns: Vec<Column>,
    /// Coefficients the search started from.
    pub candidates: usize,
    /// Terms that are combinations of simpler ones on these data (a constant column makes such), and so were not
    /// tried.
    pub indistinct: Vec<Term>,
    /// States whose equations could not be expressed, and which were taken as known from their own data while the
    /// others were searched; usually none.
    pub taken_as_known: Vec<String>,
    /// Every step taken.
    pub history: Vec<Progress>,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// A model on the Pareto front of size and misfit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ParetoModel {
    /// Minus twice the log-likelihood with the noise at its best, up to a constant.
    pub deviance: f64,
    /// Deviance plus the penalty of the terms; the lowest is chosen.
    pub criterion: f64,
    /// Its equations, without standard errors, with a small model error allowed and before anything is simplified.
    pub model: SparseModel,
    /// Whether its terms are those of the result.
    pub chosen: bool,
}

impl DiscoveryResult {
    /// True if every rollout stays finite over its data's span.
    pub fn is_stable(&self) -> bool {
        self.trajectories.iter().all(|trajectory| trajectory.rollout.status == RolloutStatus::Finished)
    }

    /// How far the equations can be trusted, judged on the data they were found from.
    pub fn verdict(&self) -> Verdict {
        // Equations that were found apart are not simulated together.
        let simulated = if self.taken_as_known.is_empty() { self.trajectories.as_slice() } else { &[] };
        Verdict::new(simulated, &self.evidence.states)
    }

    /// Whether some state that moves is explained in part or not at all, or followed by its estimate only, which
    /// leaves more than noise.
    pub(crate) fn leaves_a_state_unexplained(&self) -> bool {
        let is_white = |own: &StateEvidence| own.residuals.is_none_or(|residuals| residuals.is_white());
        let is_unexplained = |own: &StateEvidence| match own.description {
            Description::Unexplained | Description::Partial => true,
            Description::Local => !is_white(own),
            Description::WithinNoise | Description::Reproduced | Description::AtRest => false,
        };
        self.evidence.states.iter().any(is_unexplained)
    }

    /// Whether the equations explain a state up to noise.
    pub(crate) fn explains(&self, d: usize) -> bool {
        let own = &self.evidence.states[d];
        own.description > Description::Partial && own.residuals.is_none_or(|residuals| residuals.is_white())
    }

    /// What was found of the equation of one of [`Evidence::states`]: found, doubtful, not found, or at rest.
    pub fn finding(&self, state: &StateEvidence) -> Finding {
        self.evidence.finding(state, &self.model)
    }

    /// The weight of every term that some structure has that was compared in the end, by state, and the heaviest
    /// first; none where the terms were given.
    pub fn term_weights(&self) -> Vec<TermWeight> {
        term_weights(&self.evidence.weighted_models, &self.model)
    }

    /// What the user may conclude, in plain words: the verdict, and what the other evidence adds.
    pub fn conclusion(&self) -> String {
        let verdict = self.verdict();
        let mut sentences = vec![verdict.to_string()];
        sentences.extend(self.evidence.remark(&verdict, &self.model));
        if !self.taken_as_known.is_empty() {
            let others = self.evidence.states.iter().filter(|own| !self.taken_as_known.contains(&own.state));
            let others: Vec<&str> = others.map(|own| own.state.as_str()).collect();
            let known = self.taken_as_known.join(", ");
            sentences.push(format!(
                "So the search for {} was made once more, with {known} taken as known from its own data: what was \
                 found holds as long as {known} is measured.",
                others.join(", "),
            ));
        }
        sentences.join(" ")
    }

    /// What the noise of all states depends on; none where states differ in that.
    pub fn noise_model(&self) -> Option<NoiseModel> {
        let (first, rest) = self.noise_models.split_first()?;
        rest.iter().all(|other| other == first).then_some(*first)
    }

    /// The noise as a fraction of each state's value, `[D]`, if it is proportional everywhere; of the root mean
    /// square of the estimated states, NaN where they are all 0.
    pub fn noise_fractions(&self) -> Option<Vec<f64>> {
        let size = |d: usize| {
            let squares = self.trajectories.iter().flat_map(|x| x.states.column(d).to_vec()).map(|x| x * x);
            let count: usize = self.trajectories.iter().map(|x| x.states.nrows()).sum();
            (squares.sum::<f64>() / count as f64).sqrt()
        };
        let fraction = |(d, noise): (usize, &f64)| noise / size(d);
        (self.noise_model() == Some(NoiseModel::Proportional))
            .then(|| self.noise.iter().enumerate().map(fraction).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{DiscoveryResult, NoiseModel};
    use crate::discovery::fit::Estimator;
    use crate::discovery::result::{ResultBuilder, Searched};
    use crate::discovery::test_problem::TestProblem;

    fn swing() -> DiscoveryResult {
        let test = TestProblem::swing(1, 0.02);
        let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
        let marginals = Estimator::new(test.problem()).marginals(&fit, test.tuning.tight).expect("marginals");
        let builder = ResultBuilder { data: &test.dataset, problem: test.problem() };
        builder.result(&fit, &marginals, Searched::default()).expect("a result")
    }

    #[test]
    fn the_noise_is_a_fraction_of_the_states_where_it_is_proportional_everywhere() {
        let mut result = swing();
        assert_eq!((result.noise_model(), result.noise_fractions()), (Some(NoiseModel::Additive), None));
        result.noise_models = vec![NoiseModel::Proportional, NoiseModel::Additive];
        assert_eq!((result.noise_model(), result.noise_fractions()), (None, None));
        result.noise_models = vec![NoiseModel::Proportional; 2];
        let states = &result.trajectories[0].states;
        let size = (states.column(1).iter().map(|x| x * x).sum::<f64>() / states.nrows() as f64).sqrt();
        let fractions = result.noise_fractions().expect("proportional everywhere");
        assert!((fractions[1] - result.noise[1] / size).abs() < 1e-15, "{fractions:?}");
    }

    #[test]
    fn terms_that_were_given_have_no_weights_and_a_good_fit_is_said_to_be_one() {
        let result = swing();
        assert!(result.term_weights().is_empty());
        assert!(result.conclusion().starts_with(&result.verdict().to_string()));
    }
}
