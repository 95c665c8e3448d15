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
