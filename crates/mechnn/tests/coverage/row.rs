//! How often the interval of each coefficient contains the truth.

use mechnn::discovery::{DiscoveryOptions, Silent, discover, fit_structure};
use mechnn::equation::{FittedTerm, LibrarySpec};
use rayon::prelude::*;

use crate::made_data::{Case, Noise};

/// What became of the true terms in one repetition.
struct Repetition {
    exact: bool,
    /// (estimate - truth) / standard error of each true term; none if it was not found.
    scores: Vec<Option<f64>>,
}

/// How the coefficients are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Method {
    /// The true terms are given.
    Given,
    /// The same, and coefficients that may be simple numbers are set to them.
    GivenSimplified,
    /// The terms are found, too, among polynomials of degree 2.
    Searched,
}

fn repetition(case: &Case, noise: Noise, method: Method, seed: u64) -> Repetition {
    let library = Some(LibrarySpec::polynomial(2));
    let simplify = method == Method::GivenSimplified;
    let options = DiscoveryOptions { library, simplify, ..DiscoveryOptions::default() };
    let (data, truth) = (case.data(noise, seed), case.truth());
    let found = match method {
        Method::Searched => discover(&data, &options, &mut Silent),
        _ => fit_structure(&data, &truth, &options),
    };
    let found = found.unwrap().model;
    let variables = truth.variables();
    let score = |(d, wanted): (usize, &FittedTerm)| {
        let expression = wanted.term.python(&variables);
        let fitted = found.equations[d].terms.iter().find(|fitted| fitted.term.python(&variables) == expression)?;
        Some((fitted.coefficient - wanted.coefficient) / fitted.standard_error)
    };
    let scores: Vec<Option<f64>> = truth.terms().map(score).collect();
    Repetition { exact: scores.iter().all(Option::is_some) && found.term_count() == scores.len(), scores }
}

/// The count of one true coefficient.
pub(crate) struct Row {
    pub(crate) coefficient: String,
    /// Repetitions with exactly the true terms.
    pub(crate) exact: usize,
    /// Of these, those whose interval contains the truth.
    pub(crate) covered: usize,
    /// Of all repetitions, those that found the term, with an interval that contains the truth.
    pub(crate) covered_of_all: usize,
    /// Root mean square of (error / standard error), of the exact ones.
    pub(crate) size: f64,
}

pub(crate) fn rows(case: &Case, noise: Noise, method: Method, repetitions: u64) -> Vec<Row> {
    let all: Vec<Repetition> =
        (1..=repetitions).into_par_iter().map(|seed| repetition(case, noise, method, seed)).collect();
    let truth = case.truth();
    let variables = truth.variables();
    let row = |(index, (d, term)): (usize, (usize, &FittedTerm))| {
        let of = |only_exact: bool| {
            let chosen = all.iter().filter(move |repetition| repetition.exact || !only_exact);
            chosen.filter_map(|repetition| repetition.scores[index]).collect::<Vec<f64>>()
        };
        let covers = |scores: &[f64]| scores.iter().filter(|score| score.abs() <= 1.96).count();
        let exact = of(true);
        Row {
            coefficient: format!("{}' {}", truth.states[d], term.term.python(&variables)),
            covered: covers(&exact),
            covered_of_all: covers(&of(false)),
            size: (exact.iter().map(|score| score * score).sum::<f64>() / exact.len() as f64).sqrt(),
            exact: exact.len(),
        }
    };
    truth.terms().enumerate().map(row).collect()
}
