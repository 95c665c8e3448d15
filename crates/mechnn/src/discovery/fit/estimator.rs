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

#[cfg(test)]
mod tests {
    use super::{AffineMap, Estimate, Estimator, GaussNewton};
    use crate::discovery::structure::Guess;
    use crate::discovery::test_problem::{TestProblem, options, simulated, times};

    const PATIENT: GaussNewton = GaussNewton { max_iterations: 40, tolerance: 1e-12, corrects: true };

    /// x' = y, y' = -2 x - 0.3 y
    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    #[test]
    fn numbers_of_a_linear_system_come_back_from_clean_data() {
        let test = TestProblem::swing(1, 0.0);
        let numbers = test.numbers(&test.fit(&TRUE));
        for (found, expected) in numbers.iter().zip([1.0, -2.0, -0.3]) {
            // The error of a Hermite-Simpson step of 0.1 is (ω h)⁴ / 720, with ω² = 2 about 6e-7 of a rate.
            assert!((found - expected).abs() < 2e-6, "{numbers:?}");
        }
    }

    #[test]
    fn inner_constants_come_back_with_the_coefficients() {
        let data = simulated(&[("x", "-2*x/(0.5 + x)")], &[&[3.0]], &times(41, 0.05));
        let test = TestProblem::new(data, &options(1, &["x/(1 + x)"], ""));
        let numbers = test.numbers(&test.fit(&[(0, "x/(1 + x)")]));
        assert!((numbers[0] + 2.0).abs() < 1e-4 && (numbers[1] - 0.5).abs() < 1e-4, "{numbers:?}, expected -2, 0.5");
    }

    #[test]
    fn numbers_are_within_three_of_their_standard_errors() {
        let test = TestProblem::swing(1, 0.05);
        let fit = test.fit(&TRUE);
        let covariance =
            Estimator::new(test.problem()).marginals(&fit, test.tuning.tight).expect("marginals").parameters;
        let units = test.problem().units(&fit.structure);
        for (j, (found, expected)) in test.numbers(&fit).into_iter().zip([1.0, -2.0, -0.3]).enumerate() {
            let error = covariance[j * 3 + j].sqrt() * units[j].abs();
            // One in 120 sets of three numbers would be farther; the seed is one of the others.
            assert!((found - expected).abs() < 3.0 * error, "number {j}: {found} ± {error}, expected {expected}");
            assert!(error < 0.1 * expected.abs(), "number {j}: {error} says nothing");
        }
    }

    #[test]
    fn numbers_that_are_not_free_keep_their_relation() {
        let test = TestProblem::swing(1, 0.02);
        let fit = test.fit(&TRUE);
        // In the data's units the second is minus twice the first.
        let units = test.problem().units(&fit.structure);
        let mut map = AffineMap::identity(3);
        assert!(map.constrain(&[(0, 2.0), (1, 1.0)], 0.0));
        let map = map.in_units(&units);
        let start = Estimate { states: fit.estimate.states.clone(), parameters: map.closest(&fit.parameters()) };
        let levels = [test.tuning.tight];
        let constrained = Estimator::new(test.problem())
            .fit_constrained(fit.structure.clone(), map, start, &fit.noise, &levels, GaussNewton::default())
            .expect("a fit");
        let numbers = test.numbers(&constrained);
        assert!((numbers[1] + 2.0 * numbers[0]).abs() < 1e-12, "{numbers:?}");
        assert!(constrained.objective.total() >= fit.objective.total(), "with less freedom nothing fits better");
    }

