//! The unit of a term, and those of the numbers inside it.

use super::Term;
use crate::equation::expression::UnitProblem;
use crate::equation::unit::Unit;

impl Term {
    /// The unit of the term over variables with the given units, `[V]`, and those of its inner constants, `[C]`.
    ///
    /// Functions take pure numbers, and what is added has one unit: that says what the constants must be. A constant
    /// that may have any unit is taken for a pure number.
    ///
    /// # Errors
    /// [`UnitProblem`] if the units contradict each other.
    ///
    /// # Panics
    /// If there are fewer units than variables of the term.
    pub fn units(&self, variables: &[Unit]) -> Result<(Unit, Vec<Unit>), UnitProblem> {
        match self {
            Self::Monomial(exponents) => {
                let powers = exponents.iter().zip(&variables[..exponents.len()]);
                let whole = powers.fold(Unit::one(), |unit, (&n, own)| &unit * &own.power(f64::from(n)));
                Ok((whole, Vec::new()))
            }
            Self::Function(function) => function.expression().units(variables, function.constants()),
        }
    }
}
