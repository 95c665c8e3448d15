//! A model as a JSON document.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{Equation, ExpressionError, FittedTerm, ModelError, SparseModel, Term, parse_polynomial};

/// What is written: `{"time": .., "equations": [{"state", "rhs", "terms": [{"expression", ..}]}]}`.
#[derive(Serialize, Deserialize)]
struct ModelDocument {
    time: String,
    equations: Vec<EquationDocument>,
}

/// One equation as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquationDocument {
    /// The state whose rate it is.
    pub state: String,
    /// The right-hand side in Python. For readers; the terms say the same and are what is read back.
    #[serde(default)]
    pub rhs: String,
    /// The terms with a coefficient other than 0.
    pub terms: Vec<TermDocument>,
}

/// One term of an equation as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TermDocument {
    /// The term without its coefficient, in Python.
    pub expression: String,
    /// Its coefficient, finite.
    pub coefficient: f64,
    /// Absent where it is not known: JSON has no NaN.
    pub standard_error: Option<f64>,
}

impl SparseModel {
    /// The equations as they are written.
    ///
    /// # Errors
    /// If a coefficient is not finite.
    pub(crate) fn equation_documents<E: ser::Error>(&self) -> Result<Vec<EquationDocument>, E> {
        let mut equations = Vec::with_capacity(self.equations.len());
        for (state, equation) in self.states.iter().zip(&self.equations) {
            let mut terms = Vec::with_capacity(equation.terms.len());
            for fitted in equation.nonzero_terms() {
                if !fitted.coefficient.is_finite() {
                    let expression = fitted.term.python(&self.states);
                    let message = format!("the coefficient of {expression} in the equation of {state} is not finite");
                    return Err(E::custom(message));
                }
                terms.push(TermDocument {
                    expression: fitted.term.python(&self.states),
                    coefficient: fitted.coefficient,
                    standard_error: Some(fitted.standard_error).filter(|error| error.is_finite()),
                });
            }
            equations.push(EquationDocument { state: state.clone(), rhs: equation.python(&self.states), terms });
        }
        Ok(equations)
    }
}

impl Serialize for SparseModel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let equations = self.equation_documents()?;
        ModelDocument { time: self.time.clone(), equations }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SparseModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ModelDocument::deserialize(deserializer)?.into_model().map_err(de::Error::custom)
    }
}

impl ModelDocument {
    fn into_model(self) -> Result<SparseModel, ModelError> {
        let states: Vec<String> = self.equations.iter().map(|equation| equation.state.clone()).collect();
        let mut equations = Vec::with_capacity(states.len());
        for equation in self.equations {
            let mut terms = Vec::with_capacity(equation.terms.len());
            for document in equation.terms {
                let term = read_term(&document.expression, &states)
                    .map_err(|source| ModelError::Expression { state: equation.state.clone(), source })?;
                let standard_error = document.standard_error.unwrap_or(f64::NAN);
                terms.push(FittedTerm { term, coefficient: document.coefficient, standard_error });
            }
            equations.push(Equation { terms });
        }
        SparseModel::new(self.time, states, equations)
    }
}

/// A term without coefficient, as [`Term::python`] writes it.
fn read_term(expression: &str, states: &[String]) -> Result<Term, ExpressionError> {
    let mut terms = parse_polynomial(expression, states)?;
    match (terms.pop(), terms.is_empty()) {
        (Some((term, 1.0)), true) => Ok(term),
        _ => Err(ExpressionError::new(0, format!("expected one term with coefficient 1, found \"{expression}\""))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Equation, FittedTerm, SparseModel, Term};
    use crate::equation::BasisLibrary;

    fn model(terms: Vec<(Term, f64, f64)>) -> SparseModel {
        let fitted = |(term, coefficient, standard_error)| FittedTerm { term, coefficient, standard_error };
        let equations = vec![Equation { terms: terms.into_iter().map(fitted).collect() }, Equation::default()];
        SparseModel::new("t", vec!["x".into(), "y".into()], equations).unwrap()
    }

    #[test]
    fn document_has_the_documented_fields() {
        let terms = vec![(Term::Monomial(vec![2, 1]), -9.998, 0.004), (Term::constant(2), 3.0, f64::NAN)];
        let expected = json!({
            "time": "t",
            "equations": [
                {"state": "x", "rhs": "-9.998*x**2*y + 3.0", "terms": [
                    {"expression": "x**2*y", "coefficient": -9.998, "standard_error": 0.004},
                    {"expression": "1", "coefficient": 3.0, "standard_error": null},
                ]},
                {"state": "y", "rhs": "0", "terms": []},
            ],
        });
        assert_eq!(serde_json::to_value(model(terms)).unwrap(), expected);
    }

    #[test]
    fn unknown_standard_errors_are_null_and_come_back_as_nan() {
        for unknown in [f64::NAN, f64::INFINITY] {
            let text = serde_json::to_string(&model(vec![(Term::constant(2), 3.0, unknown)])).unwrap();
            assert!(text.contains("\"standard_error\":null"), "{text}");
            let back: SparseModel = serde_json::from_str(&text).unwrap();
            assert!(back.equations[0].terms[0].standard_error.is_nan());
        }
    }

    #[test]
    fn documents_are_checked() {
        let document = |expression: &str, coefficient: f64| {
            json!({"time": "t", "equations": [{"state": "x", "terms": [
                {"expression": expression, "coefficient": coefficient, "standard_error": null}]}]})
            .to_string()
        };
        assert!(serde_json::from_str::<SparseModel>(&document("x**2", 1.0)).is_ok());
        for (expression, part) in [
            ("w", "column 1: `w` is not a variable"),
            ("2*x", "one term with coefficient 1"),
            ("x + x**2", "one term with coefficient 1"),
            ("0", "one term with coefficient 1"),
        ] {
            let error = serde_json::from_str::<SparseModel>(&document(expression, 1.0)).unwrap_err().to_string();
            assert!(error.contains("equation of x") && error.contains(part), "{error}");
        }
        let infinite = document("x", 1.0).replace("1.0", "1e999");
        assert!(serde_json::from_str::<SparseModel>(&infinite).is_err());
        let mut broken = model(vec![(Term::constant(2), 3.0, 0.1)]);
        broken.equations[0].terms[0].coefficient = f64::NAN;
        assert!(serde_json::to_string(&broken).is_err());
    }

    proptest! {
        /// serde_json reads numbers to within one unit in the last place unless its `float_roundtrip` feature is on.
        #[test]
        fn reading_undoes_writing(
            numbers in prop::collection::vec((-1e3..1e3f64, 0.0..1e3f64), 1..8),
            terms in Just(BasisLibrary::polynomial(2, 3).terms().to_vec()).prop_shuffle(),
        ) {
            prop_assume!(numbers.iter().all(|(coefficient, _)| *coefficient != 0.0));
            let original = model(terms.into_iter().zip(numbers).map(|(term, (c, e))| (term, c, e)).collect());
            let mut back: SparseModel = serde_json::from_str(&serde_json::to_string(&original).unwrap()).unwrap();
            for (read, written) in back.equations[0].terms.iter_mut().zip(&original.equations[0].terms) {
                for (read, written) in [
                    (&mut read.coefficient, written.coefficient),
                    (&mut read.standard_error, written.standard_error),
                ] {
                    prop_assert!((*read - written).abs() <= 2.0 * f64::EPSILON * written.abs());
                    *read = written;
                }
            }
            prop_assert_eq!(back, original);
        }
    }
}