    #[test]
    fn the_quadratic_says_what_the_objective_is_without_a_term_and_with_another() {
        let test = TestProblem::swing(2, 0.02);
        let (estimator, level) = (Estimator::new(test.problem()), test.tuning.tight);
        // With a term that is only noise, so that leaving it out changes little, and then quadratics are exact.
        let with = [&TRUE[..], &[(1, "x*y")]].concat();
        let settled = |terms: &[(usize, &str)]| {
            let fit = estimator.improve(&test.fit(terms), level, PATIENT);
            fit.expect("a fit")
        };
        let (larger, smaller) = (settled(&with), settled(&TRUE));
        let rise = smaller.objective.total() - larger.objective.total();
        assert!(rise > 0.0);
        let objective = |fit, others: &[_], members: &[usize]| {
            let quadratic = estimator.quadratic(fit, others, level).expect("a profile");
            // Of no subset smaller than this one is better than infinitely bad: the score is its objective.
            let size = members.len();
            let score = |objective: f64, own: &[usize]| if own.len() == size { objective } else { f64::INFINITY };
            quadratic.eliminated(members, score).score
        };
        // x*y is the second of the terms of y', and the last where it is not one of the fit.
        let position = larger.structure.candidates().iter().position(|own| *own == test.candidate(1, "x*y"));
        assert_eq!(position, Some(3));
        let found = objective(&larger, &[], &[0, 1, 2]) - larger.objective.total();
        // To second order: what is left is of third order in a change of about one standard error.
        assert!((found / rise - 1.0).abs() < 0.05, "dropped: {found}, expected {rise}");
        let found = smaller.objective.total() - objective(&smaller, &[test.candidate(1, "x*y")], &[0, 1, 2, 3]);
        assert!((found / rise - 1.0).abs() < 0.05, "added: {found}, expected {rise}");
        // At the fit itself it is the fit's.
        let same = objective(&smaller, &[], &[0, 1, 2]);
        assert!((same / smaller.objective.total() - 1.0).abs() < 1e-6, "{same}");
    }

    #[test]
    fn contributions_are_root_mean_squares_of_coefficient_times_term() {
        let test = TestProblem::swing(1, 0.0);
        let fit = test.fit(&TRUE);
        let scaling = &test.data.scaling;
        let mean_square = |d: usize| {
            let states = fit.estimate.states.iter().skip(d).step_by(2);
            states.map(|x| (x * scaling.state[d]).powi(2)).sum::<f64>() / 81.0
        };
        let numbers = test.numbers(&fit);
        let expected = [(0, mean_square(1)), (1, mean_square(0)), (1, mean_square(1))];
        let found = Estimator::new(test.problem()).contributions(&fit);
        for (j, (state, mean_square)) in expected.into_iter().enumerate() {
            let found = found[j] * scaling.state[state] / scaling.time;
            let expected = numbers[j].abs() * mean_square.sqrt();
            assert!((found / expected - 1.0).abs() < 1e-12, "term {j}: {found}, expected {expected} up to rounding");
        }
    }

    #[test]
    fn what_is_known_of_a_rate_is_no_contribution_of_its_terms() {
        let data = simulated(&[("x", "1 - 0.5*x")], &[&[0.2]], &times(41, 0.2));
        let test = TestProblem::new(data, &options(1, &[], "known = { x = \"1\" }"));
        let fit = test.fit(&[(0, "x")]);
        let estimator = Estimator::new(test.problem());
        let rates = estimator.rates(&fit.structure, &fit.parameters(), &fit.estimate.states);
        let (scale, time) = (test.data.scaling.state[0], test.data.scaling.time);
        for (rate, x) in rates.iter().zip(&fit.estimate.states) {
            let (found, expected) = (rate * scale / time, 1.0 - 0.5 * x * scale);
            assert!((found - expected).abs() < 1e-5, "{found}, expected {expected}: the error of the coefficient");
        }
        let squares: f64 = fit.estimate.states.iter().map(|x| (0.5 * x * scale).powi(2)).sum();
        let expected = (squares / 41.0).sqrt();
        let found = estimator.contributions(&fit)[0] * scale / time;
        assert!((found / expected - 1.0).abs() < 1e-4, "{found}, expected {expected}: the error of the coefficient");
    }

    #[test]
    fn a_structure_without_terms_is_fitted_too() {
        let test = TestProblem::swing(1, 0.02);
        let estimator = Estimator::new(test.problem());
        let states = test.data.states.clone();
        let fit = estimator.fit(Guess::default(), states, &test.data.noise, &[0.1], GaussNewton::default());
        let fit = fit.expect("a fit");
        assert!(fit.structure.is_empty() && fit.criterion.is_finite() && fit.parameters().is_empty());
    }
}
