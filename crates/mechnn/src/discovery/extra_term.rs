//! Candidate terms that the user adds.

use super::candidates::MOST_CONSTANTS;
use crate::equation::{ExpressionError, Term, parse_term, parse_terms};

/// The candidates that the texts name, over the states.
///
/// A number in front is the coefficient's affair and ignored; numbers inside are where inner constants start.
///
/// # Errors
/// The text, and what is wrong with it.
pub(super) fn extra_terms(texts: &[String], states: &[String]) -> Result<Vec<Term>, (String, ExpressionError)> {
    texts.iter().map(|text| extra_term(text, states).map_err(|error| (text.clone(), error))).collect()
}

fn extra_term(text: &str, states: &[String]) -> Result<Term, ExpressionError> {
    let mut terms = parse_terms(text, states)?;
    let term = match (terms.pop(), terms.is_empty()) {
        (Some((term, _)), true) => term,
        _ => parse_term(text, states)?,
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
    use super::extra_terms;

    #[test]
    fn texts_are_terms_without_their_coefficient() {
        let states = ["x", "y"].map(String::from);
        let read = |text: &str| extra_terms(&[text.to_owned()], &states).map(|terms| terms[0].python(&states));
        for (text, term) in [
            ("x/(1+x**2)", "x/(1.0 + x**2)"),
            ("-3*x*exp(-2*y)", "x*exp(-2.0*y)"),
            ("x**5", "x**5"),
            ("sin(x) + cos(y)", "sin(x) + cos(y)"),
        ] {
            assert_eq!(read(text).unwrap(), term);
        }
        for (text, problem) in [
            ("x + y", "one term"),
            ("0*x", "one term"),
            ("x/(1+w)", "`w` is not a variable"),
            ("sin(1*x+2)*sin(3*x+4)*sin(5*x+6)*sin(7*x+8)*sin(9*x+10)", "at most 8 numbers"),
        ] {
            let (found, error) = read(text).unwrap_err();
            assert!(found == text && error.to_string().contains(problem), "{text}: {error}");
        }
    }
}
