//! One right-hand side: a sum of terms with coefficients.

use crate::equation::terms::Term;

/// The right-hand side of one state's equation: the sum of its terms, 0 with none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Equation {
    /// The terms, each with its coefficient.
    pub terms: Vec<FittedTerm>,
}

/// A term with its coefficient, in the units of the data.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedTerm {
    /// The function of the variables.
    pub term: Term,
    /// Its coefficient, finite.
    pub coefficient: f64,
    /// Standard error of the coefficient, NaN where it is not known.
    pub standard_error: f64,
    /// Standard errors of the inner constants, `[C]`, NaN where one is not known; empty if none is.
    pub constant_errors: Vec<f64>,
}

impl Equation {
    /// The terms that are printed and counted.
    pub fn nonzero_terms(&self) -> impl Iterator<Item = &FittedTerm> {
        self.terms.iter().filter(|fitted| fitted.coefficient != 0.0)
    }
}

impl FittedTerm {
    /// A term with a coefficient whose standard error is not known.
    pub fn new(term: Term, coefficient: f64) -> Self {
        Self { term, coefficient, standard_error: f64::NAN, constant_errors: Vec::new() }
    }
}
