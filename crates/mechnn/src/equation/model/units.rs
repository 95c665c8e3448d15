//! The units of the numbers in a model.

use super::SparseModel;
use crate::equation::expression::UnitProblem;
use crate::equation::terms::Term;
use crate::equation::unit::Unit;

/// Units of the coefficient of a term, and of the constants inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct TermUnits {
    /// That of the coefficient: of the state, by the time, by the term.
    pub coefficient: Unit,
    /// `[C]`
    pub constants: Vec<Unit>,
}

/// Units of all numbers of a model, term by term as [`SparseModel::equations`] has them; or why there are none.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelUnits {
    /// One list for each equation, `[D]`.
    pub equations: Vec<Vec<Result<TermUnits, UnitProblem>>>,
}

impl SparseModel {
    /// The unit of every coefficient and inner constant, from those of the variables, `[V]`: states, controls, time.
    ///
    /// # Panics
    /// If there are fewer units than variables.
    pub fn units(&self, variables: &[Unit]) -> ModelUnits {
        let time = &variables[self.states.len() + self.controls.len()];
        let of_term = |state: &Unit, term: &Term| {
            let (unit, constants) = term.units(variables)?;
            Ok(TermUnits { coefficient: &(state * &time.reciprocal()) * &unit.reciprocal(), constants })
        };
        let equations = self.equations.iter().zip(variables);
        let of_equation = equations
            .map(|(equation, state)| equation.terms.iter().map(|fitted| of_term(state, &fitted.term)).collect());
        ModelUnits { equations: of_equation.collect() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Unit;
    use crate::equation::SparseModel;

    fn units(text: &str, x: &str, y: &str) -> Vec<Result<(String, Vec<String>), String>> {
        let model = SparseModel::from_text("t", &[("x", text), ("y", "0")]).unwrap();
        let variables: Vec<Unit> = [x, y, "s"].iter().map(|unit| unit.parse().unwrap()).collect();
        let units = model.units(&variables);
        let written = |unit: &super::TermUnits| {
            (unit.coefficient.to_string(), unit.constants.iter().map(ToString::to_string).collect())
        };
        let terms = units.equations[0].iter();
        terms.map(|unit| unit.as_ref().map(written).map_err(ToString::to_string)).collect()
    }

    fn found(coefficient: &str, constants: &[&str]) -> Result<(String, Vec<String>), String> {
        Ok((coefficient.to_owned(), constants.iter().map(|unit| (*unit).to_owned()).collect()))
    }

    #[test]
    fn coefficients_have_the_unit_that_makes_a_rate_of_the_term() {
        let expected = [found("m/s", &[]), found("1/s", &[]), found("1/(kg*s)", &[]), found("1/(m*s)", &[])];
        assert_eq!(units("2 + 3*x + 4*x*y + 5*x**2", "m", "kg"), expected);
        assert_eq!(units("-9.8 - 0.1*y/x", "m/s", "m"), [found("m/s**2", &[]), found("m/s**3", &[])]);
    }

    #[test]
    fn inner_constants_have_the_unit_that_their_place_asks_for() {
        for (text, coefficient, constants) in [
            ("2*x/(3.5 + x)", "m/s", &["m"][..]),
            ("2*y*x/(3.5 + x**2)", "m**2/(kg*s)", &["m**2"]),
            ("2*exp(-0.5*x)", "m/s", &["1/m"]),
            ("2/(1 + exp(-(0.5*x - 1.5)))", "m/s", &["1", "1/m", "1"]),
            ("2*sqrt(x)", "m**(1/2)/s", &[]),
            ("2*x**2.5", "1/(m**(3/2)*s)", &["1"]),
            // The unit of a quantity to an estimated power is as odd as the power.
            ("2*x**2.5/(3.5**2.5 + x**2.5)", "m/s", &["1", "m**(5/2)", "1"]),
            ("2*abs(x)*x", "1/(m*s)", &[]),
        ] {
            assert_eq!(units(text, "m", "kg"), [found(coefficient, constants)], "{text}");
        }
    }

    #[test]
    fn contradictions_are_named() {
        for (text, problem) in [
            ("2*sin(x)", "sin needs a pure number, and is given the unit m"),
            ("2*log(x)", "log needs a pure number, and is given the unit m"),
            ("2*sqrt(x + y)", "quantities that are added or compared differ by the unit m/kg"),
            ("2*x**y", "a power needs pure numbers, and is given the unit kg"),
        ] {
            assert_eq!(units(text, "m", "kg"), [Err(problem.to_owned())], "{text}");
        }
        assert_eq!(units("2*sin(x)", "rad", "1"), [found("1/s", &[])]);
    }
}
