//! Equations whose terms are given.

use std::cmp::Reverse;

use mechnn_solver::smoother::GaussNewton;

use super::candidates::{Candidate, Dictionary, DictionaryTerms};
use super::fit::{Estimator, floored};
use super::refine::{Polished, finish, settled};
use super::request::{DiscoveryError, DiscoveryOptions, Tuning};
use super::result::{DiscoveryResult, ResultBuilder, Searched};
use super::search::FROM_SMOOTHED_STATES;
use super::setup::{check, prepare};
use super::structure::{Guess, Problem, SearchSpace};
use crate::data::Dataset;
use crate::equation::{SparseModel, Term};

/// Fits given equations: their terms are taken as they are, their coefficients and inner constants are where the
/// estimation starts. Of `options` the choices of terms do not count.
///
/// The standard errors are then free of what a search adds to the uncertainty.
///
/// # Errors
/// [`DiscoveryError::Structure`] if the equations are not over the data's states and inputs, else as
/// [`discover`](super::discover).
pub fn fit_structure(
    data: &Dataset,
    structure: &SparseModel,
    options: &DiscoveryOptions,
) -> Result<DiscoveryResult, DiscoveryError> {
    let expected = [data.python_names(), data.python_controls()].concat();
    let found = [structure.states.clone(), structure.controls.clone()].concat();
    if expected != found || structure.dims() != data.dims() {
        return Err(DiscoveryError::Structure { expected, found });
    }
    check(data, options)?;

    // The data, and their terms as the only candidates.
    let time = data.dims() + data.controls.len();
    let explicit_time = structure.terms().any(|(_, fitted)| fitted.term.uses_variable(time));
    let prepared = prepare(data, options, explicit_time)?;
    let extra = distinct_terms(structure);
    let dictionary = Dictionary::new(DictionaryTerms { extra, ..DictionaryTerms::default() }, &prepared);
    let space = SearchSpace::without_rules(dictionary);
    let problem = Problem { data: &prepared, space: &space, tuning: &options.tuning };

    // The fit, from the smoothed states to tight equations.
    let noise = floored(&prepared, &prepared.noise);
    let guess = guess(&problem, structure);
    let levels = levels(&options.tuning);
    let fit = Estimator::new(problem).fit(guess, prepared.states.clone(), &noise, &levels, GaussNewton::default())?;
    let fit = settled(&problem, fit, GaussNewton::default())?;
    let Polished { data: fine, fit, marginals } = finish(&problem, &fit, options)?;
    ResultBuilder { data, problem: problem.on(&fine) }.result(&fit, &marginals, Searched::default())
}

/// Levels of model error from smoothed states to where structures are compared.
pub(crate) fn levels(tuning: &Tuning) -> Vec<f64> {
    FROM_SMOOTHED_STATES.into_iter().chain([tuning.tight]).collect()
}

/// The terms of equations, each once, in the order of a library: graded monomials, then functions.
fn distinct_terms(structure: &SparseModel) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for (_, fitted) in structure.terms() {
        if !terms.contains(&fitted.term) {
            terms.push(fitted.term.clone());
        }
    }
    terms.sort_by_key(|term| match term {
        Term::Monomial(exponents) => (0, term.degree(), Reverse(exponents.clone())),
        Term::Function(_) => (1, 0, Reverse(Vec::new())),
    });
    terms
}

/// The equations with their numbers, scaled.
fn guess(problem: &Problem<'_>, structure: &SparseModel) -> Guess {
    let mut coefficients = Vec::new();
    for (state, fitted) in structure.terms() {
        if problem.data.roles.velocity(state).is_some() {
            continue;
        }
        // A term that is another one on these data is left out, and named as such in the result.
        if let Some(term) = problem.space.dictionary.position(&fitted.term) {
            let candidate = Candidate { state, term };
            coefficients.push((candidate, fitted.coefficient / problem.factor(candidate)));
        }
    }
    coefficients.sort_by_key(|(candidate, _)| *candidate);
    let (candidates, mut parameters): (Vec<Candidate>, Vec<f64>) = coefficients.into_iter().unzip();
    let structure = problem.structure(candidates);
    parameters.extend(problem.first_constants(&structure));
    Guess { structure, parameters }
}
