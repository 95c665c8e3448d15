//! The numbers inside a function, as inner constants.

use super::polynomial::not_finite;
use crate::equation::expression::whole_power;
use crate::equation::syntax::{ExpressionError, Factor, Kind, Summand, Tree};

/// The numbers of a function, to become its inner constants.
pub(super) struct InnerConstants {
    /// The symbol of the first.
    pub(super) first: usize,
    pub(super) values: Vec<f64>,
}

impl InnerConstants {
    /// The tree with symbols for its numbers. Numbers that are added or multiplied are one constant: two would say the
    /// same.
    pub(super) fn split_off(&mut self, tree: &Tree) -> Result<Tree, ExpressionError> {
        if let Some(value) = number(tree) {
            return self.constant(value, tree.at);
        }
        let kind = match &tree.kind {
            Kind::Sum(terms) => Kind::Sum(self.sum(terms)?),
            Kind::Product(factors) => Kind::Product(self.product(factors)?),
            Kind::Power(base, exponent) => {
                let base = Box::new(self.split_off(base)?);
                match whole_power(exponent) {
                    Some(_) => Kind::Power(base, exponent.clone()),
                    None => Kind::Power(base, Box::new(self.split_off(exponent)?)),
                }
            }
            Kind::Call(function, arguments) => {
                let arguments: Result<_, _> = arguments.iter().map(|argument| self.split_off(argument)).collect();
                Kind::Call(*function, arguments?)
            }
            Kind::Symbol { .. } | Kind::Pi | Kind::Number { .. } => tree.kind.clone(),
        };
        Ok(Tree { kind, at: tree.at })
    }

    fn sum(&mut self, terms: &[Summand]) -> Result<Vec<Summand>, ExpressionError> {
        let numbers: Vec<f64> = terms
            .iter()
            .filter_map(|term| number(&term.value).map(|value| if term.negative { -value } else { value }))
            .collect();
        let mut total = (numbers.len() > 1).then(|| numbers.iter().sum());
        let mut kept = Vec::new();
        for Summand { negative, value } in terms {
            match (number(value), numbers.len()) {
                (Some(_), 2..) => match total.take() {
                    Some(total) => kept.push(Summand { negative: false, value: self.constant(total, value.at)? }),
                    None => continue,
                },
                _ => kept.push(Summand { negative: *negative, value: self.split_off(value)? }),
            }
        }
        Ok(kept)
    }

    fn product(&mut self, factors: &[Factor]) -> Result<Vec<Factor>, ExpressionError> {
        let numbers: Vec<(bool, f64)> =
            factors.iter().filter_map(|factor| number(&factor.value).map(|value| (factor.divides, value))).collect();
        let mut total = (numbers.len() > 1).then(|| {
            numbers.iter().fold(1.0, |total, &(divides, value)| if divides { total / value } else { total * value })
        });
        let mut kept = Vec::new();
        for Factor { divides, value } in factors {
            match (number(value), numbers.len()) {
                (Some(_), 2..) => match total.take() {
                    // The first factor of a product divides nothing, so neither does the joint one at its place.
                    Some(total) => kept.push(Factor { divides: false, value: self.constant(total, value.at)? }),
                    None => continue,
                },
                _ => kept.push(Factor { divides: *divides, value: self.split_off(value)? }),
            }
        }
        Ok(kept)
    }

    fn constant(&mut self, value: f64, at: usize) -> Result<Tree, ExpressionError> {
        if !value.is_finite() {
            return Err(not_finite(value, at));
        }
        self.values.push(value);
        Ok(Tree { kind: Kind::Symbol { index: self.first + self.values.len() - 1, primes: 0 }, at })
    }
}

/// The value of a part without variables; `pi` alone is no number to estimate.
fn number(tree: &Tree) -> Option<f64> {
    tree.constant().filter(|_| tree.kind != Kind::Pi)
}

/// `c1`, `c2`, ..; with as many underscores behind it as tell it from the variables.
pub(super) fn constant_names(count: usize, variables: &[String]) -> Vec<String> {
    let name = |c: usize| {
        let mut name = format!("c{c}");
        while variables.contains(&name) {
            name.push('_');
        }
        name
    };
    (1..=count).map(name).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{InnerConstants, constant_names};
    use crate::equation::expression::{Expression, Names};
    use crate::equation::syntax::{Tree, words};

    /// The function of x that is left, and the numbers that were split off.
    fn split_off(text: &str) -> (String, Vec<f64>) {
        let variables = ["x".to_owned()];
        let tree = Tree::parse(&words(text).unwrap(), &Names { variables: &variables, constants: &[] }).unwrap();
        let mut inner = InnerConstants { first: 1, values: Vec::new() };
        let rest = inner.split_off(&tree).unwrap();
        let names = constant_names(inner.values.len(), &variables);
        (Expression::from_tree(&rest, variables, names).to_string(), inner.values)
    }

    #[test]
    fn numbers_that_say_the_same_are_one_constant() {
        for (text, function, constants) in [
            ("x", "x", &[][..]),
            ("x + 2", "x + c1", &[2.0]),
            ("1 + x - 3", "c1 + x", &[-2.0]),
            ("6*x/4", "c1*x", &[1.5]),
            ("(x + 1)*2", "(x + c1)*c2", &[1.0, 2.0]),
            ("x**2 + x**2.5", "x**2 + x**c1", &[2.5]),
            ("sin(pi*x)", "sin(pi*x)", &[]),
            ("sin(2*pi*x)", "sin(c1*pi*x)", &[2.0]),
        ] {
            assert_eq!(split_off(text), (function.to_owned(), constants.to_vec()), "{text}");
        }
    }

    #[test]
    fn names_are_those_of_no_variable() {
        assert_eq!(constant_names(3, &["c2".to_owned(), "c3".to_owned(), "c3_".to_owned()]), ["c1", "c2_", "c3__"]);
    }
}
