//! From data and options to the problem that a discovery works on.

use mechnn_solver::smoother::WienerSmoother;

use super::candidates::{Dictionary, DictionaryTerms, Surroundings, extra_terms, function_terms, variables};
use super::constraints::{ParsedConstraints, Rules};
use super::prepare::{Preparation, PreparedData};
use super::request::{DiscoveryError, DiscoveryOptions};
use super::structure::SearchSpace;
use crate::data::{Dataset, NoiseModel};
use crate::equation::{FunctionFamily, Term};

/// The data in scaled variables, with first estimates.
///
/// # Errors
/// [`DiscoveryError`] if there are too few data, options that exclude each other, or a series that cannot be smoothed.
pub(crate) fn prepare(
    data: &Dataset,
    options: &DiscoveryOptions,
    explicit_time: bool,
) -> Result<PreparedData, DiscoveryError> {
    let preparation = Preparation {
        min_intervals: options.min_intervals,
        noise_model: options.noise_model,
        noise_std: options.noise_std.as_deref(),
        explicit_time,
    };
    Ok(PreparedData::new(data, &preparation)?)
}

/// The prepared data and all that the equations may be made of.
///
/// # Errors
/// As [`prepare`], and for candidates and constraints that make no sense for the data.
pub(crate) fn problem(
    data: &Dataset,
    options: &DiscoveryOptions,
) -> Result<(PreparedData, SearchSpace), DiscoveryError> {
    // What the user adds and knows, as terms over the data's variables.
    let (mut extra, uses_time) =
        extra_terms(&options.extra_terms, data).map_err(|(term, source)| DiscoveryError::ExtraTerm { term, source })?;
    let time_counts = options.explicit_time || uses_time;
    let (parsed, explicit_time) = ParsedConstraints::of(&options.constraints, data, time_counts)?;

    check(data, options)?;
    let prepared = prepare(data, options, explicit_time)?;

    // Monomials in the time only if it counts by itself.
    let library = options.library_for(options.variables(data));
    let mut polynomials = library.build(options.variables(data)).terms().to_vec();
    let mut functions = library.functions();
    let searched = |d: &usize| prepared.roles.velocity(*d).is_none() && !parsed.is_dependent(*d);
    if (0..data.dims()).filter(searched).all(|d| parsed.has_list(d)) {
        // Every equation has its list.
        polynomials.clear();
        functions = &[];
    }
    let count = data.dims() + prepared.known.count();
    polynomials.iter_mut().chain(&mut extra).for_each(|term| {
        if let Term::Monomial(exponents) = term {
            exponents.resize(count, 0);
        }
    });
    for term in parsed.candidates() {
        if !extra.contains(&term) {
            extra.push(term);
        }
    }
    extra.retain(|term| !polynomials.contains(term));

    let combined = functions.contains(&FunctionFamily::Combined);
    let functions = function_terms(functions, &Surroundings::of(&prepared));
    let dictionary = Dictionary::new(DictionaryTerms { polynomials, extra, functions, combined }, &prepared);
    let rules = Rules::new(&parsed, &dictionary, &variables(data, explicit_time))?;
    Ok((prepared, SearchSpace { dictionary, rules }))
}

/// Whether what is given can be used at all.
///
/// # Errors
/// [`DiscoveryError`] for options out of their range, noise that is not one number for each measured state, and too few
/// values of a state.
pub(crate) fn check(data: &Dataset, options: &DiscoveryOptions) -> Result<(), DiscoveryError> {
    options.tuning.check()?;
    let measured = data.roles.measured();
    if let Some(given) = &options.noise_std {
        // The likelihood has its square.
        if given.len() != measured || given.iter().any(|noise| !(1e-150..=1e150).contains(noise)) {
            return Err(DiscoveryError::KnownNoise { measured, given: given.clone() });
        }
        if options.noise_model == Some(NoiseModel::Proportional) {
            return Err(DiscoveryError::NoiseModel);
        }
    }
    let needed = WienerSmoother::MIN_OBSERVATIONS;
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
