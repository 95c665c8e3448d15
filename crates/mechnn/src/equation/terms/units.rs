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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Unit;
    use crate::equation::parse_term;

    #[test]
    fn constants_have_the_unit_that_sums_and_functions_ask_for() {
        let names = ["x", "t"].map(String::from);
        let variables: Vec<Unit> = ["m", "s"].map(|unit| unit.parse().unwrap()).to_vec();
        for (term, unit, constants) in [
            ("1", "1", &[][..]),
            ("x**2*t", "m**2*s", &[]),
            ("x/(3 + x)", "1", &["m"]),
            ("x*sin(2*t)", "m", &["1/s"]),
            ("exp(2*x)", "1", &["1/m"]),
        ] {
            let (own, inner) = parse_term(term, &names).unwrap().units(&variables).unwrap();
            let inner: Vec<String> = inner.iter().map(Unit::to_string).collect();
            assert_eq!((own.to_string().as_str(), inner), (unit, constants.iter().map(ToString::to_string).collect()));
        }
        assert!(parse_term("sin(x)", &names).unwrap().units(&variables).is_err());
    }
}
