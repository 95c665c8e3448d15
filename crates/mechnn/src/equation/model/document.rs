//! A model as a JSON document.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{Equation, FittedTerm, ModelError, SparseModel};
use crate::equation::terms::parse_term;

/// What is written: `{"time": .., "equations": [{"state", "rhs", "terms": [{"expression", ..}]}]}`.
#[derive(Serialize, Deserialize)]
struct ModelDocument {
    time: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    controls: Vec<String>,
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
    /// Unit of the coefficient, if those of the variables are known and make one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Units of the numbers inside the expression, in their order; left out where none is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constant_units: Vec<String>,
    /// Absent where it is not known: JSON has no NaN.
    pub standard_error: Option<f64>,
    /// Those of the numbers inside the expression, in their order; left out where none is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constant_errors: Vec<Option<f64>>,
}

impl SparseModel {
    /// The equations as they are written.
    ///
    /// # Errors
    /// If a coefficient is not finite.
    pub(crate) fn equation_documents<E: ser::Error>(&self) -> Result<Vec<EquationDocument>, E> {
        let names = self.variables();
        let known = |error: f64| Some(error).filter(|error| error.is_finite());
        let mut equations = Vec::with_capacity(self.equations.len());
        for (state, equation) in self.states.iter().zip(&self.equations) {
            let mut terms = Vec::with_capacity(equation.terms.len());
            for fitted in equation.nonzero_terms() {
                let expression = fitted.term.python(&names);
                if !fitted.coefficient.is_finite() || fitted.term.constants().iter().any(|value| !value.is_finite()) {
                    let message =
                        format!("a number of the term {expression} in the equation of {state} is not finite");
                    return Err(E::custom(message));
                }
                let constant_errors: Vec<_> = fitted.constant_errors.iter().copied().map(known).collect();
                terms.push(TermDocument {
                    expression,
                    coefficient: fitted.coefficient,
                    unit: None,
                    constant_units: Vec::new(),
                    standard_error: known(fitted.standard_error),
                    constant_errors,
                });
            }
            equations.push(EquationDocument { state: state.clone(), rhs: equation.python(&names), terms });
        }
        Ok(equations)
    }
}

impl Serialize for SparseModel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let equations = self.equation_documents()?;
        ModelDocument { time: self.time.clone(), controls: self.controls.clone(), equations }.serialize(serializer)
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
        let nothing = vec![Equation::default(); states.len()];
        let mut model = SparseModel::with_controls(self.time, states, self.controls, nothing)?;
        let (variables, dims) = (model.variables(), model.dims());
        for (equation, document) in model.equations.iter_mut().zip(self.equations) {
            for written in document.terms {
                let term = parse_term(&written.expression, &variables)
                    .map_err(|source| ModelError::Expression { state: document.state.clone(), source })?;
                equation.terms.push(FittedTerm {
                    term: term.shortened(dims),
                    coefficient: written.coefficient,
                    standard_error: written.standard_error.unwrap_or(f64::NAN),
                    constant_errors: written.constant_errors.iter().map(|error| error.unwrap_or(f64::NAN)).collect(),
                });
            }
        }
        model.checked()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Equation, FittedTerm, SparseModel};
    use crate::equation::{BasisLibrary, Term};

    fn model(terms: Vec<(Term, f64, f64)>) -> SparseModel {
        let fitted = |(term, coefficient, standard_error)| FittedTerm {
            term,
            coefficient,
            standard_error,
            constant_errors: Vec::new(),
        };
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
    fn function_terms_controls_and_time_are_written_and_read_back() {
        let equations = [("x", "2.5*x/(1.25 + x) - u*sin(3*t)"), ("y", "x*y")];
        let mut original = SparseModel::from_text_with_controls("t", &["u"], &equations).unwrap();
        for fitted in original.equations.iter_mut().flat_map(|equation| &mut equation.terms) {
            fitted.standard_error = 0.5;
        }
        original.equations[0].terms[0].constant_errors = vec![0.25];
        let expected = json!({
            "time": "t",
            "controls": ["u"],
            "equations": [
                {"state": "x", "rhs": "2.5*x/(1.25 + x) - 1.0*u*sin(3.0*t)", "terms": [
                    {"expression": "x/(1.25 + x)", "coefficient": 2.5, "standard_error": 0.5,
                     "constant_errors": [0.25]},
                    {"expression": "u*sin(3.0*t)", "coefficient": -1.0, "standard_error": 0.5},
                ]},
                {"state": "y", "rhs": "1.0*x*y", "terms": [
                    {"expression": "x*y", "coefficient": 1.0, "standard_error": 0.5},
                ]},
            ],
        });
        assert_eq!(serde_json::to_value(&original).unwrap(), expected);
        assert_eq!(serde_json::from_value::<SparseModel>(expected).unwrap(), original);
        original.equations[0].terms[0].term.constants_mut()[0] = f64::NAN;
        assert!(serde_json::to_string(&original).is_err());
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
