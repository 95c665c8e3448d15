//! What a model costs in the information criterion.

use crate::discovery::request::Tuning;

impl Tuning {
    /// How much the deviance (minus twice the log-likelihood) must fall for a term to be worth keeping.
    ///
    /// $$ (1 + c) \ln n + 2 \ln r $$
    ///
    /// for a term with c inner constants, chosen from r terms that are as simple or simpler, and n observations. The
    /// first part is that of the Bayesian information criterion; the second is what the choice costs in nats when
    /// simple terms are a priori as likely as all that are simpler together. With it the chance that any false term
    /// survives falls with n, and simple explanations win where the data cannot decide.
    ///
    /// Chen & Chen, Biometrika 95 (2008) 759, with the prior of Rissanen, Annals of Statistics 11 (1983) 416 over the
    /// terms in order of complexity.
    pub(crate) fn penalty_of_a_term(&self, observations: f64, rank: f64, constants: usize) -> f64 {
        (1 + constants) as f64 * self.penalty_of_a_number(observations) + self.penalty_of_a_choice(rank)
    }

    /// What it costs to choose a term from `rank` that are as simple or simpler.
    pub(crate) fn penalty_of_a_choice(&self, rank: f64) -> f64 {
        self.choice * rank.max(1.0).ln()
    }

    /// What a free number costs: `ln n`, as in the Bayesian information criterion.
    pub(crate) fn penalty_of_a_number(&self, observations: f64) -> f64 {
        self.number * observations.max(2.0).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::Tuning;

    #[test]
    fn simpler_terms_and_fewer_constants_cost_less() {
        let penalty_of_a_term =
            |observations, rank, constants| Tuning::default().penalty_of_a_term(observations, rank, constants);
        // BIC for the only term: ln 100
        assert!((penalty_of_a_term(100.0, 1.0, 0) - 4.605_170_185_988_091).abs() < 1e-12);
        assert!(penalty_of_a_term(100.0, 10.0, 0) > penalty_of_a_term(100.0, 3.0, 0));
        assert!(penalty_of_a_term(100.0, 10.0, 1) > penalty_of_a_term(100.0, 10.0, 0) + 4.0);
    }
}
