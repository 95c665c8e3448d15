//! Written pieces of an equation, and how tightly each holds together.

use super::latex_name::latex_name;
use crate::number::{UncertainNumber, exact, latex_power_of_ten};

/// A way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::equation) enum Notation {
    /// `x**2/(1.0 + x)`, numbers in full.
    Python,
    /// `x^2/(1 + x)`
    Text,
    /// `\frac{x^{2}}{1 + x}`
    Latex,
}

/// How tightly a piece of text holds together; what holds less than its place wants gets brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::equation) enum Level {
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// A written expression.
#[derive(Debug, Clone)]
pub(in crate::equation) struct Piece {
    pub(in crate::equation) text: String,
    pub(in crate::equation) level: Level,
}

impl Piece {
    pub(in crate::equation) fn new(text: impl Into<String>, level: Level) -> Self {
        Self { text: text.into(), level }
    }

    /// A name.
    pub(in crate::equation) fn name(notation: Notation, name: &str) -> Self {
        match notation {
            Notation::Latex => Self::new(latex_name(name), Level::Atom),
            Notation::Python | Notation::Text => Self::new(name, Level::Atom),
        }
    }

    /// A number that is part of the expression, with the fewest digits that give it back.
    pub(in crate::equation) fn number(notation: Notation, value: f64) -> Self {
        let digits = exact(value.abs());
        let short = digits.strip_suffix(".0").unwrap_or(&digits);
        Self::signed(
            value,
            match (notation, digits.split_once('e')) {
                (Notation::Python, _) => digits,
                (Notation::Latex, Some((mantissa, exponent))) => latex_power_of_ten(mantissa, exponent),
                (Notation::Text | Notation::Latex, _) => short.to_owned(),
            },
        )
    }

    /// A number that is estimated: in full in Python, else with the digits that its standard error leaves.
    pub(in crate::equation) fn estimate(notation: Notation, value: f64, standard_error: f64) -> Self {
        let number = UncertainNumber { value: value.abs(), standard_error };
        match notation {
            Notation::Python => Self::number(notation, value),
            Notation::Text => Self::signed(value, number.to_string()),
            Notation::Latex => Self::signed(value, number.latex()),
        }
    }

    fn signed(value: f64, magnitude: String) -> Self {
        let level = if magnitude.contains("\\times") { Level::Product } else { Level::Atom };
        match value.is_sign_negative() {
            true => Self::new(format!("-{magnitude}"), level.min(Level::Sign)),
            false => Self::new(magnitude, level),
        }
    }

    /// The text, in brackets if it holds together less than `least`.
    pub(in crate::equation) fn at_least(self, notation: Notation, least: Level) -> String {
        match (self.level < least, notation) {
            (false, _) => self.text,
            (true, Notation::Latex) => format!("\\left({}\\right)", self.text),
            (true, _) => format!("({})", self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Notation, Piece};

    #[test]
    fn numbers_are_exact_for_programs_and_short_for_people() {
        let texts = |value| {
            [Notation::Python, Notation::Text, Notation::Latex].map(|notation| Piece::number(notation, value).text)
        };
        assert_eq!(texts(2.0), ["2.0", "2", "2"]);
        assert_eq!(texts(-0.1), ["-0.1"; 3]);
        assert_eq!(texts(1e-7), ["1e-7", "1e-7", "1 \\times 10^{-7}"]);
    }

    #[test]
    fn estimates_have_the_digits_of_their_error() {
        let texts = |value, error| {
            [Notation::Python, Notation::Text, Notation::Latex]
                .map(|notation| Piece::estimate(notation, value, error).text)
        };
        assert_eq!(texts(-27.973, 0.021), ["-27.973", "-27.97(2)", "-27.97(2)"]);
        assert_eq!(texts(1.0 / 3.0, f64::NAN), ["0.3333333333333333", "0.3333", "0.3333"]);
    }

    #[test]
    fn what_is_loose_gets_brackets() {
        let sum = || Piece::new("a + b", Level::Sum);
        assert_eq!(sum().at_least(Notation::Text, Level::Sum), "a + b");
        assert_eq!(sum().at_least(Notation::Text, Level::Product), "(a + b)");
        assert_eq!(sum().at_least(Notation::Latex, Level::Power), "\\left(a + b\\right)");
        // A sign is looser than a power: (-2)**x.
        assert_eq!(Piece::number(Notation::Python, -2.0).at_least(Notation::Python, Level::Atom), "(-2.0)");
    }
}
