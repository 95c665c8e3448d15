//! Polynomials from text.

use thiserror::Error;

use super::Term;

/// Why text is not a polynomial; positions count characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpressionError {
    /// Something else had to come here.
    #[error("expected {expected} at position {position}, found {found}")]
    Unexpected {
        /// Where.
        position: usize,
        /// What can stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A name that is not a state.
    #[error("\"{name}\" at position {position} is not a state; the states are {}", states.join(", "))]
    UnknownName {
        /// Where.
        position: usize,
        /// The name.
        name: String,
        /// The names that can stand there.
        states: Vec<String>,
    },
    /// A number that is not one, or that is too large for a double.
    #[error("\"{text}\" at position {position} is not a finite number")]
    Number {
        /// Where.
        position: usize,
        /// The digits.
        text: String,
    },
    /// A power that is not a whole number, or a total power that is too high.
    #[error("the power at position {position} is not a whole number up to 255")]
    Power {
        /// Where.
        position: usize,
    },
    /// The coefficient of a term is too large for a double.
    #[error("a coefficient before position {position} is not finite")]
    NotFinite {
        /// Where.
        position: usize,
    },
}

/// The terms and coefficients of a polynomial, such as `9.99*x - 0.5*x**2*y + 3`, over `states`, `[D]`.
///
/// Understood are sums of products of numbers, states and whole powers of states, with `+ - * **` as in Python. Equal
/// terms are added; the order is that of first appearance; terms with coefficient 0 are left out.
///
/// # Errors
/// [`ExpressionError`] with the position.
pub fn parse_polynomial(text: &str, states: &[String]) -> Result<Vec<(Term, f64)>, ExpressionError> {
    let mut parser = Parser { chars: text.chars().collect(), position: 0, states };
    parser.sum()
}

struct Parser<'a> {
    chars: Vec<char>,
    position: usize,
    states: &'a [String],
}

