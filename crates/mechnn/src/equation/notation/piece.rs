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
