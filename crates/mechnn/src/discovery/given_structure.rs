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

#[cfg(test)]
mod tests {
    use super::{DiscoveryError, DiscoveryOptions, SparseModel, distinct_terms, fit_structure};
    use crate::data::NoiseModel;
    use crate::discovery::test_problem::{SWING, columns, polynomials, simulated, times};
    use crate::equation::Term;

    fn model(equations: &[(&str, &str)]) -> SparseModel {
        SparseModel::from_text("t", equations).expect("equations")
    }

    #[test]
    fn terms_stay_as_they_are_given_and_their_numbers_are_found() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).with_noise(0.02, 7).expect("noise");
        // Not those that a library would have, and one that is not needed.
        let given = model(&[("x", "0.5*y"), ("y", "-x - 0.1*y + 0.01*x**5")]);
        let options = DiscoveryOptions { simplify: false, ..polynomials(1) };
        let result = fit_structure(&data, &given, &options).expect("a fit");
        let terms: Vec<(usize, Term)> = result.model.terms().map(|(d, own)| (d, own.term.clone())).collect();
        let expected: Vec<(usize, Term)> = given.terms().map(|(d, own)| (d, own.term.clone())).collect();
        assert_eq!(terms, expected);
        for (found, expected) in result.model.terms().map(|(_, own)| own).zip([1.0, -2.0, -0.3, 0.0]) {
            let (number, error) = (found.coefficient, found.standard_error);
            assert!((number - expected).abs() < 3.0 * error, "{number} ± {error}, expected {expected}");
        }
        assert!(result.evidence.weighted_models.is_empty() && result.pareto_front.is_empty());
        assert_eq!(result.candidates, 2 * 3, "three terms in two equations");
    }

    #[test]
    fn inner_constants_start_where_they_are_given() {
        let data = simulated(&[("x", "-2*x/(0.5 + x)")], &[&[3.0]], &times(41, 0.05));
        let options = DiscoveryOptions { simplify: false, ..polynomials(1) };
        let result = fit_structure(&data, &model(&[("x", "-x/(1 + x)")]), &options).expect("a fit");
        let found = &result.model.equations[0].terms[0];
        let numbers = [found.coefficient, found.term.constants()[0]];
        // Clean data, and a grid on which the discretisation does not matter.
        assert!((numbers[0] + 2.0).abs() < 1e-4 && (numbers[1] - 0.5).abs() < 1e-4, "{numbers:?}");
    }

    #[test]
    fn a_term_that_is_another_one_on_these_data_is_left_out_and_named() {
        let data = columns(&[("x", |t| t.exp()), ("y", |t| 2.0 * t.exp())], &times(41, 0.05));
        let options = DiscoveryOptions { noise_model: Some(NoiseModel::Additive), ..polynomials(1) };
        let result = fit_structure(&data, &model(&[("x", "0.5*x + 0.2*y"), ("y", "y")]), &options).expect("a fit");
        assert_eq!((result.model.equations[0].terms.len(), result.indistinct.len()), (1, 1));
        assert_eq!(result.indistinct[0].python(&["x".into(), "y".into()]), "y");
    }

    #[test]
    fn equations_of_other_states_are_refused() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.1));
        for equations in [&[("x", "-x")][..], &[("x", "z"), ("z", "-x")], &[("y", "x"), ("x", "-y")]] {
            match fit_structure(&data, &model(equations), &polynomials(1)) {
                Err(DiscoveryError::Structure { expected, .. }) => assert_eq!(expected, ["x", "y"]),
                other => panic!("{equations:?}: {:?}", other.map(|found| found.model)),
            }
        }
    }

    #[test]
    fn terms_are_in_the_order_of_a_library_each_once() {
        let given = model(&[("x", "sin(2*x) + x*y + y + 3"), ("y", "y - x + x**2 + x*y")]);
        let texts: Vec<String> = distinct_terms(&given).iter().map(|term| term.python(&given.variables())).collect();
        assert_eq!(texts, ["1", "x", "y", "x**2", "x*y", "sin(2.0*x)"]);
    }
}
