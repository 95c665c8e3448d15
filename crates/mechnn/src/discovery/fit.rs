//! One structure fitted to the data, and what that is worth.

use mechnn_solver::smoother::{Dynamics, Estimate, GaussNewton, Marginals, Objective, SmootherError, SmootherProblem};

use super::affine_map::{AffineMap, Constrained};
use super::candidates::{Candidate, SparseDynamics};
use super::dictionary::Dictionary;
use super::quadratic::Quadratic;
use super::simplify::{Numbers, saved_by_pairs};
use super::start::Start;
use super::tuning::Tuning;

/// Relative to a state's spread: below it the discretisation, not the noise, limits the fit, and evidence counted in
/// units of the noise would be worthless.
pub(super) const NOISE_FLOOR: f64 = 1e-5;

/// Relative to a state's spread: the least noise in units of which the model error is stated. Below it rounding would
/// break the normal equations.
const MODEL_ERROR_FLOOR: f64 = 1e-4;

/// Precision of the prior of every scaled coefficient: only keeps directions that the data leave open from drifting.
const PRIOR_PRECISION: f64 = 1e-6;

/// A structure with its states and coefficients at their best for one level of model error.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// In order of state and term.
    pub(super) candidates: Vec<Candidate>,
    /// Of the coefficients on the parameters of the estimate.
    pub(super) map: AffineMap,
    pub(super) estimate: Estimate,
    /// Scaled, `[D]`.
    pub(super) noise: Vec<f64>,
    pub(super) objective: Objective,
    /// Deviance and price; lower is better, comparable at the same level.
    pub(super) criterion: f64,
    pub(super) iterations: usize,
}

/// What all fits share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Laboratory<'a> {
    pub(super) start: &'a Start,
    pub(super) dictionary: &'a Dictionary,
    pub(super) tuning: &'a Tuning,
}

impl Fit {
    /// The scaled coefficients, `[P]`, and after them the inner constants.
    pub(super) fn parameters(&self) -> Vec<f64> {
        self.map.coefficients(&self.estimate.parameters)
    }

    /// For each candidate, where its inner constants are among the parameters.
    pub(super) fn constants_at(&self, dictionary: &Dictionary) -> Vec<std::ops::Range<usize>> {
        dictionary.places(&self.candidates)
    }
}

