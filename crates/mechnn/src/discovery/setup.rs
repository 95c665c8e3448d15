//! From data and options to the problem that a discovery works on.

use mechnn_solver::smoother::WienerSmoother;

use super::candidates::{
    Dictionary, DictionaryTerms, Surroundings, extra_terms, extra_terms_over, function_terms, variables,
};
use super::constraints::{ParsedConstraints, Rules};
use super::prepare::{Preparation, PreparedData};
use super::request::{DiscoveryError, DiscoveryOptions, Robust};
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
        robust: options.robust,
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
    let no_term = |(term, source)| DiscoveryError::ExtraTerm { term, source };
    let (mut extra, uses_time) = extra_terms(&options.extra_terms, data).map_err(no_term)?;
    let time_counts = options.explicit_time || uses_time;
    let (parsed, explicit_time) = ParsedConstraints::of(&options.constraints, data, time_counts)?;
    if explicit_time && !uses_time {
        // Terms over other variables are not the same: a constraint on one of these would be on none.
        extra = extra_terms_over(&options.extra_terms, &variables(data, true)).map_err(no_term)?;
    }

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

/// The same, with just those observations set aside that were in `judged`.
///
/// # Errors
/// As [`problem`].
pub(crate) fn problem_without_outliers(
    data: &Dataset,
    options: &DiscoveryOptions,
    judged: &PreparedData,
) -> Result<(PreparedData, SearchSpace), DiscoveryError> {
    let options = DiscoveryOptions { robust: Robust::Off, ..options.clone() };
    let (mut prepared, space) = problem(&judged.without_outliers(data), &options)?;
    prepared.take_outliers_of(judged);
    Ok((prepared, space))
}

/// Whether what is given can be used at all.
///
/// # Errors
/// [`DiscoveryError`] for options out of their range, noise that is not one number for each measured state, and too
/// few values of a state.
pub(crate) fn check(data: &Dataset, options: &DiscoveryOptions) -> Result<(), DiscoveryError> {
    options.tuning.check()?;
    let measured = data.roles.measured();
    if let Some(given) = &options.noise_std {
        // The likelihood has its square.
        if given.len() != measured || given.iter().any(|noise| !(1e-150..=1e150).contains(noise)) {
            return Err(DiscoveryError::KnownNoise { measured, given: given.clone() });
        }
        if options.noise_model.is_some_and(|model| model != NoiseModel::Additive) {
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

#[cfg(test)]
mod tests {
    use super::{check, problem};
    use crate::data::{Dataset, NoiseModel};
    use crate::discovery::test_problem::{HUNT, SWING, TestProblem, options, polynomials, simulated, times};
    use crate::discovery::{DiscoveryError, DiscoveryOptions};
    use crate::equation::{FunctionFamily, LibrarySpec};

    fn hunt(options: &DiscoveryOptions) -> TestProblem {
        TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), options)
    }

    #[test]
    fn a_constraint_on_an_added_function_is_on_that_function_where_the_time_counts() {
        for (table, explicit_time) in [("", true), ("known = { y = \"0.1*t\" }", false), ("", false)] {
            let table = format!("shared = [\"x/(1 + x)\"]\n{table}");
            let test = hunt(&DiscoveryOptions { explicit_time, ..options(1, &["x/(1 + x)"], &table) });
            let term = test.candidate(0, "x/(1 + x)").term;
            assert!(test.space.rules.is_shared(term), "{table}");
            assert_eq!(test.space.dictionary.indistinct, [], "{table}");
        }
    }

    #[test]
    fn the_library_comes_first_then_added_terms_then_those_of_constraints_each_once() {
        let table = "signs = { x = { \"x*y\" = \"negative\", \"y**3\" = \"positive\" } }";
        let test = hunt(&options(2, &["x**3", "x*y", "y**3"], table));
        let texts: Vec<String> = (6..test.space.dictionary.len())
            .map(|term| test.space.dictionary.term(term).python(&["x".to_owned(), "y".to_owned()]))
            .collect();
        assert_eq!(
            (texts.as_slice(), test.space.dictionary.polynomials),
            (&["x**3".to_owned(), "y**3".into()][..], 8)
        );
    }

    #[test]
    fn where_every_equation_has_its_list_there_are_no_other_candidates() {
        let lists = "terms = { x = [\"x\", \"x*y\"], y = [\"x*y\", \"y\"] }";
        let with_functions = |table: &str| {
            let library = LibrarySpec::polynomial(2).with_functions(&[FunctionFamily::Exponential]);
            hunt(&DiscoveryOptions { library: Some(library), ..options(2, &[], table) })
        };
        let listed = with_functions(lists);
        assert_eq!((listed.space.dictionary.len(), listed.problem().candidates()), (3, 4));
        // One equation without a list may have everything.
        let one = with_functions("terms = { x = [\"x\", \"x*y\"] }");
        assert!(one.space.dictionary.len() > 6);
    }

    #[test]
    fn explicit_time_is_a_variable_of_polynomials() {
        let test = hunt(&DiscoveryOptions { explicit_time: true, ..polynomials(1) });
        assert_eq!((test.space.dictionary.len(), test.data.known.count()), (4, 1));
        assert_eq!(test.candidate(1, "t").term, 3);
        // A known part that depends on it does not make it a candidate.
        let test = hunt(&options(1, &[], "known = { x = \"0.1*t\" }"));
        assert_eq!((test.space.dictionary.len(), test.data.known.count()), (3, 1));
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let test = hunt(&polynomials(1));
        let refused = |noise_std: &[f64], noise_model| {
            check(
                &test.dataset,
                &DiscoveryOptions { noise_std: Some(noise_std.to_vec()), noise_model, ..polynomials(1) },
            )
        };
        assert!(refused(&[0.1, 0.2], None).is_ok());
        for wrong in [&[0.1][..], &[0.1, 0.0], &[0.1, f64::NAN], &[0.1, -0.2]] {
            assert!(matches!(refused(wrong, None), Err(DiscoveryError::KnownNoise { measured: 2, .. })), "{wrong:?}");
        }
        let proportional = refused(&[0.1, 0.2], Some(NoiseModel::Proportional));
        assert!(matches!(proportional, Err(DiscoveryError::NoiseModel)));
        let text = options(1, &["x + q"], "");
        assert!(
            matches!(problem(&test.dataset, &text), Err(DiscoveryError::ExtraTerm { term, .. }) if term == "x + q")
        );
    }

    #[test]
    fn a_state_with_hardly_a_value_is_named() {
        let mut data = simulated(&SWING, &[&[2.0, 0.0], &[1.0, 1.0]], &times(20, 0.1));
        let values = &mut data.trajectories[1].values;
        (3..20).for_each(|row| values[[row, 1]] = f64::NAN);
        match check(&data, &polynomials(1)) {
            Err(DiscoveryError::TooFewOfOneState { trajectory, state, found, needed }) => {
                assert_eq!((trajectory.as_str(), state.as_str(), found), ("from start 1", "y", 3));
                assert!(needed > 3);
            }
            other => panic!("{other:?}"),
        }
        // Of second order the velocity needs none.
        let position = Dataset { trajectories: vec![data.trajectories[0].clone()], ..data };
        assert!(check(&position.second_order().expect("velocities"), &polynomials(1)).is_ok());
    }
}
