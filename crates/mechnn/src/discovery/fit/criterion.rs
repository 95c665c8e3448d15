//! What a structure is worth: how well it explains the data, and what it costs.

use super::fitted::Fit;
use super::residual_noise::{NOISE_FLOOR, numbers_of, residual_squares};
use crate::discovery::candidates::Candidate;
use crate::discovery::structure::{Problem, Structure};

/// The information criterion: deviance (minus twice the log-likelihood, up to a constant) plus the penalty of the
/// terms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Criterion<'a> {
    problem: Problem<'a>,
}

impl<'a> Criterion<'a> {
    pub(crate) fn new(problem: Problem<'a>) -> Self {
        Self { problem }
    }

    /// The value for a fit; lower is better.
    pub(super) fn of(&self, fit: &Fit) -> f64 {
        self.deviance(fit) + self.penalty(fit)
    }

    /// Minus twice the log-likelihood, the noise of every state at its best, `Σ_d n_d ln(J_d / n_d)`, or where it is
    /// known, `Σ_d J_d / σ_d² + n_d ln σ_d²`.
    pub(crate) fn deviance(&self, fit: &Fit) -> f64 {
        let (data, measured) = (self.problem.data, self.problem.data.roles.measured());
        let squares = residual_squares(data, &fit.estimate);
        let model_part = fit.objective.dynamics / measured as f64;
        let squares = |d: usize| squares[d] + model_part * fit.noise[d].powi(2);
        (0..measured).map(|d| self.deviance_of(d, squares(d), data.observations(d))).sum()
    }

    /// The part of state d, for a sum of squares of `observed` observations in the scaled unit.
    pub(crate) fn deviance_of(&self, d: usize, squares: f64, observed: f64) -> f64 {
        if let Some(noise) = self.problem.data.known_noise(d) {
            return squares / noise.powi(2) + observed * noise.powi(2).ln();
        }
        observed * (squares / observed + (NOISE_FLOOR * self.problem.data.spread[d]).powi(2)).ln()
    }

    /// The deviance for an objective in units of the noise, up to a constant: `n ln(J / n + floor)`, or J where the
    /// noise is known.
    fn deviance_of_objective(&self, objective: f64, observations: f64, floor: f64) -> f64 {
        match self.problem.data.known_noise(0) {
            Some(_) => objective,
            None => observations * (objective / observations + floor).ln(),
        }
    }

    /// What the objective, in units of the noise, must be compared with: `ln(J / n + floor)`.
    fn relative_floor(&self, noise: &[f64]) -> f64 {
        let ratio = |(noise, spread): (&f64, &f64)| (NOISE_FLOOR * spread / noise).powi(2);
        noise.iter().zip(&self.problem.data.spread).map(ratio).sum::<f64>() / noise.len() as f64
    }

    /// How much the deviance must fall for a candidate to be worth keeping.
    pub(crate) fn penalty_of(&self, candidate: Candidate) -> f64 {
        let dictionary = &self.problem.space.dictionary;
        let (constants, rank) = (dictionary.constants_of(candidate.term), dictionary.ranks[candidate.term]);
        self.problem.tuning.penalty_of_a_term(self.problem.data.observations(candidate.state), rank, constants)
    }

    /// What the structure costs, and how implausible its signs are. Infinite if a state has less than two
    /// observations for each number: what goes through all points explains none.
    fn penalty(&self, fit: &Fit) -> f64 {
        let Problem { data, space, tuning } = self.problem;
        let is_saturated = |d: usize| 2 * numbers_of(&self.problem, &fit.structure, d) > data.count(d);
        if (0..data.roles.measured()).any(is_saturated) {
            return f64::INFINITY;
        }
        let parameters = fit.parameters();
        let coefficients = || fit.structure.candidates().iter().zip(&parameters);
        if coefficients().any(|(&candidate, &theta)| !space.rules.agrees(candidate, theta)) {
            return f64::INFINITY;
        }
        let terms = coefficients().map(|(&candidate, &theta)| {
            let Candidate { state, term } = candidate;
            let survives = space.dictionary.survives(term, state);
            let drives_below_zero = theta < 0.0 && survives && data.is_positive(state);
            self.penalty_of(candidate) + if drives_below_zero { tuning.implausible } else { 0.0 }
        });
        terms.sum::<f64>() - self.saved_by_sharing(&fit.structure)
    }

    /// What the inner constants cost less because some are those of another candidate.
    fn saved_by_sharing(&self, structure: &Structure) -> f64 {
        let Problem { data, space, tuning } = self.problem;
        let penalty = |candidate: &Candidate| {
            let constants = space.dictionary.constants_of(candidate.term);
            constants as f64 * tuning.penalty_of_a_number(data.observations(candidate.state))
        };
        if !structure.candidates().iter().any(|candidate| space.rules.is_shared(candidate.term)) {
            return 0.0;
        }
        let of_owners = structure.owners().map(|candidate| penalty(&candidate));
        structure.candidates().iter().map(penalty).sum::<f64>() - of_owners.sum::<f64>()
    }

    /// The criterion of a subset of the candidates `all`, for an objective in units of the noise `[D]`. Infinite for
    /// one with two instances of one family of functions in an equation.
    pub(crate) fn of_subsets<'s>(
        &'s self,
        noise: &[f64],
        all: &'s [Candidate],
    ) -> impl Fn(f64, &[usize]) -> f64 + use<'s, 'a> {
        let (observations, floor) = (self.problem.data.all_observations(), self.relative_floor(noise));
        let penalty: Vec<f64> = all.iter().map(|&candidate| self.penalty_of(candidate)).collect();
        move |objective: f64, members: &[usize]| {
            let of_state = |d: usize| members.iter().map(|&j| &all[j]).filter(move |c| c.state == d).map(|c| c.term);
            let dictionary = &self.problem.space.dictionary;
            if (0..self.problem.dims()).any(|d| dictionary.repeats_a_family(of_state(d))) {
                return f64::INFINITY;
            }
            let penalty = members.iter().map(|&j| penalty[j]).sum::<f64>();
            self.deviance_of_objective(objective, observations, floor) + penalty
        }
    }
}