impl Parser<'_> {
    /// `sum = ["+" | "-"] product {("+" | "-") product}`, up to the end of the text.
    fn sum(&mut self) -> Result<Vec<(Term, f64)>, ExpressionError> {
        let mut terms: Vec<(Term, f64)> = Vec::new();
        loop {
            let (term, coefficient) = self.product()?;
            match terms.iter_mut().find(|(known, _)| *known == term) {
                Some((_, sum)) => *sum += coefficient,
                None => terms.push((term, coefficient)),
            }
            if terms.iter().any(|(_, coefficient)| !coefficient.is_finite()) {
                return Err(ExpressionError::NotFinite { position: self.position });
            }
            // The sign stays: the product reads it as its own.
            match self.peek() {
                None => break,
                Some('+' | '-') => {}
                Some(_) => return Err(self.unexpected("+, -, * or the end")),
            }
        }
        terms.retain(|&(_, coefficient)| coefficient != 0.0);
        Ok(terms)
    }

    /// `product = factor {"*" factor}`
    fn product(&mut self) -> Result<(Term, f64), ExpressionError> {
        let mut exponents = vec![0u8; self.states.len()];
        let mut coefficient = 1.0;
        loop {
            self.factor(&mut exponents, &mut coefficient)?;
            if self.peek() != Some('*') {
                return Ok((Term::Monomial(exponents), coefficient));
            }
            self.position += 1;
        }
    }

    /// `factor = {"+" | "-"} (number | state ["**" integer])`
    fn factor(&mut self, exponents: &mut [u8], coefficient: &mut f64) -> Result<(), ExpressionError> {
        while let Some(sign @ ('+' | '-')) = self.peek() {
            if sign == '-' {
                *coefficient = -*coefficient;
            }
            self.position += 1;
        }
        match self.peek() {
            Some(first) if first.is_ascii_digit() || first == '.' => *coefficient *= self.number()?,
            Some(first) if first.is_alphabetic() || first == '_' => {
                let state = self.state()?;
                let position = self.position;
                let power = self.power()?;
                exponents[state] = exponents[state].checked_add(power).ok_or(ExpressionError::Power { position })?;
            }
            _ => return Err(self.unexpected("a number or a state")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<f64, ExpressionError> {
        let position = self.position;
        let mut previous = '0';
        let text = self.take_while(|next| {
            let sign = matches!(next, '+' | '-') && matches!(previous, 'e' | 'E');
            previous = next;
            sign || next.is_ascii_alphanumeric() || matches!(next, '.' | '_')
        });
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(ExpressionError::Number { position, text }),
        }
    }

    fn state(&mut self) -> Result<usize, ExpressionError> {
        let position = self.position;
        let name = self.take_while(|next| next.is_alphanumeric() || next == '_');
        match self.states.iter().position(|state| *state == name) {
            Some(index) => Ok(index),
            None => Err(ExpressionError::UnknownName { position, name, states: self.states.to_vec() }),
        }
    }

    /// The power after `**`, 1 without.
    fn power(&mut self) -> Result<u8, ExpressionError> {
        if self.peek() != Some('*') || self.chars.get(self.position + 1) != Some(&'*') {
            return Ok(1);
        }
        self.position += 2;
        self.peek();
        let position = self.position;
        let digits = self.take_while(|next| next.is_ascii_alphanumeric() || next == '.');
        digits.parse().map_err(|_| ExpressionError::Power { position })
    }

    fn take_while(&mut self, mut matches: impl FnMut(char) -> bool) -> String {
        let start = self.position;
        while self.chars.get(self.position).is_some_and(|&next| matches(next)) {
            self.position += 1;
        }
        self.chars[start..self.position].iter().collect()
    }

    /// The next character that is not a blank; the position moves to it.
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.position).is_some_and(|next| next.is_whitespace()) {
            self.position += 1;
        }
        self.chars.get(self.position).copied()
    }

    fn unexpected(&self, expected: &'static str) -> ExpressionError {
        let found = self.chars.get(self.position).map_or("the end".to_owned(), |found| format!("\"{found}\""));
        ExpressionError::Unexpected { position: self.position, expected, found }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{ExpressionError, Term, parse_polynomial};
    use crate::equation::{BasisLibrary, Equation, FittedTerm};

    fn states() -> Vec<String> {
        ["x", "y_1", "zebra"].map(String::from).to_vec()
    }

    fn parse(text: &str) -> Result<Vec<([u8; 3], f64)>, ExpressionError> {
        let exponents = |(Term::Monomial(exponents), c): (Term, f64)| (exponents.try_into().unwrap(), c);
        Ok(parse_polynomial(text, &states())?.into_iter().map(exponents).collect())
    }

    #[test]
    fn polynomials_are_understood() {
        let expected = vec![([1, 0, 0], 9.99), ([2, 1, 0], -0.5), ([0, 0, 0], 3.0)];
        assert_eq!(parse("9.99*x - 0.5*x**2*y_1 + 3").unwrap(), expected);
        assert_eq!(parse(" 9.99 * x-0.5*x ** 2*y_1+3 ").unwrap(), expected);
        assert_eq!(parse("-x*x*2").unwrap(), [([2, 0, 0], -2.0)]);
        assert_eq!(parse("2*-zebra").unwrap(), [([0, 0, 1], -2.0)]);
        assert_eq!(parse("1.5e-7*x + 1e+2 - .5 + 5.").unwrap(), [([1, 0, 0], 1.5e-7), ([0, 0, 0], 104.5)]);
        assert_eq!(parse("x**0").unwrap(), [([0, 0, 0], 1.0)]);
    }

    #[test]
    fn equal_terms_are_added_and_zeros_left_out() {
        assert_eq!(parse("x*y_1 + 2*y_1*x").unwrap(), [([1, 1, 0], 3.0)]);
        assert_eq!(parse("x - x").unwrap(), []);
        assert_eq!(parse("0").unwrap(), []);
    }

    #[test]
    fn errors_have_a_position() {
        let unexpected = |position, found: &str| (position, found.to_owned());
        for (text, expected) in [
            ("", unexpected(0, "the end")),
            ("x +", unexpected(3, "the end")),
            ("x 2", unexpected(2, "\"2\"")),
            ("2*(x)", unexpected(2, "\"(\"")),
            ("x/2", unexpected(1, "\"/\"")),
            ("x^2", unexpected(1, "\"^\"")),
            ("2**3", unexpected(2, "\"*\"")),
            ("x**2**3", unexpected(5, "\"*\"")),
        ] {
            match parse(text).unwrap_err() {
                ExpressionError::Unexpected { position, found, .. } => {
                    assert_eq!((position, found), expected, "{text}")
                }
                other => panic!("{text}: {other}"),
            }
        }
        for text in ["x + w", "x + sin"] {
            assert!(matches!(parse(text), Err(ExpressionError::UnknownName { position: 4, .. })), "{text}");
        }
        for text in ["x + 1e999", "x + 1.2.3", "x + 3x", "x + 1e", "x + ."] {
            assert!(matches!(parse(text), Err(ExpressionError::Number { position: 4, .. })), "{text}");
        }
        for text in ["x**-1", "x**2.5", "x**256", "x**y_1", "x**"] {
            assert!(matches!(parse(text), Err(ExpressionError::Power { position: 3 })), "{text}");
        }
        assert!(matches!(parse("x**200*x**100"), Err(ExpressionError::Power { .. })));
        assert!(matches!(parse("1e300*1e300*x"), Err(ExpressionError::NotFinite { .. })));
        let message = parse("x + w").unwrap_err().to_string();
        assert_eq!(message, "\"w\" at position 4 is not a state; the states are x, y_1, zebra");
    }

    proptest! {
        #[test]
        fn parsing_undoes_printing(
            coefficients in prop::collection::vec(any::<f64>().prop_filter("finite", |c| c.is_finite() && *c != 0.0), 0..8),
            terms in Just(BasisLibrary::polynomial(3, 4).terms().to_vec()).prop_shuffle(),
        ) {
            let expected: Vec<(Term, f64)> = terms.into_iter().zip(coefficients).collect();
            let fitted = |(term, coefficient): &(Term, f64)| {
                FittedTerm { term: term.clone(), coefficient: *coefficient, standard_error: 0.0 }
            };
            let equation = Equation { terms: expected.iter().map(fitted).collect() };
            prop_assert_eq!(parse_polynomial(&equation.python(&states()), &states()).unwrap(), expected);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[-+*. xe0-9_zebr1y(^]{0,30}") {
            let _ = parse_polynomial(&text, &states());
        }
    }
}
