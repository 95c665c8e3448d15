//! States and numbers of a structure at their best.

use mechnn_solver::smoother::{Dynamics, Estimate, GaussNewton, Marginals, Objective, SmootherError, SmootherProblem};

use super::affine_map::AffineMap;
use super::constrained::Constrained;
use super::criterion::Criterion;
use super::dynamics::SparseDynamics;
use super::fitted::Fit;
use crate::discovery::candidates::Candidate;
use crate::discovery::regression::Quadratic;
use crate::discovery::structure::{Guess, Problem, Structure};

/// Relative to a state's spread: the least noise in units of which the model error is stated. Below it rounding would
/// break the normal equations.
const MODEL_ERROR_FLOOR: f64 = 1e-4;

/// Precision of the prior of every scaled coefficient: only keeps directions that the data leave open from drifting.
const PRIOR_PRECISION: f64 = 1e-6;

/// Fits structures to the data.
///
/// Levels are standard deviations of the model error accumulated over a typical step, in units of the noise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Estimator<'a> {
    problem: Problem<'a>,
}

impl<'a> Estimator<'a> {
    pub(crate) fn new(problem: Problem<'a>) -> Self {
        Self { problem }
    }

    /// A fit that starts from the given numbers and states, `[sum of N, D]`, and passes the levels of model error in
    /// turn.
    ///
    /// # Errors
    /// [`SmootherError`] if the fit fails at one of the levels.
    pub(crate) fn fit(
        &self,
        guess: Guess,
        states: Vec<f64>,
        noise: &[f64],
        levels: &[f64],
        method: GaussNewton,
    ) -> Result<Fit, SmootherError> {
        let Guess { structure, parameters } = guess;
        let map = AffineMap::identity(parameters.len());
        self.fit_constrained(structure, map, Estimate { states, parameters }, noise, levels, method)
    }

    /// The same, for numbers that are not all free; the parameters of `start` are the free ones.
    ///
    /// # Errors
    /// As [`Estimator::fit`].
    pub(crate) fn fit_constrained(
        &self,
        structure: Structure,
        map: AffineMap,
        start: Estimate,
        noise: &[f64],
        levels: &[f64],
        method: GaussNewton,
    ) -> Result<Fit, SmootherError> {
        let mut estimate = start;
        let (mut objective, mut iterations) = (Objective::default(), 0);
        for &level in levels {
            let minimize = |problem: &SmootherProblem<'_>| method.minimize(problem, &mut estimate);
            let report = self.with_problem(&structure, &map, noise, level, minimize)?;
            objective = report.objective;
            iterations += report.iterations;
        }
        let noise = noise.to_vec();
        let mut fit = Fit { structure, map, estimate, noise, objective, criterion: f64::INFINITY, iterations };
        fit.criterion = Criterion::new(self.problem).of(&fit);
        Ok(fit)
    }

    /// The fit continued at one level.
    ///
    /// # Errors
    /// As [`Estimator::fit`].
    pub(crate) fn improve(&self, fit: &Fit, level: f64, method: GaussNewton) -> Result<Fit, SmootherError> {
        self.improve_with_noise(fit, &fit.noise, level, method)
    }

    /// The fit continued at one level, for other noise, `[D]`.
    ///
    /// # Errors
    /// As [`Estimator::fit`].
    pub(crate) fn improve_with_noise(
        &self,
        fit: &Fit,
        noise: &[f64],
        level: f64,
        method: GaussNewton,
    ) -> Result<Fit, SmootherError> {
        let (structure, map, estimate) = (fit.structure.clone(), fit.map.clone(), fit.estimate.clone());
        self.fit_constrained(structure, map, estimate, noise, &[level], method)
    }

    /// Uncertainty of states and free parameters.
    ///
    /// # Errors
    /// [`SmootherError`] if the data do not tell the states' directions apart.
    pub(crate) fn marginals(&self, fit: &Fit, level: f64) -> Result<Marginals, SmootherError> {
        self.with_problem(&fit.structure, &fit.map, &fit.noise, level, |problem| {
            GaussNewton::marginals(problem, &fit.estimate)
        })
    }

