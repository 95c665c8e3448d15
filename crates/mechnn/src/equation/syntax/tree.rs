//! The tree of an expression, as it was written.

use super::function::{Function, power};

/// An expression and where it begins.
///
/// Sums and products are flat, so depth is bounded by brackets and not by length.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// What it is.
    pub kind: Kind,
    /// Characters before it.
    pub at: usize,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number.
    Number {
        /// Finite.
        value: f64,
        /// Written with digits only.
        whole: bool,
    },
    /// The circle's number.
    Pi,
    /// What a name stands for; the numbering is the vocabulary's.
    Symbol {
        /// Which.
        index: usize,
        /// Derivatives, as primes.
        primes: usize,
    },
    /// Two or more summands, or one with a minus.
    Sum(Vec<Summand>),
    /// Two or more factors.
    Product(Vec<Factor>),
    /// Base and exponent.
    Power(Box<Tree>, Box<Tree>),
    /// A function of as many arguments as it takes.
    Call(Function, Vec<Tree>),
}

impl Kind {
    /// A number that the program makes.
    pub fn number(value: f64) -> Self {
        Self::Number { value, whole: false }
    }
}

/// A part of a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Summand {
    /// Whether it is subtracted.
    pub negative: bool,
    /// What is added or subtracted.
    pub value: Tree,
}

/// A factor, or a divisor.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// Whether it divides.
    pub divides: bool,
    /// What multiplies or divides.
    pub value: Tree,
}

impl Tree {
    /// The value, where `symbol` gives that of an index with a number of primes.
    pub fn value(&self, symbol: &dyn Fn(usize, usize) -> f64) -> f64 {
        match &self.kind {
            Kind::Number { value, .. } => *value,
            Kind::Pi => std::f64::consts::PI,
            Kind::Symbol { index, primes } => symbol(*index, *primes),
            Kind::Sum(terms) => terms.iter().fold(0.0, |sum, term| match term.negative {
                true => sum - term.value.value(symbol),
                false => sum + term.value.value(symbol),
            }),
            Kind::Product(factors) => factors.iter().fold(1.0, |product, factor| match factor.divides {
                true => product / factor.value.value(symbol),
                false => product * factor.value.value(symbol),
            }),
            Kind::Power(base, exponent) => power(base.value(symbol), exponent.value(symbol)),
            Kind::Call(function, arguments) => {
                // A function of one number does not look at the second.
                let second = arguments.get(1).map_or(0.0, |argument| argument.value(symbol));
                function.value(arguments[0].value(symbol), second)
            }
        }
    }

    /// The first symbol in it that is `wanted`.
    pub fn find_symbol(&self, wanted: &dyn Fn(usize) -> bool) -> Option<&Tree> {
        match &self.kind {
            Kind::Number { .. } | Kind::Pi => None,
            Kind::Symbol { index, .. } => Some(self).filter(|_| wanted(*index)),
            Kind::Sum(terms) => terms.iter().find_map(|term| term.value.find_symbol(wanted)),
            Kind::Product(factors) => factors.iter().find_map(|factor| factor.value.find_symbol(wanted)),
            Kind::Power(base, exponent) => base.find_symbol(wanted).or_else(|| exponent.find_symbol(wanted)),
            Kind::Call(_, arguments) => arguments.iter().find_map(|argument| argument.find_symbol(wanted)),
        }
    }

    /// The value of an expression without symbols.
    pub(in crate::equation) fn constant(&self) -> Option<f64> {
        match self.find_symbol(&|_| true) {
            None => Some(self.value(&|_, _| unreachable!("no symbol was found in the tree"))),
            Some(_) => None,
        }
    }
}
