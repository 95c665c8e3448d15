//! The direct method: from data to equations.

use std::cmp::Reverse;

use mechnn_solver::smoother::{Estimate, GaussNewton, SmootherError};
use thiserror::Error;

use super::account::{Account, Searched};
use super::candidates::Candidate;
use super::dictionary::Dictionary;
use super::extra_term::{self, extra_terms};
use super::family::{Surroundings, function_terms};
use super::fit::{Fit, Laboratory};
use super::model_constraints::ConstraintError;
use super::observer::{Observer, Progress};
use super::options::{DiscoveryOptions, NoiseModel};
use super::polish::Polished;
use super::result::DiscoveryResult;
use super::rules::Rules;
use super::search::Search;
use super::start::{EXCERPT, Start};
use super::stated::Stated;
use super::tuning::{Tuning, TuningError};
use crate::data::Dataset;
use crate::equation::{
    BasisLibrary, ExpressionError, FunctionFamily, ModelError, SimulationError, SparseModel, Term, TermError,
};

/// Why nothing could be discovered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// A state is hardly observed in one trajectory.
    #[error("trajectory `{trajectory}`: state `{state}` has {found} observed values, at least {needed} are needed")]
    TooFewOfOneState {
        /// Trajectory.
        trajectory: String,
        /// State.
        state: String,
        /// Values present.
        found: usize,
        /// Values needed.
        needed: usize,
    },
    /// A candidate that the user adds is no term over the states.
    #[error("the term \"{term}\": {source}")]
    ExtraTerm {
        /// As it was written.
        term: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
    /// The noise that is said to be known is not one positive number for each measured state.
    #[error("the noise is {given:?}, expected {measured} positive numbers, one for each measured state")]
    KnownNoise {
        /// Measured states.
        measured: usize,
        /// What was given.
        given: Vec<f64>,
    },
    /// The noise is given, which is then the same everywhere, and said to be proportional.
    #[error("noise that is given is the same everywhere, and cannot be proportional")]
    NoiseModel,
    /// A constant of the method is out of its range.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// What is stated of the equations makes no sense for these data.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// Given equations are not for the states of the data.
    #[error("the equations are for {}, expected {}", found.join(", "), expected.join(", "))]
    Structure {
        /// States and inputs of the data, as equations name them.
        expected: Vec<String>,
        /// Those of the equations.
        found: Vec<String>,
    },
    /// The estimation failed.
    #[error("the fit of states and coefficients failed: {0}")]
    Fit(#[from] SmootherError),
    /// A coefficient overflowed in the data's units.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An inner constant is not finite in the data's units.
    #[error(transparent)]
    Term(#[from] TermError),
    /// The model could not be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Fits given equations: their terms are taken as they are, their coefficients and inner constants are where the
/// estimation starts. Of `options` the choices of terms do not count.
///
/// The standard errors are then free of what a search adds to the uncertainty.
///
/// # Errors
/// [`DiscoveryError::Structure`] if the equations are not over the data's states and inputs, else as [`discover`].
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
    let time = data.dims() + data.controls.len();
    let explicit_time = structure.terms().any(|(_, fitted)| fitted.term.uses_variable(time));
    let start = Start::new(data, options, explicit_time)?;
    let mut terms: Vec<Term> = Vec::new();
    for (_, fitted) in structure.terms() {
        if !terms.contains(&fitted.term) {
            terms.push(fitted.term.clone());
        }
    }
    // In the order of a library: graded monomials, then functions.
    terms.sort_by_key(|term| match term {
        Term::Monomial(exponents) => (0, term.degree(), Reverse(exponents.clone())),
        Term::Function(_) => (1, 0, Reverse(Vec::new())),
    });
    let none = BasisLibrary::of_terms(Vec::new(), data.dims() + start.known.count());
    let dictionary = Dictionary::new(none, &terms, Vec::new(), &start);
    let laboratory = Laboratory { start: &start, dictionary: &dictionary, tuning: &options.tuning };
    let mut chosen = Vec::new();
    for (state, fitted) in structure.terms() {
        if start.velocity(state).is_some() {
            continue;
        }
        // A term that is another one on these data is left out, and named as such in the result.
        if let Some(term) = dictionary.library.terms().iter().position(|term| *term == fitted.term) {
            let candidate = Candidate { state, term };
            chosen.push((candidate, fitted.coefficient / laboratory.factor(candidate)));
        }
    }
    chosen.sort_by_key(|(candidate, _)| *candidate);
    let (candidates, mut parameters): (Vec<Candidate>, Vec<f64>) = chosen.into_iter().unzip();
    parameters.extend(laboratory.first_constants(&candidates));
    let first = Estimate { states: start.states.clone(), parameters };
    let noise = laboratory.floored(&start.noise);
    let fit = laboratory.fit(candidates, first, &noise, &levels(&options.tuning), GaussNewton::default())?;
    let fit = laboratory.settled(fit, GaussNewton::default())?;
    let Polished { start, fit, marginals } = finish(&laboratory, &fit, options)?;
    let laboratory = Laboratory { start: &start, ..laboratory };
    let searched = Searched::default();
    Account { data, laboratory: &laboratory }.result(fit, marginals, searched)
}

/// Levels of model error from smoothed states to where structures are compared.
pub(super) fn levels(tuning: &Tuning) -> [f64; 4] {
    [0.3, 0.1, 0.02, tuning.tight]
}

/// Finds sparse equations for the data.
///
/// # Errors
/// [`DiscoveryError`] if there are too few data, or the numerics fail.
pub fn discover(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    let (start, dictionary) = all_candidates(data, options)?;
    let laboratory = Laboratory { start: &start, dictionary: &dictionary, tuning: &options.tuning };
    let account = Account { data, laboratory: &laboratory };
    let mut history = Vec::new();
    let mut failure = None;
    let mut watch = |fit: &Fit, fraction: f64| match account.progress(fit, fraction) {
        Ok(progress) => {
            let flow = observer.step(&progress);
            history.push(Progress { model: None, ..progress });
            flow
        }
        Err(error) => {
            failure = Some(error);
            std::ops::ControlFlow::Break(())
        }
    };
    let excerpt = start.excerpt(EXCERPT);
    let leads =
        excerpt.as_ref().map(|excerpt| Search::new(&Laboratory { start: excerpt, ..laboratory }, &mut watch).leads());
    let mut search = Search::new(&laboratory, &mut watch);
    let fit = match leads {
        None => search.run()?,
        Some(leads) => search.follow(leads)?,
    };
    let (interrupted, fitted) = (search.interrupted, std::mem::take(&mut search.front));
    let contenders = account.contenders(&std::mem::take(&mut search.best))?;
    if let Some(error) = failure {
        return Err(error);
    }
    let mut rough =
        without_weak_terms(&laboratory, laboratory.settled(fit, GaussNewton::default())?, options.threshold)?;
    let Polished { start, fit, marginals } = loop {
        let polished = finish(&laboratory, &rough, options)?;
        let negligible = Laboratory { start: &polished.start, ..laboratory }.negligible(&polished.fit);
        if negligible.is_empty() {
            break polished;
        }
        rough = without(&laboratory, rough, &negligible)?;
    };
    let front = account.front(fitted.into_values().collect(), &rough)?;
    let laboratory = Laboratory { start: &start, ..laboratory };
    let search = Searched { front, contenders, history, interrupted };
    Account { data, laboratory: &laboratory }.result(fit, marginals, search)
}

/// The data with first estimates, and every candidate.
pub(super) fn all_candidates(
    data: &Dataset,
    options: &DiscoveryOptions,
) -> Result<(Start, Dictionary), DiscoveryError> {
    let (mut extra, uses_time) =
        extra_terms(&options.extra_terms, data).map_err(|(term, source)| DiscoveryError::ExtraTerm { term, source })?;
    let (stated, explicit_time) = Stated::of(&options.constraints, data, options.explicit_time || uses_time)?;
    check(data, options)?;
    let start = Start::new(data, options, explicit_time)?;
    let variables = data.dims() + start.known.count();
    let library = options.library_for(options.variables(data));
    // Monomials in the time only if it counts by itself.
    let mut monomials = library.build(options.variables(data)).terms().to_vec();
    let mut functions = library.functions();
    let searched = |d: &usize| start.velocity(*d).is_none() && !stated.is_dependent(*d);
    if (0..data.dims()).filter(searched).all(|d| stated.has_list(d)) {
        // Every equation has its list.
        monomials.clear();
        functions = &[];
    }
    monomials.iter_mut().chain(&mut extra).for_each(|term| {
        if let Term::Monomial(exponents) = term {
            exponents.resize(variables, 0);
        }
    });
    for term in stated.candidates() {
        if !extra.contains(&term) {
            extra.push(term);
        }
    }
    extra.retain(|term| !monomials.contains(term));
    let polynomials = BasisLibrary::of_terms(monomials, variables);
    let combined = functions.contains(&FunctionFamily::Combined);
    let functions = function_terms(functions, &Surroundings::of(&start, options.tuning.start_scale));
    let mut dictionary = Dictionary::new(polynomials, &extra, functions, &start);
    dictionary.combined = combined;
    dictionary.rules = Rules::new(&stated, &dictionary, &extra_term::variables(data, explicit_time))?;
    Ok((start, dictionary))
}

/// The noise model that the residuals ask for, and the equations obeyed as far as the data bear.
fn finish(laboratory: &Laboratory<'_>, fit: &Fit, options: &DiscoveryOptions) -> Result<Polished, SmootherError> {
    let other = match (options.noise_model, &options.noise_std) {
        (None, None) => laboratory.with_other_noise(fit),
        _ => None,
    };
    match other {
        Some((start, fit)) => {
            let laboratory = Laboratory { start: &start, ..*laboratory };
            laboratory.polish(&laboratory.settled(fit, GaussNewton::default())?, options.simplify)
        }
        None => laboratory.polish(fit, options.simplify),
    }
}

/// Drops what the user's threshold forbids, weakest first.
fn without_weak_terms(laboratory: &Laboratory<'_>, mut fit: Fit, threshold: f64) -> Result<Fit, SmootherError> {
    let weak = |fit: &Fit| fit.candidates.iter().zip(&fit.estimate.parameters).position(|(_, t)| t.abs() < threshold);
    while let Some(weak) = weak(&fit) {
        fit = without(laboratory, fit, &[weak])?;
    }
    Ok(fit)
}

/// A new fit without some of the terms.
fn without(laboratory: &Laboratory<'_>, fit: Fit, dropped: &[usize]) -> Result<Fit, SmootherError> {
    let places = fit.constants_at(laboratory.dictionary);
    // The constants of a shared function stay as long as it does.
    let needed = |index: &usize| (0..places.len()).any(|j| !dropped.contains(&j) && places[j].contains(index));
    let gone = |index: &usize| {
        dropped.contains(index) || (!needed(index) && dropped.iter().any(|&j| places[j].contains(index)))
    };
    let kept = (0..fit.estimate.parameters.len()).filter(|index| !gone(index));
    let parameters = kept.map(|index| fit.estimate.parameters[index]).collect();
    let candidates = (0..fit.candidates.len()).filter(|j| !dropped.contains(j)).map(|j| fit.candidates[j]).collect();
    let start = Estimate { states: fit.estimate.states.clone(), parameters };
    laboratory.fit(candidates, start, &fit.noise, &[laboratory.tuning.tight], GaussNewton::default())
}

/// Whether what is given can be used at all.
fn check(data: &Dataset, options: &DiscoveryOptions) -> Result<(), DiscoveryError> {
    options.tuning.check()?;
    let measured = if data.second_order { data.dims() / 2 } else { data.dims() };
    if let Some(given) = &options.noise_std {
        if given.len() != measured || given.iter().any(|noise| !(noise.is_finite() && *noise > 0.0)) {
            return Err(DiscoveryError::KnownNoise { measured, given: given.clone() });
        }
        if options.noise_model == Some(NoiseModel::Proportional) {
            return Err(DiscoveryError::NoiseModel);
        }
    }
    let needed = mechnn_solver::smoother::WienerSmoother::MIN_OBSERVATIONS;
    for trajectory in &data.trajectories {
        for (d, state) in data.states.iter().enumerate().take(measured) {
            let found = trajectory.values.column(d).iter().filter(|y| !y.is_nan()).count();
            if found < needed {
                let (trajectory, state) = (trajectory.name.clone(), state.clone());
                return Err(DiscoveryError::TooFewOfOneState { trajectory, state, found, needed });
            }
        }
    }
    Ok(())
}
