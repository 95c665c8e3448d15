//! A fit written in the data's units.

use std::ops::Range;

use ndarray::Array2;

use crate::discovery::candidates::Candidate;
use crate::discovery::fit::Fit;
use crate::discovery::structure::Problem;
use crate::equation::{Equation, FittedTerm, Term, TermError};

/// A term of an equation, and what of the parameters its coefficient is: `offset + Σ weight θ`.
#[derive(Debug, Clone)]
struct WrittenTerm {
    state: usize,
    term: Term,
    /// The number of the term in the dictionary, if it has one.
    number: Option<usize>,
    offset: f64,
    weights: Vec<(usize, f64)>,
    /// Where its inner constants are among the parameters.
    constants: Range<usize>,
}

/// Below this fraction of what it is a sum of, a coefficient is rounding.
const CANCELLED: f64 = 1e-12;

/// The equation of every state in the data's units; with the covariance of the scaled parameters, `[P, P]`, also the
/// standard errors.
///
/// # Errors
/// [`TermError`] if an inner constant is not finite in the data's units.
pub(super) fn equations(
    problem: &Problem<'_>,
    fit: &Fit,
    covariance: Option<&[f64]>,
) -> Result<Vec<Equation>, TermError> {
    let mut equations = vec![Equation::default(); problem.dims()];
    let parameters = fit.parameters();
    let units = problem.units(&fit.structure);
    let p = parameters.len();
    let error = |weights: &[(usize, f64)]| covariance.map_or(f64::NAN, |c| between(weights, weights, c, p).sqrt());
    for own in written_terms(problem, fit) {
        let constants: Vec<f64> = own.constants.clone().map(|index| units[index] * parameters[index]).collect();
        let constant_errors = match covariance {
            Some(_) => own.constants.clone().map(|index| error(&[(index, units[index])])).collect(),
            None => Vec::new(),
        };
        let is_certain = own.weights.is_empty();
        equations[own.state].terms.push(FittedTerm {
            coefficient: own.value(&parameters),
            standard_error: if is_certain { 0.0 } else { error(&own.weights) },
            constant_errors,
            term: if constants.is_empty() { own.term } else { own.term.with_constants(&constants)? },
        });
    }
    Ok(equations)
}

/// The covariance of all numbers of the equations in the data's units, in the order of their terms: the coefficients,
/// then the inner constants. What is known is certain.
pub(super) fn covariance(problem: &Problem<'_>, fit: &Fit, scaled: &[f64]) -> Array2<f64> {
    let units = problem.units(&fit.structure);
    let written = written_terms(problem, fit);
    let constants = written.iter().flat_map(|own| own.constants.clone());
    let numbers: Vec<Vec<(usize, f64)>> = written
        .iter()
        .map(|own| own.weights.clone())
        .chain(constants.map(|index| vec![(index, units[index])]))
        .collect();
    let count = numbers.len();
    Array2::from_shape_fn((count, count), |(i, j)| between(&numbers[i], &numbers[j], scaled, units.len()))
}

/// The terms of all equations, in order of the states: what holds by definition or is known comes first.
fn written_terms(problem: &Problem<'_>, fit: &Fit) -> Vec<WrittenTerm> {
    let Problem { data, space, .. } = *problem;
    let dims = problem.dims();
    let (rules, parameters) = (&space.rules, fit.parameters());
    let units = problem.units(&fit.structure);
    let mut of_state: Vec<Vec<WrittenTerm>> = vec![Vec::new(); dims];
    let certain =
        |state, term, offset| WrittenTerm { state, term, number: None, offset, weights: Vec::new(), constants: 0..0 };
    for (d, own) in of_state.iter_mut().enumerate() {
        if let Some(velocity) = data.roles.velocity(d) {
            let exponents = (0..dims).map(|v| u8::from(v == velocity)).collect();
            own.push(certain(d, Term::Monomial(exponents), 1.0));
        }
    }
    for (state, term, coefficient) in &rules.known {
        of_state[*state].push(certain(*state, term.clone(), *coefficient));
    }
    for (j, candidate) in fit.structure.candidates().iter().enumerate() {
        let itself = [(*candidate, 1.0)];
        for &(follower, factor) in itself.iter().chain(rules.followers(*candidate)) {
            let Candidate { state, term } = follower;
            let has_constants = space.dictionary.constants_of(term) > 0;
            of_state[state].push(WrittenTerm {
                state,
                term: space.term(follower).clone(),
                number: Some(term),
                offset: 0.0,
                weights: vec![(j, factor * units[j])],
                constants: if has_constants { fit.structure.constants(j) } else { 0..0 },
            });
        }
    }
    of_state.iter_mut().for_each(|own| own.sort_by_key(|term| term.number));
    for (d, weights) in &rules.dependent {
        let mut own: Vec<WrittenTerm> = Vec::new();
        for &(other, weight) in weights {
            for term in &of_state[other] {
                let term = term.times(weight, *d);
                match own.iter_mut().find(|same| same.term == term.term && same.constants == term.constants) {
                    Some(same) => same.add(&term),
                    None => own.push(term),
                }
            }
        }
        own.retain(|term| !term.cancels(&parameters));
        own.sort_by_key(|term| term.number);
        of_state[*d] = own;
    }
    of_state.into_iter().flatten().collect()
}

