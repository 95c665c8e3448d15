//! Expressions in t: their tree, and its value.

use std::collections::BTreeMap;

use super::function::{FUNCTIONS, Function};

/// The names an expression may use besides `t`, `pi`, `e` and the functions.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Constants with their values.
    pub(super) parameters: BTreeMap<String, f64>,
    /// Unknown functions of t, in the order of their dimensions.
    pub(super) unknowns: Vec<String>,
}

/// An expression and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expression {
    pub(super) kind: Kind,
    pub(super) at: usize,
}

/// What an expression is. Sums and products are flat, so depth is bounded by brackets and not by length.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Time,
    /// Derivative `order` of unknown number `dim`.
    Unknown {
        dim: usize,
        order: usize,
    },
    Sum(Vec<Term>),
    Product(Vec<Factor>),
    Power(Box<Expression>, Box<Expression>),
    Call(Function, Vec<Expression>),
}

/// A summand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) negative: bool,
    pub(super) value: Expression,
}

/// A factor, or a divisor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor {
    pub(super) divides: bool,
    pub(super) value: Expression,
}

/// Names that cannot be given to unknowns and parameters.
pub(super) fn is_reserved(name: &str) -> bool {
    matches!(name, "t" | "pi" | "e") || FUNCTIONS.iter().any(|function| function.name() == name)
}

impl Expression {
    /// The value at time `t`. Unknowns count as NaN; equations have split them off before.
    pub(super) fn value(&self, t: f64) -> f64 {
        match &self.kind {
            Kind::Number(value) => *value,
            Kind::Time => t,
            Kind::Unknown { .. } => f64::NAN,
            Kind::Sum(terms) => terms.iter().fold(0.0, |sum, term| match term.negative {
                true => sum - term.value.value(t),
                false => sum + term.value.value(t),
            }),
            Kind::Product(factors) => factors.iter().fold(1.0, |product, factor| match factor.divides {
                true => product / factor.value.value(t),
                false => product * factor.value.value(t),
            }),
            Kind::Power(base, exponent) => power(base.value(t), exponent.value(t)),
            Kind::Call(Function::One(_, f), arguments) => f(arguments[0].value(t)),
            Kind::Call(Function::Two(_, f), arguments) => f(arguments[0].value(t), arguments[1].value(t)),
        }
    }

    /// The first unknown in it.
    pub(super) fn find_unknown(&self) -> Option<&Expression> {
        match &self.kind {
            Kind::Number(_) | Kind::Time => None,
            Kind::Unknown { .. } => Some(self),
            Kind::Sum(terms) => terms.iter().find_map(|term| term.value.find_unknown()),
            Kind::Product(factors) => factors.iter().find_map(|factor| factor.value.find_unknown()),
            Kind::Power(base, exponent) => base.find_unknown().or_else(|| exponent.find_unknown()),
            Kind::Call(_, arguments) => arguments.iter().find_map(Expression::find_unknown),
        }
    }
}

/// Whole exponents by repeated multiplication, which is exact for small ones.
fn power(base: f64, exponent: f64) -> f64 {
    match exponent.fract() == 0.0 && exponent.abs() <= 64.0 {
        true => base.powi(exponent as i32),
        false => base.powf(exponent),
    }
}
