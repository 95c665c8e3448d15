//! Models from text.

use super::{Equation, FittedTerm, ModelError, SparseModel};
use crate::equation::syntax::ExpressionError;
use crate::equation::terms::{Term, parse_terms};

/// Why text is no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelTextError {
    /// A right-hand side is no expression of the variables.
    #[error("the right-hand side of `{state}`: {source}")]
    Expression {
        /// The state.
        state: String,
        /// Where and why.
        source: ExpressionError,
    },
    /// The parts do not make a model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl SparseModel {
    /// A model from right-hand sides as text, such as `("x", "10*y - 10*x")` or `("x", "sin(t) - 2*x/(1.5 + x)")`.
    ///
    /// Each is split into a sum of terms with coefficients by [`parse_terms`]; it may use the states and the time.
    ///
    /// # Errors
    /// [`ModelTextError`], naming the state.
    ///
    /// # Example
    /// ```
    /// use mechnn::equation::SparseModel;
    /// use mechnn_solver::nonlinear::{NonlinearSolver, Status};
    ///
    /// let model = SparseModel::from_text("t", &[("x", "x - x*y/(1 + x)"), ("y", "x*y/(1 + x) - 0.5*y")])?;
    /// let times = [0.0, 5.0, 10.0];
    /// let solution = NonlinearSolver::default().solve(&model, &model.coefficients(), &[1.5, 1.0], &times)?;
    /// assert_eq!(solution.status, Status::Converged);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_text(time: &str, equations: &[(&str, &str)]) -> Result<Self, ModelTextError> {
        Self::from_text_with_controls(time, &[], equations)
    }

    /// [`SparseModel::from_text`] with names of known inputs, which the right-hand sides may use too.
    ///
    /// # Errors
    /// [`ModelTextError`], naming the state.
    pub fn from_text_with_controls(
        time: &str,
        controls: &[&str],
        equations: &[(&str, &str)],
    ) -> Result<Self, ModelTextError> {
        let owned = |name: &&str| (*name).to_owned();
        let states: Vec<String> = equations.iter().map(|(state, _)| owned(state)).collect();
        let controls: Vec<String> = controls.iter().map(owned).collect();
        // The names before the text: with a name twice, the text would not mean what it says.
        let nothing = vec![Equation::default(); states.len()];
        let mut model = Self::with_controls(time, states, controls, nothing)?;
        let variables = model.variables();
        for ((state, text), equation) in equations.iter().zip(&mut model.equations) {
            let terms = parse_terms(text, &variables)
                .map_err(|source| ModelTextError::Expression { state: owned(state), source })?;
            // Over the states alone where that is all: such a term fits into every library of the states.
            let fitted =
                |(term, coefficient): (Term, f64)| FittedTerm::new(term.shortened(equations.len()), coefficient);
            equation.terms = terms.into_iter().map(fitted).collect();
        }
        Ok(model.checked()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_no_expression_names_its_state() {
        for text in ["x +", "w", "2 x", "sin"] {
            let error = SparseModel::from_text("t", &[("x", "y"), ("y", text)]).unwrap_err();
            assert!(matches!(&error, ModelTextError::Expression { state, .. } if state == "y"), "{error}");
        }
        let error = SparseModel::from_text("x", &[("x", "y"), ("y", "x")]).unwrap_err();
        assert_eq!(error.to_string(), "the name \"x\" is used twice");
    }

    #[test]
    fn polynomials_of_the_states_are_monomials_over_the_states() {
        let model =
            SparseModel::from_text_with_controls("t", &["u"], &[("x", "2*x*y - 3"), ("y", "u*y + t")]).unwrap();
        let terms: Vec<Term> = model.terms().map(|(_, fitted)| fitted.term.clone()).collect();
        let expected = [vec![1, 1], vec![0, 0], vec![0, 1, 1, 0], vec![0, 0, 0, 1]];
        assert_eq!(terms, expected.map(Term::Monomial));
    }

    #[test]
    fn reading_what_is_written_gives_the_same_model() {
        for rhs in [
            "-9.998*x + 9.998*y",
            "2.5*x/(1.25 + x) - 0.5/(2.0 + y**2)",
            "3.0*sin(2.0*pi*t + 0.1) - 1.0*x**2*y",
            "1.0*x**0.75*exp(-c1*t)",
            "-2.0*tanh(x - 0.5)*u + 1e-07",
        ] {
            let equations = [("x", rhs), ("y", "0")];
            let model = SparseModel::from_text_with_controls("t", &["u", "c1"], &equations).unwrap();
            let written = model.rhs_python();
            let again: Vec<(&str, &str)> = ["x", "y"].into_iter().zip(written.iter().map(String::as_str)).collect();
            let back = SparseModel::from_text_with_controls("t", &["u", "c1"], &again).unwrap();
            assert_eq!(back.rhs_python(), written);
            let unknown_errors = |model: &SparseModel| {
                model.terms().map(|(d, f)| (d, f.term.clone(), f.coefficient)).collect::<Vec<_>>()
            };
            assert_eq!(unknown_errors(&back), unknown_errors(&model), "{rhs}");
            assert_eq!(written[0].replace("1e-7", "1e-07"), rhs);
        }
    }
}
