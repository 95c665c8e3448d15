//! A term that is no monomial: an expression with values for its inner constants.

use thiserror::Error;

use crate::equation::expression::Expression;

/// Why an expression and numbers do not make a term.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum TermError {
    /// Another number of values than inner constants.
    #[error("the term {term} has {expected} inner constants, found {found} values")]
    Constants {
        /// The term.
        term: String,
        /// C, the number of inner constants.
        expected: usize,
        /// The number of values.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("the inner constant {constant} of the term {term} is {value}")]
    NotFinite {
        /// The term.
        term: String,
        /// Name of the constant.
        constant: String,
        /// Its value.
        value: f64,
    },
}

/// An expression over V variables with values for its C inner constants.
///
/// $$ f(x; k), \quad \text{for instance } x / (k + x) $$
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionTerm {
    expression: Expression,
    constants: Vec<f64>,
}

impl FunctionTerm {
    /// `constants` are `[C]`, finite.
    ///
    /// # Errors
    /// [`TermError`] if they are not.
    pub fn new(expression: Expression, constants: Vec<f64>) -> Result<Self, TermError> {
        let (expected, found) = (expression.constants().len(), constants.len());
        if expected != found {
            return Err(TermError::Constants { term: expression.to_string(), expected, found });
        }
        if let Some(index) = constants.iter().position(|value| !value.is_finite()) {
            let (term, constant) = (expression.to_string(), expression.constants()[index].clone());
            return Err(TermError::NotFinite { term, constant, value: constants[index] });
        }
        Ok(Self { expression, constants })
    }

    /// The expression, with names for the inner constants.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Values of the inner constants, `[C]`.
    pub fn constants(&self) -> &[f64] {
        &self.constants
    }

    /// Values of the inner constants, to be changed; whoever does keeps them finite.
    pub fn constants_mut(&mut self) -> &mut [f64] {
        &mut self.constants
    }

    /// The same over `count` variables, where variable number v is number `places[v]`.
    ///
    /// # Panics
    /// If a variable that occurs has no place below `count`.
    pub(super) fn with_variables_at(&self, places: &[usize], count: usize) -> Self {
        let expression = self.expression.with_variables_at(places, count);
        Self { expression, constants: self.constants.clone() }
    }

    /// The same over the first `dims` variables, if the others do not occur.
    pub(super) fn shortened(&self, dims: usize) -> Option<Self> {
        let expression = self.expression.shortened(dims)?;
        Some(Self { expression, constants: self.constants.clone() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Expression, FunctionTerm, TermError};

    fn saturation() -> Expression {
        Expression::parse("x/(k + x)", &["x".to_owned(), "t".to_owned()], &["k".to_owned()]).unwrap()
    }

    #[test]
    fn every_inner_constant_has_a_finite_value() {
        let new = |constants: &[f64]| FunctionTerm::new(saturation(), constants.to_vec());
        assert_eq!(new(&[2.0]).unwrap().constants(), [2.0]);
        assert!(matches!(new(&[]), Err(TermError::Constants { expected: 1, found: 0, .. })));
        let error = new(&[f64::INFINITY]).unwrap_err();
        assert_eq!(error.to_string(), "the inner constant k of the term x/(k + x) is inf");
    }

    #[test]
    fn variables_that_do_not_occur_can_be_left_out() {
        let term = FunctionTerm::new(saturation(), vec![2.0]).unwrap();
        let shortened = term.shortened(1).unwrap();
        assert_eq!((shortened.expression().variables(), shortened.constants()), (&["x".to_owned()][..], &[2.0][..]));
        assert_eq!(term.shortened(0), None);
    }
}