    /// What each of the `others` would do to the fit, to second order, with the fit's own inner constants at their
    /// best: the quadratic in the coefficients of the fit's candidates, then of the others.
    ///
    /// # Errors
    /// [`SmootherError`] if the data do not tell the states' directions apart.
    pub(crate) fn quadratic(&self, fit: &Fit, others: &[Candidate], level: f64) -> Result<Quadratic, SmootherError> {
        let own = fit.structure.terms();
        let all = self.problem.structure([fit.structure.candidates(), others].concat());
        let mut parameters = fit.estimate.parameters[..own].to_vec();
        parameters.resize(all.terms(), 0.0);
        parameters.extend(&fit.estimate.parameters[own..]);
        let constants = all.terms()..parameters.len();
        // Of shared functions the fit has the constants already.
        let first = self.problem.first_constants(&all);
        parameters.extend(&first[constants.len()..]);
        let estimate = Estimate { states: fit.estimate.states.clone(), parameters };
        let map = AffineMap::identity(estimate.parameters.len());
        let profile =
            self.with_problem(&all, &map, &fit.noise, level, |problem| GaussNewton::profile(problem, &estimate))?;
        Ok(Quadratic::about(&estimate.parameters, profile, all.terms(), constants, fit.objective.total()))
    }

    /// Rates of a structure along given states, scaled, `[sum of N, D]`.
    pub(crate) fn rates(&self, structure: &Structure, parameters: &[f64], states: &[f64]) -> Vec<f64> {
        self.rates_of(&SparseDynamics::new(&self.problem, structure), parameters, states)
    }

    /// Root mean square along the states of what each candidate adds to its rate, scaled, `[P]`.
    pub(crate) fn contributions(&self, fit: &Fit) -> Vec<f64> {
        let dims = self.problem.dims();
        let parameters = fit.parameters();
        let contribution = |(j, candidate): (usize, &Candidate)| {
            let constants = parameters[fit.structure.constants(j)].iter().copied();
            let own: Vec<f64> = std::iter::once(parameters[j]).chain(constants).collect();
            let alone = self.problem.structure(vec![*candidate]);
            let dynamics = SparseDynamics::of_terms_alone(&self.problem, &alone);
            let rates = self.rates_of(&dynamics, &own, &fit.estimate.states);
            let squares = rates.iter().skip(candidate.state).step_by(dims).map(|rate| rate.powi(2)).sum::<f64>();
            (squares * dims as f64 / fit.estimate.states.len() as f64).sqrt()
        };
        fit.structure.candidates().iter().enumerate().map(contribution).collect()
    }

    fn rates_of(&self, dynamics: &SparseDynamics, parameters: &[f64], states: &[f64]) -> Vec<f64> {
        let dims = self.problem.dims();
        let mut rates = vec![0.0; states.len()];
        let mut points = states.chunks_exact(dims).zip(rates.chunks_exact_mut(dims));
        for (index, segment) in self.problem.data.segments.iter().enumerate() {
            let own = dynamics.of_segment(index).unwrap_or(dynamics);
            for (&time, (x, rate)) in segment.times.iter().zip(&mut points) {
                own.rate(time, x, parameters, rate);
            }
        }
        rates
    }

    fn with_problem<T>(
        &self,
        structure: &Structure,
        map: &AffineMap,
        noise: &[f64],
        level: f64,
        work: impl FnOnce(&SmootherProblem<'_>) -> T,
    ) -> T {
        let data = self.problem.data;
        let inner = SparseDynamics::new(&self.problem, structure);
        let constrained = Constrained::new(&inner, map, data.segments.len());
        let dynamics: &dyn Dynamics = if map.is_identity() { &inner } else { &constrained };
        let unit = |(noise, spread): (&f64, &f64)| noise.max(MODEL_ERROR_FLOOR * spread);
        let model_error: Vec<f64> = noise.iter().zip(&data.spread).map(unit).map(|unit| level * unit).collect();
        work(&SmootherProblem {
            dynamics,
            segments: &data.segments,
            noise,
            model_error: &model_error,
            reference_step: data.typical_step,
            prior_precision: &vec![PRIOR_PRECISION; map.free()],
        })
    }
}
