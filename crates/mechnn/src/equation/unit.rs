//! Units of measurement, as a user writes them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Mul;
use std::str::FromStr;

use crate::equation::syntax::{ExpressionError, Kind, Tree, Vocabulary, Word, words};

/// A product of powers of symbols: `m/s**2`, `1/year`, `kg*m`, or a pure number.
///
/// $$ \prod_k s_k^{n_k} $$
///
/// Symbols are not known and not converted: `km` has nothing to do with `m`, and `N` is not `kg*m/s**2`. A pure number
/// is written `1`, `dimensionless` or `rad`. Exponents are real: the rate of `x**a` has the unit of x to the power a.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unit {
    /// Exponents other than 0.
    exponents: BTreeMap<String, f64>,
}

/// Exponents closer to 0 than this come from rounding.
const ROUNDING: f64 = 1e-9;

/// Exponents are written as fractions up to this denominator, where they are such.
const LARGEST_DENOMINATOR: u32 = 6;

impl Unit {
    /// That of a pure number.
    pub fn one() -> Self {
        Self::default()
    }

    /// One symbol, which may be any text.
    pub fn symbol(name: impl Into<String>) -> Self {
        Self { exponents: BTreeMap::from([(name.into(), 1.0)]) }
    }

    /// Whether it is that of a pure number.
    pub fn is_one(&self) -> bool {
        self.exponents.is_empty()
    }

    /// The unit to a power.
    #[must_use]
    pub fn power(&self, exponent: f64) -> Self {
        let powers = self.exponents.iter().map(|(symbol, own)| (symbol.clone(), own * exponent));
        Self { exponents: powers.filter(|(_, power)| power.abs() > ROUNDING).collect() }
    }

    /// The unit of a reciprocal.
    #[must_use]
    pub fn reciprocal(&self) -> Self {
        self.power(-1.0)
    }

    /// Whether both are the same up to rounding of the exponents.
    pub fn is_same(&self, other: &Self) -> bool {
        (self * &other.reciprocal()).is_one()
    }

    /// As LaTeX mathematics: `\mathrm{m}\,\mathrm{s}^{-2}`, and `1` for a pure number.
    pub fn latex(&self) -> String {
        let factor = |(symbol, exponent): (&String, &f64)| {
            let symbol = symbol.replace('_', "\\_");
            match *exponent == 1.0 {
                true => format!("\\mathrm{{{symbol}}}"),
                false => format!("\\mathrm{{{symbol}}}^{{{}}}", Exponent(*exponent)),
            }
        };
        let factors: Vec<String> = self.exponents.iter().map(factor).collect();
        if factors.is_empty() { "1".to_owned() } else { factors.join("\\,") }
    }
}

impl Mul for &Unit {
    type Output = Unit;

    fn mul(self, other: &Unit) -> Unit {
        let mut exponents = self.exponents.clone();
        other.exponents.iter().for_each(|(symbol, power)| *exponents.entry(symbol.clone()).or_insert(0.0) += power);
        exponents.retain(|_, power| power.abs() > ROUNDING);
        Unit { exponents }
    }
}

impl fmt::Display for Unit {
    /// As it can be read back: `m/s**2`, `1/(m*year)`, `m**(1/2)`, `1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |symbol: &str, exponent: f64| {
            let power = Exponent(exponent);
            let text = power.to_string();
            match text.as_str() {
                "1" => symbol.to_owned(),
                _ if text.contains('/') => format!("{symbol}**({text})"),
                _ => format!("{symbol}**{text}"),
            }
        };
        let side = |sign: f64| -> Vec<String> {
            let own = self.exponents.iter().filter(|(_, power)| **power * sign > 0.0);
            own.map(|(symbol, power)| written(symbol, power.abs())).collect()
        };
        let (above, below) = (side(1.0), side(-1.0));
        let above = if above.is_empty() { "1".to_owned() } else { above.join("*") };
        match &below[..] {
            [] => f.write_str(&above),
            [only] => write!(f, "{above}/{only}"),
            several => write!(f, "{above}/({})", several.join("*")),
        }
    }
}

