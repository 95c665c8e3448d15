//! A system of ordinary differential equations with few terms.

use super::equation::{Equation, FittedTerm};
use super::error::ModelError;
use crate::data::InputSignal;
use crate::equation::terms::{Term, with_scratch};

/// A system of D ordinary differential equations, each a sum of few terms.
///
/// $$ \dot x_d = \sum_{p} \theta_{d,p}\, f_{d,p}(x, u, t) $$
///
/// The V variables of the terms are the states, the controls and the time, in this order. The fields are public for
/// reading; [`SparseModel::new`] is the door at which they are checked.
///
/// # Shapes
/// - `states`, `equations`: `[D]`
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SparseModel {
    /// Name of the time variable.
    pub time: String,
    /// Names of the states, valid Python identifiers.
    pub states: Vec<String>,
    /// Names of the known inputs, valid Python identifiers; usually none.
    pub controls: Vec<String>,
    /// Right-hand side of each state.
    pub equations: Vec<Equation>,
}

impl SparseModel {
    /// A checked model without controls.
    ///
    /// # Errors
    /// [`ModelError`], one variant per check: one equation per state, names that are identifiers and distinct, terms
    /// over at most V variables, finite coefficients and inner constants.
    pub fn new(time: impl Into<String>, states: Vec<String>, equations: Vec<Equation>) -> Result<Self, ModelError> {
        Self::with_controls(time, states, Vec::new(), equations)
    }

    /// A checked model with known inputs.
    ///
    /// # Errors
    /// As [`SparseModel::new`].
    pub fn with_controls(
        time: impl Into<String>,
        states: Vec<String>,
        controls: Vec<String>,
        equations: Vec<Equation>,
    ) -> Result<Self, ModelError> {
        Self { time: time.into(), states, controls, equations }.checked()
    }

    pub(super) fn checked(self) -> Result<Self, ModelError> {
        let dims = self.dims();
        if self.equations.len() != dims {
            return Err(ModelError::Equations { expected: dims, found: self.equations.len() });
        }
        let variables = self.variables();
        for (index, name) in variables.iter().enumerate() {
            if !is_identifier(name) {
                return Err(ModelError::Name { name: name.clone() });
            }
            if variables[..index].contains(name) {
                return Err(ModelError::DuplicateName { name: name.clone() });
            }
        }
        for (state, equation) in self.states.iter().zip(&self.equations) {
            for (index, fitted) in equation.terms.iter().enumerate() {
                let (found, value) = (fitted.term.dims(), fitted.coefficient);
                let (state, expected) = (state.clone(), variables.len());
                if found > expected {
                    return Err(ModelError::Shape { state, index, expected, found });
                }
                if !value.is_finite() {
                    return Err(ModelError::NotFinite { state, index, value });
                }
                if let Term::Function(function) = &fitted.term
                    && let Some(c) = function.constants().iter().position(|value| !value.is_finite())
                {
                    let (constant, value) = (function.expression().constants()[c].clone(), function.constants()[c]);
                    return Err(ModelError::Constant { state, index, constant, value });
                }
            }
        }
        Ok(self)
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.states.len()
    }

    /// Names of the V variables of the terms: states, controls, time.
    pub fn variables(&self) -> Vec<String> {
        self.states.iter().chain(&self.controls).chain([&self.time]).cloned().collect()
    }

    /// All terms, each with the index of its equation, equation after equation.
    pub fn terms(&self) -> impl Iterator<Item = (usize, &FittedTerm)> {
        self.equations
            .iter()
            .enumerate()
            .flat_map(|(d, equation)| equation.terms.iter().map(move |fitted| (d, fitted)))
    }

    /// Number of terms with a coefficient other than zero, over all equations.
    pub fn term_count(&self) -> usize {
        self.equations.iter().map(|equation| equation.nonzero_terms().count()).sum()
    }

    /// Nodes of the expression trees: per term its own, its coefficient and the product of the two.
    pub fn complexity(&self) -> usize {
        let terms = self.equations.iter().flat_map(Equation::nonzero_terms);
        terms.map(|fitted| if fitted.term.is_constant() { 1 } else { 2 + fitted.term.complexity() }).sum()
    }

    /// Writes the time derivative of the states at the values of all variables into `dxdt`.
    ///
    /// # Shapes
    /// - `variables`: `[V]`, states, controls, time
    /// - `dxdt`: `[D]`
    pub fn evaluate_at(&self, variables: &[f64], dxdt: &mut [f64]) {
        for (equation, slope) in self.equations.iter().zip(dxdt) {
            *slope = equation.terms.iter().map(|fitted| fitted.coefficient * fitted.term.evaluate(variables)).sum();
        }
    }

    /// Writes the derivatives of the right-hand sides with respect to the states into `jacobian`.
    ///
    /// # Shapes
    /// - `variables`: `[V]`, states, controls, time
    /// - `jacobian`: `[D, D]`, row-major, one row per equation
    pub fn jacobian_at(&self, variables: &[f64], jacobian: &mut [f64]) {
        let dims = self.dims();
        jacobian.fill(0.0);
        with_scratch(variables.len(), |gradient| {
            for (d, fitted) in self.terms() {
                fitted.term.gradient_into(variables, gradient);
                for (entry, slope) in jacobian[d * dims..][..dims].iter_mut().zip(&*gradient) {
                    *entry += fitted.coefficient * slope;
                }
            }
        });
    }