impl Laboratory<'_> {
    /// What the parameters of candidates are multiplied by to get coefficients and inner constants in the data's units.
    pub(super) fn units(&self, candidates: &[Candidate]) -> Vec<f64> {
        let owners = self.dictionary.owners(candidates);
        let constants = owners.flat_map(|candidate| self.dictionary.constant_units(candidate.term));
        candidates.iter().map(|&candidate| self.factor(candidate)).chain(constants).collect()
    }

    /// The numbers of a fit in the data's units, from the covariance of its parameters, `[P, P]`.
    pub(super) fn numbers(&self, fit: &Fit, covariance: &[f64]) -> Numbers {
        let units = self.units(&fit.candidates);
        let p = units.len();
        Numbers {
            theta: fit.parameters().iter().zip(&units).map(|(theta, unit)| theta * unit).collect(),
            covariance: (0..p * p).map(|index| covariance[index] * units[index / p] * units[index % p]).collect(),
            equation: fit.candidates.iter().map(|candidate| candidate.state).collect(),
            term: fit.candidates.iter().map(|candidate| candidate.term).collect(),
            constant: self
                .constants(&fit.candidates)
                .map(|(candidate, place)| (self.dictionary.families[candidate.term], place))
                .collect(),
            tuning: *self.tuning,
        }
    }

    /// The inner constants of candidates in the order of the parameters: whose each is, and its place there.
    fn constants<'c>(&'c self, candidates: &'c [Candidate]) -> impl Iterator<Item = (Candidate, usize)> + 'c {
        let places = |candidate: Candidate| {
            let count = self.dictionary.library.terms()[candidate.term].constants().len();
            (0..count).map(move |place| (candidate, place))
        };
        self.dictionary.owners(candidates).flat_map(places)
    }

    /// Inner constants from which the fit of candidates starts.
    pub(super) fn first_constants(&self, candidates: &[Candidate]) -> Vec<f64> {
        let owners = self.dictionary.owners(candidates);
        owners.flat_map(|candidate| self.dictionary.first_constants(candidate.term)).collect()
    }

    /// From the scaled coefficient of a candidate to that in the data's units.
    pub(super) fn factor(&self, candidate: Candidate) -> f64 {
        let (scaling, norm) = (&self.start.scaling, self.dictionary.norms[candidate.term]);
        scaling.state[candidate.state] / (scaling.time * norm)
    }

    /// Coefficients that a model may have.
    pub(super) fn candidates(&self) -> usize {
        let (rules, terms) = (&self.dictionary.rules, self.dictionary.len());
        let is_candidate = |candidate: Candidate| rules.allows(candidate) && rules.leads(candidate);
        let of_state = |state: usize| (0..terms).filter(|&term| is_candidate(Candidate { state, term })).count();
        (0..self.dims()).filter(|&d| self.is_searched(d)).map(of_state).sum()
    }

    /// Observed values of all states.
    pub(super) fn observations(&self) -> f64 {
        (0..self.start.measured).map(|d| self.start.observations(d)).sum()
    }

    pub(super) fn dims(&self) -> usize {
        self.start.noise.len()
    }

    pub(super) fn dynamics(&self, candidates: &[Candidate]) -> SparseDynamics {
        SparseDynamics::new(self.dictionary, self.start, candidates)
    }

    /// Rates along given states, scaled, `[sum of N, D]`.
    pub(super) fn rates(&self, candidates: &[Candidate], parameters: &[f64], states: &[f64]) -> Vec<f64> {
        self.rates_of(&self.dynamics(candidates), parameters, states)
    }

    fn rates_of(&self, dynamics: &SparseDynamics, parameters: &[f64], states: &[f64]) -> Vec<f64> {
        let dims = self.dims();
        let mut rates = vec![0.0; states.len()];
        let mut points = states.chunks_exact(dims).zip(rates.chunks_exact_mut(dims));
        for (index, segment) in self.start.segments.iter().enumerate() {
            let own = dynamics.of_segment(index).unwrap_or(dynamics);
            for (&time, (x, rate)) in segment.times.iter().zip(&mut points) {
                own.rate(time, x, parameters, rate);
            }
        }
        rates
    }

    fn with_problem<T>(
        &self,
        candidates: &[Candidate],
        map: &AffineMap,
        noise: &[f64],
        level: f64,
        work: impl FnOnce(&SmootherProblem<'_>) -> T,
    ) -> T {
        let inner = self.dynamics(candidates);
        let constrained = Constrained::new(&inner, map, self.start.segments.len());
        let dynamics: &dyn Dynamics = if map.is_identity() { &inner } else { &constrained };
        let unit = |(noise, spread): (&f64, &f64)| noise.max(MODEL_ERROR_FLOOR * spread);
        let model_error: Vec<f64> = noise.iter().zip(&self.start.spread).map(unit).map(|unit| level * unit).collect();
        work(&SmootherProblem {
            dynamics,
            segments: &self.start.segments,
            noise,
            model_error: &model_error,
            reference_step: self.start.typical_step,
            prior_precision: &vec![PRIOR_PRECISION; map.free()],
        })
    }

    /// A fit that starts from the given states and coefficients and passes the levels of model error in turn.
    pub(super) fn fit(
        &self,
        candidates: Vec<Candidate>,
        start: Estimate,
        noise: &[f64],
        levels: &[f64],
        method: GaussNewton,
    ) -> Result<Fit, SmootherError> {
        let map = AffineMap::identity(start.parameters.len());
        self.fit_constrained(candidates, map, start, noise, levels, method)
    }

    /// The same, for coefficients that are not all free; the parameters of `start` are the free ones.
    pub(super) fn fit_constrained(
        &self,
        candidates: Vec<Candidate>,
        map: AffineMap,
        start: Estimate,
        noise: &[f64],
        levels: &[f64],
        method: GaussNewton,
    ) -> Result<Fit, SmootherError> {
        let mut estimate = start;
        let (mut objective, mut iterations) = (Objective::default(), 0);
        for &level in levels {
            let report =
                self.with_problem(&candidates, &map, noise, level, |problem| method.minimize(problem, &mut estimate))?;
            objective = report.objective;
            iterations += report.iterations;
        }
        let mut fit =
            Fit { candidates, map, estimate, noise: noise.to_vec(), objective, criterion: f64::INFINITY, iterations };
        fit.criterion = self.deviance(&fit) + self.price(&fit);
        Ok(fit)
    }

    /// Candidates that contribute less to their rate than the discretisation is exact to: they describe its error, not the
    /// data.
    pub(super) fn negligible(&self, fit: &Fit) -> Vec<usize> {
        let contributions = self.contributions(fit);
        let largest = |state: usize| {
            let own = fit.candidates.iter().zip(&contributions).filter(move |(other, _)| other.state == state);
            own.map(|(_, size)| *size).fold(0.0, f64::max)
        };
        let is_negligible = |j: &usize| contributions[*j] < NOISE_FLOOR * largest(fit.candidates[*j].state);
        (0..contributions.len()).filter(is_negligible).collect()
    }

    /// Root mean square along the states of what each candidate adds to its rate, scaled, `[P]`.
    fn contributions(&self, fit: &Fit) -> Vec<f64> {
        let dims = self.dims();
        let (parameters, places) = (fit.parameters(), fit.constants_at(self.dictionary));
        let contribution = |j: usize, candidate: Candidate| {
            let own: Vec<f64> =
                std::iter::once(parameters[j]).chain(parameters[places[j].clone()].iter().copied()).collect();
            let dynamics = SparseDynamics::of_candidates(self.dictionary, self.start, &[candidate]);
            let rates = self.rates_of(&dynamics, &own, &fit.estimate.states);
            let squares = rates.iter().skip(candidate.state).step_by(dims).map(|rate| rate.powi(2)).sum::<f64>();
            (squares * dims as f64 / fit.estimate.states.len() as f64).sqrt()
        };
        fit.candidates.iter().enumerate().map(|(j, &candidate)| contribution(j, candidate)).collect()
    }

    /// The fit continued at one level.
    pub(super) fn improve(&self, fit: &Fit, level: f64, method: GaussNewton) -> Result<Fit, SmootherError> {
        let (candidates, map, estimate) = (fit.candidates.clone(), fit.map.clone(), fit.estimate.clone());
        self.fit_constrained(candidates, map, estimate, &fit.noise, &[level], method)
    }

    pub(super) fn price_of(&self, candidate: Candidate) -> f64 {
        let term = &self.dictionary.library.terms()[candidate.term];
        let (observations, rank) = (self.start.observations(candidate.state), self.dictionary.ranks[candidate.term]);
        self.tuning.price_of_a_term(observations, rank, term.constants().len())
    }

    /// What the structure costs, and how implausible its signs are. Infinite if a state has less than two observations for
    /// each number: what goes through all points explains none.
    pub(super) fn price(&self, fit: &Fit) -> f64 {
        if (0..self.start.measured).any(|d| 2 * self.numbers_of(fit, d) > self.start.count(d)) {
            return f64::INFINITY;
        }
        let (parameters, rules) = (fit.parameters(), &self.dictionary.rules);
        if fit.candidates.iter().zip(&parameters).any(|(&candidate, &theta)| !rules.agrees(candidate, theta)) {
            return f64::INFINITY;
        }
        let terms = fit.candidates.iter().zip(&parameters).map(|(&candidate, &theta)| {
            let Candidate { state, term } = candidate;
            let survives = self.dictionary.survives[term * self.dims() + state];
            let drives_below_zero = theta < 0.0 && survives && self.start.is_positive(state);
            self.price_of(candidate) + if drives_below_zero { self.tuning.implausible } else { 0.0 }
        });
        terms.sum::<f64>() - self.price_of_shared(&fit.candidates)
    }

    /// What the inner constants cost less because some are those of another candidate.
    fn price_of_shared(&self, candidates: &[Candidate]) -> f64 {
        let price = |candidate: &Candidate| {
            let constants = self.dictionary.library.terms()[candidate.term].constants().len();
            constants as f64 * self.tuning.price_of_a_number(self.start.observations(candidate.state))
        };
        if !candidates.iter().any(|candidate| self.dictionary.rules.is_shared(candidate.term)) {
            return 0.0;
        }
        candidates.iter().map(price).sum::<f64>() - self.dictionary.owners(candidates).map(|c| price(&c)).sum::<f64>()
    }

    /// Minus twice the log-likelihood, the noise of every state at its best, `Σ_d n_d ln(J_d / n_d)`, or where it is known,
    /// `Σ_d J_d / σ_d² + n_d ln σ_d²`.
    pub(super) fn deviance(&self, fit: &Fit) -> f64 {
        let squares = self.residual_squares(&fit.estimate);
        let model_part = fit.objective.dynamics / self.start.measured as f64;
        let squares = |d: usize| squares[d] + model_part * fit.noise[d].powi(2);
        (0..self.start.measured).map(|d| self.deviance_of(d, squares(d), self.start.observations(d))).sum()
    }

    /// The part of state d, for a sum of squares of `observed` observations in the scaled unit.
    pub(super) fn deviance_of(&self, d: usize, squares: f64, observed: f64) -> f64 {
        if let Some(noise) = self.start.known_noise(d) {
            return squares / noise.powi(2) + observed * noise.powi(2).ln();
        }
        observed * (squares / observed + (NOISE_FLOOR * self.start.spread[d]).powi(2)).ln()
    }

    /// The deviance for an objective in units of the noise, up to a constant: `n ln(J / n + floor)`, or J where the noise is
    /// known.
    pub(super) fn deviance_of_objective(&self, objective: f64, observations: f64, floor: f64) -> f64 {
        match self.start.known_noise(0) {
            Some(_) => objective,
            None => observations * (objective / observations + floor).ln(),
        }
    }

    /// What the objective, in units of the noise, must be compared with: `ln(J / n + floor)`.
    pub(super) fn relative_floor(&self, noise: &[f64]) -> f64 {
        let ratios = noise.iter().zip(&self.start.spread).map(|(noise, spread)| (NOISE_FLOOR * spread / noise).powi(2));
        ratios.sum::<f64>() / noise.len() as f64
    }

    /// Sums of squared residuals in units of the relative noise, `[D]`.
    fn residual_squares(&self, estimate: &Estimate) -> Vec<f64> {
        let dims = self.dims();
        let mut squares = vec![0.0; dims];
        let mut offset = 0;
        for segment in &self.start.segments {
            let states = &estimate.states[offset..][..segment.observations.len()];
            for (index, (x, y)) in states.iter().zip(&segment.observations).enumerate() {
                if !y.is_nan() {
                    let relative = segment.relative_noise.get(index).copied().unwrap_or(1.0);
                    squares[index % dims] += ((x - y) / relative).powi(2);
                }
            }
            offset += segment.observations.len();
        }
        squares
    }

    /// Root mean square of the residuals, corrected for the coefficients and initial values spent on them, `[D]`.
    pub(super) fn residual_noise(&self, fit: &Fit) -> Vec<f64> {
        let squares = self.residual_squares(&fit.estimate);
        let mut noise: Vec<f64> = (0..self.dims())
            .map(|d| {
                let observed = self.start.observations(d);
                let spent = self.numbers_of(fit, d) as f64;
                (squares[d] / (observed - spent).max(0.25 * observed)).sqrt()
            })
            .collect();
        self.start.complete_noise(&mut noise);
        noise
    }

    /// Numbers that are estimated from the observations of a measured state: coefficients and inner constants of its equation,
    /// an initial value of each trajectory, and an initial velocity.
    fn numbers_of(&self, fit: &Fit, d: usize) -> usize {
        let own = fit.candidates.iter().filter(|candidate| self.start.position(candidate.state) == d);
        let constants = |candidate: &Candidate| self.dictionary.library.terms()[candidate.term].constants().len();
        let initial = self.start.segments.len() * self.dims() / self.start.measured;
        own.map(|candidate| 1 + constants(candidate)).sum::<usize>() + initial
    }

    /// The same, but not below what the discretisation can tell.
    pub(super) fn noise_from_residuals(&self, fit: &Fit) -> Vec<f64> {
        self.floored(&self.residual_noise(fit))
    }

    pub(super) fn floored(&self, noise: &[f64]) -> Vec<f64> {
        noise.iter().zip(&self.start.spread).map(|(noise, spread)| noise.max(NOISE_FLOOR * spread)).collect()
    }

    /// What the criterion falls by if pairs of coefficients are one number, see [`saved_by_pairs`]; 0 where the uncertainty
    /// cannot be found.
    pub(super) fn saving(&self, fit: &Fit, level: f64) -> f64 {
        let Ok(marginals) = self.marginals(fit, level) else { return 0.0 };
        let of_constants = self.constants(&fit.candidates).map(|(candidate, _)| candidate);
        let price: Vec<f64> = fit
            .candidates
            .iter()
            .copied()
            .chain(of_constants)
            .map(|candidate| self.tuning.price_of_a_number(self.start.observations(candidate.state)))
            .collect();
        self.tuning.relations * saved_by_pairs(&self.numbers(fit, &marginals.parameters), &price)
    }

    pub(super) fn marginals(&self, fit: &Fit, level: f64) -> Result<Marginals, SmootherError> {
        self.with_problem(&fit.candidates, &fit.map, &fit.noise, level, |problem| {
            GaussNewton::marginals(problem, &fit.estimate)
        })
    }

    /// What each of the `others` would do to the fit, to second order, with the fit's own inner constants at their best:
    /// the quadratic in the coefficients of the fit's candidates, then of the others.
    pub(super) fn quadratic(&self, fit: &Fit, others: &[Candidate], level: f64) -> Result<Quadratic, SmootherError> {
        let own = fit.candidates.len();
        let all = [&fit.candidates[..], others].concat();
        let mut parameters = fit.estimate.parameters[..own].to_vec();
        parameters.resize(all.len(), 0.0);
        parameters.extend(&fit.estimate.parameters[own..]);
        let constants = all.len()..parameters.len();
        // Of shared functions the fit has the constants already.
        let first = self.first_constants(&all);
        parameters.extend(&first[self.first_constants(&fit.candidates).len()..]);
        let estimate = Estimate { states: fit.estimate.states.clone(), parameters };
        let map = AffineMap::identity(estimate.parameters.len());
        let profile =
            self.with_problem(&all, &map, &fit.noise, level, |problem| GaussNewton::profile(problem, &estimate))?;
        Ok(Quadratic::about(&estimate.parameters, profile, all.len(), constants, fit.objective.total()))
    }
}