/// An exponent, as a simple fraction where it is one.
struct Exponent(f64);

impl fmt::Display for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |q: &u32| (self.0 * f64::from(*q) - (self.0 * f64::from(*q)).round()).abs() < ROUNDING;
        match (1..=LARGEST_DENOMINATOR).find(whole) {
            Some(1) => write!(f, "{}", self.0.round()),
            Some(q) => write!(f, "{}/{q}", (self.0 * f64::from(q)).round()),
            None => write!(f, "{:.4}", self.0),
        }
    }
}

/// The symbols of one text.
struct Symbols(Vec<String>);

impl Vocabulary for Symbols {
    fn symbol(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError> {
        match self.0.iter().position(|symbol| symbol == name) {
            Some(index) if primes == 0 => Ok(Kind::Symbol { index, primes }),
            _ => Err(ExpressionError::new(at, format!("`{name}'` is no unit"))),
        }
    }
}

impl FromStr for Unit {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let words = words(text)?;
        let name = |word: &Word| match word {
            Word::Name { name, .. } => Some(name.clone()),
            _ => None,
        };
        let symbols = Symbols(words.iter().filter_map(|(word, _)| name(word)).collect());
        unit(&Tree::parse(&words, &symbols)?, &symbols.0)
    }
}

fn unit(tree: &Tree, symbols: &[String]) -> Result<Unit, ExpressionError> {
    let refused = || {
        ExpressionError::new(tree.at, "a unit is made of products, quotients and powers of symbols")
            .hint("write units as in m/s**2, 1/year, kg*m, or 1 for a pure number")
    };
    match &tree.kind {
        Kind::Number { value: 1.0, .. } => Ok(Unit::one()),
        Kind::Symbol { index, .. } => match symbols[*index].as_str() {
            "dimensionless" | "rad" => Ok(Unit::one()),
            symbol => Ok(Unit::symbol(symbol)),
        },
        Kind::Product(factors) => factors.iter().try_fold(Unit::one(), |product, factor| {
            let own = unit(&factor.value, symbols)?;
            Ok(&product * &if factor.divides { own.reciprocal() } else { own })
        }),
        Kind::Power(base, exponent) => match exponent.constant() {
            Some(exponent) if exponent.is_finite() => Ok(unit(base, symbols)?.power(exponent)),
            _ => Err(refused()),
        },
        _ => Err(refused()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Unit;

    fn unit(text: &str) -> Unit {
        text.parse().unwrap()
    }

    #[test]
    fn units_are_simplified_and_read_back() {
        for (text, simplified) in [
            ("m", "m"),
            ("1/s", "1/s"),
            ("m/s**2", "m/s**2"),
            ("s*m", "m*s"),
            ("m/s^2*s", "m/s"),
            ("kg*m/s/s", "kg*m/s**2"),
            ("1/(m*s)", "1/(m*s)"),
            ("m**0.5", "m**(1/2)"),
            ("m**-0.25/s", "1/(m**(1/4)*s)"),
            ("m**1.2345", "m**1.2345"),
            ("m/m", "1"),
            ("1", "1"),
            ("dimensionless", "1"),
            ("rad/s", "1/s"),
        ] {
            assert_eq!(unit(text).to_string(), simplified, "{text}");
            assert!(unit(simplified).is_same(&unit(text)), "{text}");
        }
        assert_eq!(unit("kg_dry*m/s**2").latex(), "\\mathrm{kg\\_dry}\\,\\mathrm{m}\\,\\mathrm{s}^{-2}");
        assert_eq!(Unit::one().latex(), "1");
    }

    #[test]
    fn what_is_no_unit_is_refused() {
        for text in ["", "2*m", "m + s", "sin(m)", "m**s", "m'", "m s", "m/0**-1"] {
            assert!(text.parse::<Unit>().is_err(), "{text}");
        }
    }
}