impl WrittenTerm {
    fn value(&self, parameters: &[f64]) -> f64 {
        self.weights.iter().fold(self.offset, |sum, &(j, weight)| sum + weight * parameters[j])
    }

    fn times(&self, factor: f64, state: usize) -> Self {
        let weights = self.weights.iter().map(|&(j, weight)| (j, factor * weight)).collect();
        Self { state, offset: factor * self.offset, weights, ..self.clone() }
    }

    fn add(&mut self, other: &Self) {
        self.offset += other.offset;
        for &(j, weight) in &other.weights {
            match self.weights.iter_mut().find(|(own, _)| *own == j) {
                Some((_, own)) => *own += weight,
                None => self.weights.push((j, weight)),
            }
        }
        self.weights.retain(|(_, weight)| *weight != 0.0);
    }

    /// Whether it is zero: what flows from one state into another is not in the rate of their sum.
    fn cancels(&self, parameters: &[f64]) -> bool {
        let parts = self.weights.iter().map(|&(j, weight)| (weight * parameters[j]).abs());
        let size = parts.fold(self.offset.abs(), f64::max);
        self.value(parameters).abs() <= CANCELLED * size
    }
}

/// The covariance of two sums of parameters.
fn between(a: &[(usize, f64)], b: &[(usize, f64)], covariance: &[f64], p: usize) -> f64 {
    let row = |&(i, weight): &(usize, f64)| -> f64 {
        b.iter().map(|&(j, other)| covariance[i * p + j] * weight * other).sum()
    };
    a.iter().map(row).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::{Problem, covariance, equations};
    use crate::data::Dataset;
    use crate::discovery::fit::{Estimator, Fit};
    use crate::discovery::test_problem::{SWING, TestProblem, options, polynomials, simulated, times};
    use crate::equation::SparseModel;

    /// x flows into y at one rate, y into z at another, x grows by a part that is known; x + y + 2 z stays.
    fn flows() -> (TestProblem, Fit) {
        let equations =
            [("x", "-0.5*x*y + 0.1*x"), ("y", "0.5*x*y - 0.4*y/(1.5 + y)"), ("z", "0.2*y/(1.5 + y) - 0.05*x")];
        let table = "conserved = [\"x + y + 2*z\"]\nties = [{ x = \"-x*y\", y = \"x*y\" }]\nknown = { x = \"0.1*x\" }";
        let data = simulated(&equations, &[&[3.0, 0.5, 0.2]], &times(41, 0.3)).with_noise(0.005, 9).expect("noise");
        let test = TestProblem::new(data, &options(2, &["y/(1 + y)"], table));
        let fit = test.fit(&[(0, "x*y"), (1, "y/(1 + y)")]);
        (test, fit)
    }

    fn written(problem: &Problem<'_>, fit: &Fit, covariance: Option<&[f64]>) -> SparseModel {
        let names = ["x", "y", "z"][..problem.dims()].iter().map(ToString::to_string).collect();
        SparseModel::new("t", names, equations(problem, fit, covariance).expect("finite numbers")).expect("a model")
    }

    fn texts(model: &SparseModel, d: usize) -> Vec<String> {
        let variables = model.variables();
        model.equations[d]
            .terms
            .iter()
            .map(|own| own.term.python(&variables).split("(").next().unwrap_or("").to_owned())
            .collect()
    }

    #[test]
    fn the_written_equations_have_the_rates_that_were_fitted() {
        let (test, fit) = flows();
        let (problem, scaling) = (test.problem(), &test.data.scaling);
        let model = written(&problem, &fit, None);
        let rates = Estimator::new(problem).rates(&fit.structure, &fit.parameters(), &fit.estimate.states);
        for (x, rates) in fit.estimate.states.chunks(3).zip(rates.chunks(3)) {
            let x: Vec<f64> = x.iter().zip(&scaling.state).map(|(x, scale)| x * scale).collect();
            let mut found = [0.0; 3];
            model.evaluate(0.0, &x, &mut found);
            for d in 0..3 {
                let expected = rates[d] * scaling.state[d] / scaling.time;
                assert!((found[d] - expected).abs() < 1e-12, "rate {d}: {}, not {expected}", found[d]);
            }
        }
    }

    #[test]
    fn ties_known_parts_and_dependent_rates_are_written_and_what_cancels_is_not() {
        let (test, fit) = flows();
        let model = written(&test.problem(), &fit, None);
        // What is known comes first. In the rate of z the flow from x to y, of 0.5 - 0.5, is not there.
        assert_eq!(texts(&model, 0), ["x", "x*y"]);
        assert_eq!(texts(&model, 1), ["x*y", "y/"]);
        assert_eq!(texts(&model, 2), ["x", "y/"]);
        let numbers = |d: usize, j: usize| model.equations[d].terms[j].coefficient;
        assert_eq!((numbers(0, 0), numbers(2, 0)), (0.1, -0.05));
        assert!((numbers(0, 1) + numbers(1, 0)).abs() < 1e-15, "one coefficient in two equations");
        assert!((numbers(2, 1) + 0.5 * numbers(1, 1)).abs() < 1e-15);
        assert_eq!(model.equations[2].terms[1].term.constants(), model.equations[1].terms[1].term.constants());
    }

    #[test]
    fn standard_errors_are_those_of_the_covariance_and_what_is_known_has_none() {
        let (test, fit) = flows();
        let problem = test.problem();
        let scaled = Estimator::new(problem).marginals(&fit, test.tuning.tight).expect("marginals").parameters;
        let model = written(&problem, &fit, Some(&scaled));
        let found = covariance(&problem, &fit, &scaled);
        let coefficients: Vec<f64> = model.terms().map(|(_, own)| own.standard_error).collect();
        let constants = model.terms().flat_map(|(_, own)| own.constant_errors.clone());
        let errors: Vec<f64> = coefficients.iter().copied().chain(constants).collect();
        assert_eq!(found.dim(), (errors.len(), errors.len()));
        for (error, variance) in errors.iter().zip(found.diag()) {
            assert!((error.powi(2) - variance).abs() <= 1e-12 * variance, "{error}, and {variance}");
        }
        // x of the first and of the third equation are known.
        assert_eq!((coefficients[0], coefficients[4]), (0.0, 0.0));
        assert!(coefficients[1] > 0.0 && coefficients[1] == coefficients[2], "one coefficient in two equations");
        // Both ends of a flow are the same number with opposite signs.
        assert_eq!(found[[1, 2]], -found[[1, 1]]);
        let symmetric: Array2<f64> = &found - &found.t();
        assert!(symmetric.iter().all(|entry| entry.abs() <= 1e-15), "{symmetric:?}");
        // Without a covariance they are not known.
        let bare = written(&problem, &fit, None);
        assert!(
            bare.equations[0].terms[1].standard_error.is_nan() && bare.equations[0].terms[0].standard_error == 0.0
        );
    }

    #[test]
    fn a_velocity_is_written_as_what_it_is() {
        let mut trajectory = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).trajectories.remove(0);
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &[0]);
        let data = Dataset::new("t", vec!["x".to_owned()], vec![trajectory]).and_then(Dataset::second_order);
        let test = TestProblem::new(data.expect("a data set"), &polynomials(1));
        let fit = test.fit(&[(1, "x"), (1, "x_dot")]);
        let equations = equations(&test.problem(), &fit, None).expect("finite numbers");
        let [definition] = &equations[0].terms[..] else { panic!("{equations:?}") };
        assert_eq!(
            (&definition.term, definition.coefficient, definition.standard_error),
            (&test.term("x_dot"), 1.0, 0.0)
        );
        assert_eq!(equations[1].terms.len(), 2);
    }
}