    /// [`SparseModel::evaluate_at`] with `inputs` as controls; controls without one, or outside its span, are NaN.
    pub(in crate::equation) fn evaluate_with(&self, inputs: &[InputSignal], time: f64, x: &[f64], dxdt: &mut [f64]) {
        self.with_variables(inputs, time, x, |variables| self.evaluate_at(variables, dxdt));
    }

    /// [`SparseModel::jacobian_at`] with `inputs` as controls.
    pub(in crate::equation) fn jacobian_with(
        &self,
        inputs: &[InputSignal],
        time: f64,
        x: &[f64],
        jacobian: &mut [f64],
    ) {
        self.with_variables(inputs, time, x, |variables| self.jacobian_at(variables, jacobian));
    }

    /// Writes the time derivative of the states at `time` and `x` into `dxdt`, both `[D]`. Controls are NaN.
    pub fn evaluate(&self, time: f64, x: &[f64], dxdt: &mut [f64]) {
        self.evaluate_with(&[], time, x, dxdt);
    }

    /// Writes the derivatives of the right-hand sides with respect to the states into `jacobian`. Controls are NaN.
    ///
    /// # Shapes
    /// - `x`: `[D]`
    /// - `jacobian`: `[D, D]`, row-major, one row per equation
    pub fn jacobian(&self, time: f64, x: &[f64], jacobian: &mut [f64]) {
        self.jacobian_with(&[], time, x, jacobian);
    }

    /// Calls `f` with the values of all variables.
    pub(super) fn with_variables<R>(
        &self,
        inputs: &[InputSignal],
        time: f64,
        x: &[f64],
        f: impl FnOnce(&[f64]) -> R,
    ) -> R {
        let (dims, controls) = (self.dims(), self.controls.len());
        with_scratch(dims + controls + 1, |variables| {
            variables[..dims].copy_from_slice(&x[..dims]);
            for (c, value) in variables[dims..dims + controls].iter_mut().enumerate() {
                *value = inputs.get(c).and_then(|input| input.value(time)).unwrap_or(f64::NAN);
            }
            variables[dims + controls] = time;
            f(variables)
        })
    }
}

/// Whether `name` can stand in an expression.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|next| next.is_alphanumeric() || next == '_')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Equation, FittedTerm, ModelError, SparseModel, Term};

    fn equation(terms: &[([u8; 2], f64)]) -> Equation {
        let fitted = |&(exponents, coefficient): &([u8; 2], f64)| FittedTerm {
            term: Term::Monomial(exponents.to_vec()),
            coefficient,
            standard_error: f64::NAN,
            constant_errors: Vec::new(),
        };
        Equation { terms: terms.iter().map(fitted).collect() }
    }

    fn new(time: &str, states: [&str; 2], equations: Vec<Equation>) -> Result<SparseModel, ModelError> {
        SparseModel::new(time, states.map(String::from).to_vec(), equations)
    }

    /// x' = 3 - 2 x y, y' = x² + 0 y
    fn model() -> SparseModel {
        let equations = vec![equation(&[([0, 0], 3.0), ([1, 1], -2.0)]), equation(&[([2, 0], 1.0), ([0, 1], 0.0)])];
        new("t", ["x", "y"], equations).unwrap()
    }

    #[test]
    fn values_and_jacobian() {
        let (mut slope, mut jacobian) = ([f64::NAN; 2], [f64::NAN; 4]);
        model().evaluate(0.0, &[5.0, 7.0], &mut slope);
        assert_eq!(slope, [3.0 - 70.0, 25.0]);
        // d(3 - 2 x y) = (-2 y, -2 x), d(x²) = (2 x, 0)
        model().jacobian(0.0, &[5.0, 7.0], &mut jacobian);
        assert_eq!(jacobian, [-14.0, -10.0, 10.0, 0.0]);
    }

    #[test]
    fn zero_coefficients_do_not_count() {
        assert_eq!(model().term_count(), 3);
        // 3, 2*(x*y), 1*(x*x): 1 + 5 + 5 nodes
        assert_eq!(model().complexity(), 11);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let two = || vec![Equation::default(), Equation::default()];
        assert_eq!(
            new("t", ["x", "y"], vec![Equation::default()]),
            Err(ModelError::Equations { expected: 2, found: 1 })
        );
        assert_eq!(new("x", ["x", "y"], two()), Err(ModelError::DuplicateName { name: "x".into() }));
        assert_eq!(new("t", ["y", "y"], two()), Err(ModelError::DuplicateName { name: "y".into() }));
        for name in ["", "1x", "hare (thousand)", "x y", "a-b"] {
            assert_eq!(new("t", ["x", name], two()), Err(ModelError::Name { name: name.into() }));
        }
        // x, y and t are three variables.
        let wrong = Equation { terms: vec![FittedTerm::new(Term::constant(4), 1.0)] };
        let shape = ModelError::Shape { state: "y".into(), index: 0, expected: 3, found: 4 };
        assert_eq!(new("t", ["x", "y"], vec![Equation::default(), wrong]), Err(shape));
        let infinite = vec![equation(&[([0, 0], 1.0), ([1, 0], f64::INFINITY)]), Equation::default()];
        assert!(matches!(new("t", ["x", "y"], infinite), Err(ModelError::NotFinite { index: 1, .. })));
    }
}
