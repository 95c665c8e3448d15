//! What a structure is worth: how well it explains the data, and what it costs.

use super::fitted::Fit;
use super::residual_noise::{NOISE_FLOOR, numbers_of, residual_squares};
use crate::discovery::candidates::Candidate;
use crate::discovery::structure::{Problem, Structure};

/// The least noise of a state, as a part of what its smoothness alone leaves, while another state is explained no
/// better than by its own smoothness.
const LEAST_PART: f64 = 0.2;

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
        let observed: Vec<f64> = (0..measured).map(|d| data.observations(d)).collect();
        let squares: Vec<f64> = (0..measured).map(|d| squares[d] + model_part * fit.noise[d].powi(2)).collect();
        let floor = self.floors(&squares, &observed);
        (0..measured).map(|d| self.deviance_above(d, squares[d], observed[d], floor[d])).sum()
    }

    /// The least noise of each measured state that counts: where another state is explained no better than by its own
    /// smoothness, this one is explained far better than by its own only because the other was given up. Its noise
    /// then is an input that makes this one fit, and the likelihood, which is a product over the states, would have no
    /// bound.
    fn floors(&self, squares: &[f64], observed: &[f64]) -> Vec<f64> {
        let data = self.problem.data;
        let noise = squares.iter().zip(observed).map(|(squares, observed)| (squares / observed).sqrt());
        let of_smoothness = noise.zip(&data.noise).map(|(noise, smoothed)| noise / smoothed);
        let worst = of_smoothness.filter(|ratio| !ratio.is_nan()).fold(0.0, f64::max).min(1.0);
        let floor = |(smoothed, spread): (&f64, &f64)| (LEAST_PART * worst * smoothed).max(NOISE_FLOOR * spread);
        data.noise.iter().zip(&data.spread).map(floor).take(squares.len()).collect()
    }

    /// The part of state d, for a sum of squares of `observed` observations in the scaled unit.
    pub(crate) fn deviance_of(&self, d: usize, squares: f64, observed: f64) -> f64 {
        self.deviance_above(d, squares, observed, NOISE_FLOOR * self.problem.data.spread[d])
    }

    fn deviance_above(&self, d: usize, squares: f64, observed: f64, floor: f64) -> f64 {
        if let Some(noise) = self.problem.data.known_noise(d) {
            return squares / noise.powi(2) + observed * noise.powi(2).ln();
        }
        observed * (squares / observed + floor.powi(2)).ln()
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
    /// observations for each number, since what goes through all points explains none; and if a term has a pole, or is
    /// undefined, where the states are or may come in a simulation.
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
        let is_regular = |(j, candidate): (usize, &Candidate)| {
            space.dictionary.is_regular(candidate.term, &parameters[fit.structure.constants(j)])
        };
        if !fit.structure.candidates().iter().enumerate().all(is_regular) {
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

#[cfg(test)]
mod tests {
    use mechnn_solver::smoother::{Estimate, Objective};

    use super::super::affine_map::AffineMap;
    use super::{Criterion, Fit};
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{HUNT, TestProblem, options, polynomials, simulated, times};
    use crate::equation::{FunctionFamily, LibrarySpec};

    fn hunt(options: &DiscoveryOptions) -> TestProblem {
        TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), options)
    }

    /// A fit whose states miss every observation by `miss`, scaled, `[D]`, with coefficients of 1.
    fn missing_by(test: &TestProblem, terms: &[(usize, &str)], miss: &[f64]) -> Fit {
        let observations = test.data.segments.iter().flat_map(|segment| segment.observations.iter().copied());
        let missed = observations.enumerate().map(|(index, y)| {
            let smoothed = test.data.states[index];
            if y.is_nan() { smoothed } else { y + miss[index % miss.len()] }
        });
        let states = missed.collect();
        let guess = test.guess(terms);
        let mut parameters = guess.parameters;
        parameters[..terms.len()].fill(1.0);
        Fit {
            map: AffineMap::identity(parameters.len()),
            structure: guess.structure,
            estimate: Estimate { states, parameters },
            noise: vec![0.1; test.data.dims()],
            objective: Objective::default(),
            criterion: f64::NAN,
            iterations: 0,
        }
    }

    #[test]
    fn it_is_the_deviance_and_what_the_terms_cost() {
        // n = 41 observations of each of two states, residuals 0.1 and 0.2: Σ n ln(e² + (1e-5 spread)²). Two terms of
        // rank 3, one of rank 6: ln n + 2 ln rank each.
        let mut test = hunt(&polynomials(2));
        // Nothing is known of how smooth the states are.
        test.data.noise.fill(0.0);
        let (criterion, miss) = (Criterion::new(test.problem()), [0.1, 0.2]);
        let fit = missing_by(&test, &[(0, "x"), (0, "x*y"), (1, "y")], &miss);
        let floor = |d: usize| (1e-5 * test.data.spread[d]).powi(2);
        let deviance = 41.0 * ((0.01 + floor(0)).ln() + (0.04 + floor(1)).ln());
        let penalty = 3.0 * 41f64.ln() + 2.0 * (3f64.ln() + 6f64.ln() + 3f64.ln());
        let (found, alone) = (criterion.of(&fit), criterion.deviance(&fit));
        assert!((alone - deviance).abs() < 1e-10, "deviance {alone}, expected {deviance} up to rounding");
        assert!((found - deviance - penalty).abs() < 1e-10, "{found}, expected {} up to rounding", deviance + penalty);
    }

    #[test]
    fn a_part_of_the_model_error_counts_as_a_residual_of_every_state() {
        let mut test = hunt(&polynomials(1));
        test.data.noise.fill(0.0);
        let criterion = Criterion::new(test.problem());
        let mut fit = missing_by(&test, &[], &[0.1, 0.2]);
        // Half of 6 in units of the noise, 0.1: 0.03 more than n e² in each.
        fit.objective.dynamics = 6.0;
        let floor = |d: usize| (1e-5 * test.data.spread[d]).powi(2);
        let of_state = |d: usize, squares: f64| 41.0 * ((squares + 0.03) / 41.0 + floor(d)).ln();
        let expected = of_state(0, 41.0 * 0.01) + of_state(1, 41.0 * 0.04);
        let found = criterion.deviance(&fit);
        assert!((found - expected).abs() < 1e-10, "{found}, expected {expected} up to rounding");
    }

    #[test]
    fn what_makes_one_state_fit_at_the_cost_of_another_is_worth_no_more_than_smoothness_says() {
        let mut test = hunt(&polynomials(1));
        test.data.noise.fill(0.1);
        let criterion = Criterion::new(test.problem());
        let deviance = |miss: [f64; 2]| criterion.deviance(&missing_by(&test, &[], &miss));
        // y is given up, and its noise makes x fit as exactly as one likes: that is worth a fifth of 0.1, and no more.
        assert!((deviance([1e-4, 1.0]) - deviance([1e-6, 1.0])).abs() < 0.01);
        assert!(deviance([1e-6, 1.0]) > deviance([0.1, 0.1]));
        // Where both are explained better than by smoothness, as sparse clean data are, there is no such bound.
        assert!(deviance([1e-4, 1e-4]) < deviance([1e-3, 1e-3]) - 100.0);
    }

    #[test]
    fn with_known_noise_squares_count_in_its_unit() {
        let test = hunt(&DiscoveryOptions { noise_std: Some(vec![0.3, 0.5]), ..polynomials(1) });
        let fit = missing_by(&test, &[], &[0.1, 0.2]);
        let part = |d: usize, square: f64| {
            let variance = ([0.3, 0.5][d] / test.data.scaling.state[d]).powi(2);
            41.0 * (square / variance + variance.ln())
        };
        let (found, expected) = (Criterion::new(test.problem()).deviance(&fit), part(0, 0.01) + part(1, 0.04));
        assert!((found - expected).abs() < 1e-9, "{found}, expected {expected} up to rounding");
    }

    #[test]
    fn what_goes_through_all_points_explains_none() {
        // Eight observations of a state: with an initial value three coefficients are half of that, four more.
        let data = simulated(&[HUNT[0], HUNT[1]], &[&[1.0, 1.0]], &times(8, 1.0));
        let test = TestProblem::new(data, &polynomials(2));
        let three = [(0, "1"), (0, "x"), (0, "y"), (1, "1"), (1, "x"), (1, "y")];
        let value =
            |terms: &[(usize, &str)]| Criterion::new(test.problem()).of(&missing_by(&test, terms, &[0.1, 0.1]));
        assert!(value(&three).is_finite());
        assert_eq!(value(&[&three[..3], &[(0, "x*y")], &three[3..]].concat()), f64::INFINITY);
    }

    #[test]
    fn coefficients_of_the_wrong_sign_are_impossible() {
        let test = hunt(&options(2, &[], "signs = { x = { \"x*y\" = \"negative\" } }"));
        let mut fit = missing_by(&test, &[(0, "x*y")], &[0.1, 0.1]);
        let criterion = Criterion::new(test.problem());
        assert_eq!(criterion.of(&fit), f64::INFINITY);
        fit.estimate.parameters[0] = -1.0;
        assert!(criterion.of(&fit).is_finite());
    }

    #[test]
    fn what_would_drive_a_positive_state_below_zero_is_implausible() {
        let test = hunt(&polynomials(2));
        let criterion = Criterion::new(test.problem());
        let cost_of_sign = |terms: &[(usize, &str)]| {
            let plus = missing_by(&test, terms, &[0.1, 0.1]);
            let mut minus = plus.clone();
            minus.estimate.parameters.fill(-1.0);
            criterion.of(&minus) - criterion.of(&plus)
        };
        // x' = -y takes x where there may be none; x' = -x y takes only what there is.
        let found = [cost_of_sign(&[(0, "y")]), cost_of_sign(&[(0, "x*y")]), cost_of_sign(&[(1, "1"), (1, "x")])];
        for (found, expected) in found.into_iter().zip([6.0, 0.0, 12.0]) {
            assert!((found - expected).abs() < 1e-10, "{found}, expected {expected} up to rounding");
        }
    }

    #[test]
    fn a_shared_constant_costs_one_number() {
        let (function, terms) = ("x/(1 + x)", [(0, "x/(1 + x)"), (1, "x/(1 + x)")]);
        let of = |table: &str| {
            let test = hunt(&options(1, &[function], table));
            let fit = missing_by(&test, &terms, &[0.1, 0.1]);
            Criterion::new(test.problem()).of(&fit)
        };
        let saved = of("") - of("shared = [\"x/(1 + x)\"]");
        assert!((saved - 41f64.ln()).abs() < 1e-10, "{saved}, expected ln 41 up to rounding");
    }

    #[test]
    fn a_subset_with_one_function_twice_in_an_equation_is_none() {
        let library = Some(LibrarySpec::polynomial(1).with_functions(&[FunctionFamily::Rational]));
        let test = hunt(&DiscoveryOptions { library, ..polynomials(1) });
        let families = &test.space.dictionary.families;
        let twice = (1..families.len()).find(|&term| families[term] == families[term - 1]).expect("two starts");
        let candidate = |state, term| super::Candidate { state, term };
        let all = [candidate(0, twice - 1), candidate(0, twice), candidate(1, twice)];
        let criterion = Criterion::new(test.problem());
        let value = criterion.of_subsets(&[0.1, 0.1], &all);
        assert_eq!(value(50.0, &[0, 1]), f64::INFINITY);
        // In two equations it may be.
        let penalties = criterion.penalty_of(all[0]) + criterion.penalty_of(all[2]);
        let difference = value(50.0, &[0, 2]) - value(50.0, &[]);
        assert!((difference - penalties).abs() < 1e-10, "{difference}, expected {penalties} up to rounding");
        // n ln(J / n): twice the objective costs n ln 2 but for the floor, which is 1e-8 of it.
        let doubled = value(100.0, &[]) - value(50.0, &[]);
        assert!((doubled - 82.0 * 2f64.ln()).abs() < 1e-5, "{doubled}, expected 82 ln 2");
    }
}
