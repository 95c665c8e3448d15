//! Candidate terms that the user adds.

use crate::data::Dataset;
use crate::equation::{ExpressionError, Term, parse_term, parse_terms};

/// Most inner constants of a term.
pub(crate) const MOST_CONSTANTS: usize = 8;

/// The candidates that the texts name, over the states, the known inputs and the time; and whether one depends on the
/// time. If none does, they are over the others only.
///
/// A number in front is the coefficient's affair and ignored; numbers inside are where inner constants start.
///
/// # Errors
/// The text, and what is wrong with it.
pub(crate) fn extra_terms(texts: &[String], data: &Dataset) -> Result<(Vec<Term>, bool), (String, ExpressionError)> {
    let time = data.dims() + data.controls.len();
    let terms = extra_terms_over(texts, &variables(data, true))?;
    if terms.iter().any(|term| term.uses_variable(time)) {
        return Ok((terms, true));
    }
    Ok((extra_terms_over(texts, &variables(data, false))?, false))
}

/// The candidates that the texts name, over these variables.
///
/// # Errors
/// As [`extra_terms`].
pub(crate) fn extra_terms_over(
    texts: &[String],
    variables: &[String],
) -> Result<Vec<Term>, (String, ExpressionError)> {
    texts.iter().map(|text| extra_term(text, variables).map_err(|error| (text.clone(), error))).collect()
}

/// What terms may be over: the states, the known inputs, and the time if it counts.
pub(crate) fn variables(data: &Dataset, with_time: bool) -> Vec<String> {
    let mut variables = [data.python_names(), data.python_controls()].concat();
    variables.extend(with_time.then(|| data.python_time()));
    variables
}

/// A candidate that a text names.
pub(crate) fn extra_term(text: &str, variables: &[String]) -> Result<Term, ExpressionError> {
    let mut terms = parse_terms(text, variables)?;
    let term = match (terms.pop(), terms.is_empty()) {
        (Some((term, _)), true) => term,
        _ => parse_term(text, variables)?,
    };
    let found = term.constants().len();
    if found > MOST_CONSTANTS {
        let problem = format!("expected at most {MOST_CONSTANTS} numbers inside a term, found {found}");
        return Err(ExpressionError::new(0, problem));
    }
    Ok(term)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::extra_terms;
    use crate::data::{Dataset, Trajectory};
    use crate::discovery::{DiscoveryOptions, Silent, discover};
    use crate::equation::{LibrarySpec, SimulationOptions, SparseModel, simulate};

    /// A population that excites itself and is inhibited by another one.
    #[test]
    fn a_function_of_a_linear_combination_has_its_numbers_estimated() {
        let truth =
            SparseModel::from_text("t", &[("x", "-x + 2*tanh(1.5*x - 1.2*y)"), ("y", "1.3*x - 0.5*y")]).unwrap();
        let times: Vec<f64> = (0..300).map(|i| 0.1 * f64::from(i)).collect();
        let clean = simulate(&truth, &[0.5, 0.1], &times, &SimulationOptions::new(vec![1.0; 2])).unwrap();
        let trajectory = Trajectory::new("a", times, clean.values).unwrap();
        let data = Dataset::new("t", truth.states, vec![trajectory]).unwrap().with_noise(0.02, 1).unwrap();
        let (library, extra_terms) = (Some(LibrarySpec::polynomial(3)), vec!["tanh(1*x - 1*y)".to_owned()]);
        let options = DiscoveryOptions { library, extra_terms, ..DiscoveryOptions::default() };
        let found = discover(&data, &options, &mut Silent).unwrap().model;
        assert_eq!(found.term_count(), 4, "{found}");
        let function = found.equations[0].terms.iter().find(|fitted| !fitted.term.constants().is_empty()).unwrap();
        for (number, exact) in [function.coefficient].iter().chain(function.term.constants()).zip([2.0, 1.5, 1.2]) {
            assert!((number.abs() - exact).abs() < 0.1 * exact, "{found}");
        }
    }

    #[test]
    fn texts_are_terms_without_their_coefficient() {
        let trajectory = Trajectory::new("a", vec![0.0, 1.0], Array2::ones((2, 3))).unwrap();
        let columns = ["x", "y", "u"].map(String::from).to_vec();
        let data = Dataset::new("t", columns, vec![trajectory]).unwrap().with_controls(&["u".to_owned()]).unwrap();
        let variables = ["x", "y", "u", "t"].map(String::from);
        let read = |text: &str| {
            let (terms, uses_time) = extra_terms(&[text.to_owned()], &data)?;
            Ok((terms[0].python(&variables), uses_time))
        };
        for (text, term, uses_time) in [
            ("x/(1+x**2)", "x/(1.0 + x**2)", false),
            ("-3*x*exp(-2*y)", "x*exp(-2.0*y)", false),
            ("x**5", "x**5", false),
            ("sin(x) + cos(y)", "sin(x) + cos(y)", false),
            ("x*u", "x*u", false),
            ("u*sin(2*t)", "u*sin(2.0*t)", true),
        ] {
            assert_eq!(read(text).unwrap(), (term.to_owned(), uses_time));
        }
        for (text, problem) in [
            ("x + y", "one term"),
            ("0*x", "one term"),
            ("x/(1+w)", "`w` is not a variable"),
            ("sin(1*x+2)*sin(3*x+4)*sin(5*x+6)*sin(7*x+8)*sin(9*x+10)", "at most 8 numbers"),
        ] {
            let (found, error): (String, crate::equation::ExpressionError) = read(text).unwrap_err();
            assert!(found == text && error.to_string().contains(problem), "{text}: {error}");
        }
    }
}
