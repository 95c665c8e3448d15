//! A system of ordinary differential equations with few terms.

use thiserror::Error;

use super::{ExpressionError, Term};

/// Why a model cannot be made from its parts.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Another number of equations than states.
    #[error("{found} equations for {expected} states")]
    Equations {
        /// D, the number of states.
        expected: usize,
        /// The number of equations.
        found: usize,
    },
    /// A name cannot stand in an expression.
    #[error("\"{name}\" cannot be a name in an equation: expected letters, digits and underscores, no digit first")]
    Name {
        /// The name.
        name: String,
    },
    /// Two variables, or the time and a state, have the same name.
    #[error("the name \"{name}\" is used twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A term is a function of another number of states.
    #[error("equation of {state}: term {index} is a function of {found} states, the model has {expected}")]
    Shape {
        /// State whose equation it is.
        state: String,
        /// Index of the term.
        index: usize,
        /// D of the model.
        expected: usize,
        /// D of the term.
        found: usize,
    },
    /// A coefficient is NaN or infinite.
    #[error("equation of {state}: the coefficient of term {index} is {value}")]
    NotFinite {
        /// State whose equation it is.
        state: String,
        /// Index of the term.
        index: usize,
        /// The coefficient.
        value: f64,
    },
    /// Text that is not a polynomial of the states.
    #[error("equation of {state}: {source}")]
    Expression {
        /// State whose equation it is.
        state: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
}

/// A system of D ordinary differential equations, each a sum of few terms.
///
/// $$ \dot x_d = \sum_{p} \theta_{d,p}\, f_{d,p}(x) $$
///
/// The fields are public for reading; [`SparseModel::new`] is the door at which they are checked.
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
    /// Right-hand side of each state.
    pub equations: Vec<Equation>,
}

/// The right-hand side of one state's equation: the sum of its terms, 0 with none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Equation {
    /// The terms, each with its coefficient.
    pub terms: Vec<FittedTerm>,
}

/// A term with its coefficient, in the units of the data.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedTerm {
    /// The function of the states.
    pub term: Term,
    /// Its coefficient, finite.
    pub coefficient: f64,
    /// Standard error of the coefficient, NaN where it is not known.
    pub standard_error: f64,
}

impl SparseModel {
    /// A checked model.
    ///
    /// # Errors
    /// [`ModelError`], one variant per check: one equation per state, names that are identifiers and distinct, terms
    /// over D states, finite coefficients.
    pub fn new(time: impl Into<String>, states: Vec<String>, equations: Vec<Equation>) -> Result<Self, ModelError> {
        let model = Self { time: time.into(), states, equations };
        let dims = model.dims();
        if model.equations.len() != dims {
            return Err(ModelError::Equations { expected: dims, found: model.equations.len() });
        }
        for (index, name) in model.states.iter().chain(std::iter::once(&model.time)).enumerate() {
            if !is_identifier(name) {
                return Err(ModelError::Name { name: name.clone() });
            }
            if model.states[..index].contains(name) {
                return Err(ModelError::DuplicateName { name: name.clone() });
            }
        }
        for (state, equation) in model.states.iter().zip(&model.equations) {
            for (index, fitted) in equation.terms.iter().enumerate() {
                let (found, value) = (fitted.term.dims(), fitted.coefficient);
                if found != dims {
                    return Err(ModelError::Shape { state: state.clone(), index, expected: dims, found });
                }
                if !value.is_finite() {
                    return Err(ModelError::NotFinite { state: state.clone(), index, value });
                }
            }
        }
        Ok(model)
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.states.len()
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

    /// Writes the time derivative of the states at `time` and `x` into `dxdt`, both `[D]`.
    ///
    /// The right-hand side does not depend on time yet: terms of time are not in the library.
    pub fn evaluate(&self, _time: f64, x: &[f64], dxdt: &mut [f64]) {
        for (equation, slope) in self.equations.iter().zip(dxdt) {
            *slope = equation.terms.iter().map(|fitted| fitted.coefficient * fitted.term.evaluate(x)).sum();
        }
    }

    /// Writes the derivatives of the right-hand sides with respect to the states into `jacobian`.
    ///
    /// # Shapes
    /// - `x`: `[D]`
    /// - `jacobian`: `[D, D]`, row-major, one row per equation
    pub fn jacobian(&self, _time: f64, x: &[f64], jacobian: &mut [f64]) {
        let dims = self.dims();
        let mut gradient = vec![0.0; dims];
        jacobian.fill(0.0);
        for (equation, row) in self.equations.iter().zip(jacobian.chunks_mut(dims.max(1))) {
            for fitted in &equation.terms {
                fitted.term.gradient_into(x, &mut gradient);
                for (entry, slope) in row.iter_mut().zip(&gradient) {
                    *entry += fitted.coefficient * slope;
                }
            }
        }
    }
}

impl Equation {
    /// The terms that are printed and counted.
    pub fn nonzero_terms(&self) -> impl Iterator<Item = &FittedTerm> {
        self.terms.iter().filter(|fitted| fitted.coefficient != 0.0)
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
        let wrong =
            Equation { terms: vec![FittedTerm { term: Term::constant(3), coefficient: 1.0, standard_error: 0.0 }] };
        let shape = ModelError::Shape { state: "y".into(), index: 0, expected: 2, found: 3 };
        assert_eq!(new("t", ["x", "y"], vec![Equation::default(), wrong]), Err(shape));
        let infinite = vec![equation(&[([0, 0], 1.0), ([1, 0], f64::INFINITY)]), Equation::default()];
        assert!(matches!(new("t", ["x", "y"], infinite), Err(ModelError::NotFinite { index: 1, .. })));
    }
}
