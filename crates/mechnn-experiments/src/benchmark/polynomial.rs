//! Polynomials from text with brackets, expanded into monomials.

use std::collections::BTreeMap;

use thiserror::Error;

/// Why text cannot be expanded; positions count characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpansionError {
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
    /// A name that is not a state: also a function.
    #[error("\"{name}\" at position {position} is not a state")]
    UnknownName {
        /// Where.
        position: usize,
        /// The name.
        name: String,
    },
    /// Not a polynomial: division by a state or by zero, or a power that is not a whole number up to 32.
    #[error("not a polynomial at position {position}")]
    NotPolynomial {
        /// Where.
        position: usize,
    },
    /// Too deep, too long, or a number that overflows.
    #[error("too large to be expanded at position {position}")]
    TooLarge {
        /// Where.
        position: usize,
    },
}

/// A polynomial of D states as a sum of distinct monomials.
///
/// # Shapes
/// - exponents: `[D]`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Polynomial {
    monomials: BTreeMap<Vec<u8>, f64>,
}

/// Brackets in brackets.
const MAX_DEPTH: usize = 64;

/// Monomials of a polynomial on the way.
const MAX_MONOMIALS: usize = 10_000;

/// Largest power, and largest degree of one state.
const MAX_POWER: u8 = 32;

/// A sum of this size, relative to its parts, is what rounding leaves of parts that cancel.
const CANCELLED: f64 = 1e-12;

impl Polynomial {
    /// Expands `text` over `states`, `[D]`: sums, products, brackets, division by numbers and whole powers (`**`), as
    /// in Python. Monomials that cancel are left out.
    ///
    /// # Errors
    /// [`ExpansionError`] with the position.
    pub fn expand(text: &str, states: &[String]) -> Result<Self, ExpansionError> {
        let mut parser = Parser { chars: text.chars().collect(), position: 0, depth: 0, states };
        let expanded = parser.sum()?;
        match parser.peek() {
            None => Ok(expanded.cleaned()),
            Some(_) => Err(parser.unexpected("an operator or the end")),
        }
    }

    /// Exponents and coefficient, never 0, of every monomial, in a fixed order.
    pub fn monomials(&self) -> impl Iterator<Item = (&[u8], f64)> {
        self.monomials.iter().map(|(exponents, coefficient)| (&exponents[..], *coefficient))
    }

    /// The coefficient of a monomial, 0 if it is not there.
    pub fn coefficient(&self, exponents: &[u8]) -> f64 {
        self.monomials.get(exponents).copied().unwrap_or(0.0)
    }

    /// Whether both have the same monomials, whatever their coefficients.
    pub fn has_support_of(&self, other: &Self) -> bool {
        self.monomials.keys().eq(other.monomials.keys())
    }

    /// Value at `x`, `[D]`.
    pub fn evaluate(&self, x: &[f64]) -> f64 {
        self.monomials().map(|(exponents, coefficient)| coefficient * monomial(exponents, x)).sum()
    }
}

/// Value of a monomial at `x`, `[D]`.
pub(super) fn monomial(exponents: &[u8], x: &[f64]) -> f64 {
    exponents.iter().zip(x).map(|(&power, x)| x.powi(i32::from(power))).product()
}

/// A polynomial on the way: the sum and the sum of absolute values of each monomial's parts.
#[derive(Clone, Default)]
struct Expansion(BTreeMap<Vec<u8>, (f64, f64)>);

impl Expansion {
    fn single(exponents: Vec<u8>, value: f64) -> Self {
        Self(BTreeMap::from([(exponents, (value, value.abs()))]))
    }

    fn add(&mut self, other: Self) {
        for (exponents, (value, size)) in other.0 {
            let entry = self.0.entry(exponents).or_insert((0.0, 0.0));
            entry.0 += value;
            entry.1 += size;
        }
    }

    fn scale(mut self, factor: f64) -> Self {
        self.0.values_mut().for_each(|(value, size)| {
            *value *= factor;
            *size *= factor.abs();
        });
        self
    }

    fn times(&self, other: &Self) -> Option<Self> {
        let mut product = Self::default();
        for (left, (a, left_size)) in &self.0 {
            for (right, (b, right_size)) in &other.0 {
                let sums = left.iter().zip(right).map(|(l, r)| l.checked_add(*r).filter(|sum| *sum <= MAX_POWER));
                let exponents = sums.collect::<Option<Vec<u8>>>()?;
                let entry = product.0.entry(exponents).or_insert((0.0, 0.0));
                entry.0 += a * b;
                entry.1 += left_size * right_size;
                if product.0.len() > MAX_MONOMIALS {
                    return None;
                }
            }
        }
        product.0.values().all(|(value, size)| value.is_finite() && size.is_finite()).then_some(product)
    }

    fn constant(&self) -> Option<f64> {
        let constant = self.0.keys().all(|exponents| exponents.iter().all(|power| *power == 0));
        constant.then(|| self.0.values().map(|(value, _)| value).sum())
    }

    fn cleaned(self) -> Polynomial {
        let kept = self.0.into_iter().filter(|(_, (value, size))| value.abs() > CANCELLED * size);
        Polynomial { monomials: kept.map(|(exponents, (value, _))| (exponents, value)).collect() }
    }
}

struct Parser<'a> {
    chars: Vec<char>,
    position: usize,
    depth: usize,
    states: &'a [String],
}

impl Parser<'_> {
    /// `sum = product {("+" | "-") product}`
    fn sum(&mut self) -> Result<Expansion, ExpansionError> {
        let mut sum = self.product()?;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            self.position += 1;
            let next = self.product()?;
            sum.add(if sign == '-' { next.scale(-1.0) } else { next });
        }
        let finite = sum.0.values().all(|(_, size)| size.is_finite());
        if finite { Ok(sum) } else { Err(ExpansionError::TooLarge { position: self.position }) }
    }

    /// `product = signed {("*" | "/") signed}`
    fn product(&mut self) -> Result<Expansion, ExpansionError> {
        let mut product = self.signed()?;
        while let Some(operator @ ('*' | '/')) = self.peek() {
            let position = self.position;
            self.position += 1;
            let next = self.signed()?;
            product = match operator {
                '*' => product.times(&next).ok_or(ExpansionError::TooLarge { position })?,
                _ => match next.constant() {
                    Some(divisor) if divisor != 0.0 => product.scale(1.0 / divisor),
                    _ => return Err(ExpansionError::NotPolynomial { position }),
                },
            };
        }
        Ok(product)
    }

    /// `signed = {"+" | "-"} power`: a sign binds less than a power.
    fn signed(&mut self) -> Result<Expansion, ExpansionError> {
        let mut sign = 1.0;
        while let Some(found @ ('+' | '-')) = self.peek() {
            sign = if found == '-' { -sign } else { sign };
            self.position += 1;
        }
        Ok(self.power()?.scale(sign))
    }

    /// `power = atom ["**" integer]`
    fn power(&mut self) -> Result<Expansion, ExpansionError> {
        let base = self.atom()?;
        if self.peek() != Some('*') || self.chars.get(self.position + 1) != Some(&'*') {
            return Ok(base);
        }
        self.position += 2;
        self.peek();
        let position = self.position;
        let digits = self.take_while(|next| next.is_ascii_alphanumeric() || next == '.');
        let power = digits.parse().ok().filter(|power| *power <= MAX_POWER);
        let power = power.ok_or(ExpansionError::NotPolynomial { position })?;
        let mut result = Expansion::single(vec![0; self.states.len()], 1.0);
        for _ in 0..power {
            result = result.times(&base).ok_or(ExpansionError::TooLarge { position })?;
        }
        Ok(result)
    }

    /// `atom = number | state | "(" sum ")"`
    fn atom(&mut self) -> Result<Expansion, ExpansionError> {
        let constant = vec![0; self.states.len()];
        match self.peek() {
            Some('(') => {
                let position = self.position;
                self.position += 1;
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(ExpansionError::TooLarge { position });
                }
                let inner = self.sum()?;
                self.depth -= 1;
                match self.peek() {
                    Some(')') => self.position += 1,
                    _ => return Err(self.unexpected("an operator or a closing bracket")),
                }
                Ok(inner)
            }
            Some(first) if first.is_ascii_digit() || first == '.' => Ok(Expansion::single(constant, self.number()?)),
            Some(first) if first.is_alphabetic() || first == '_' => {
                let position = self.position;
                let name = self.take_while(|next| next.is_alphanumeric() || next == '_');
                let Some(state) = self.states.iter().position(|state| *state == name) else {
                    return Err(ExpansionError::UnknownName { position, name });
                };
                let mut exponents = constant;
                exponents[state] = 1;
                Ok(Expansion::single(exponents, 1.0))
            }
            _ => Err(self.unexpected("a number, a state or a bracket")),
        }
    }

    fn number(&mut self) -> Result<f64, ExpansionError> {
        let position = self.position;
        let mut previous = '0';
        let text = self.take_while(|next| {
            let sign = matches!(next, '+' | '-') && matches!(previous, 'e' | 'E');
            previous = next;
            sign || next.is_ascii_alphanumeric() || next == '.'
        });
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(ExpansionError::TooLarge { position }),
            Err(_) => Err(ExpansionError::Unexpected { position, expected: "a number", found: text }),
        }
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

    fn unexpected(&self, expected: &'static str) -> ExpansionError {
        let found = self.chars.get(self.position).map_or("the end".to_owned(), |found| format!("\"{found}\""));
        ExpansionError::Unexpected { position: self.position, expected, found }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{ExpansionError, Polynomial};

    fn states() -> Vec<String> {
        ["x_0", "x_1"].map(String::from).to_vec()
    }

    fn expand(text: &str) -> Result<Vec<([u8; 2], f64)>, ExpansionError> {
        let expanded = Polynomial::expand(text, &states())?;
        Ok(expanded.monomials().map(|(exponents, c)| (exponents.try_into().unwrap(), c)).collect())
    }

    #[test]
    fn products_of_brackets_are_expanded() {
        let expected = vec![([1, 0], 3.0), ([1, 1], -2.0), ([2, 0], -1.0)];
        assert_eq!(expand("x_0*(-x_0 - 2.0*x_1 + 3.0)").unwrap(), expected);
        assert_eq!(expand("-(x_0*(x_0 + 2*x_1) - 3*x_0)").unwrap(), expected);
        assert_eq!(expand("(x_0 + x_1)*(x_0 - x_1)").unwrap(), [([0, 2], -1.0), ([2, 0], 1.0)]);
        assert_eq!(expand("(x_0 - 1)**3").unwrap(), [([0, 0], -1.0), ([1, 0], 3.0), ([2, 0], -3.0), ([3, 0], 1.0)]);
        assert_eq!(expand("-x_0**2/4 + 1e-1").unwrap(), [([0, 0], 0.1), ([2, 0], -0.25)]);
        assert_eq!(expand("(((2)))*-x_1").unwrap(), [([0, 1], -2.0)]);
    }

    #[test]
    fn what_cancels_up_to_rounding_is_no_term() {
        assert_eq!(expand("0.1*x_0*3 - 0.3*x_0").unwrap(), []);
        assert_eq!(expand("0*x_0").unwrap(), []);
        assert_eq!(expand("1e-30*x_0").unwrap(), [([1, 0], 1e-30)]);
    }

    #[test]
    fn what_is_no_polynomial_is_refused_with_its_place() {
        for text in ["1/x_0", "x_0/0", "x_0**-1", "x_0**1.2", "x_0**x_1", "x_0**33"] {
            assert!(matches!(expand(text), Err(ExpansionError::NotPolynomial { .. })), "{text}");
        }
        assert_eq!(expand("1 + sin(x_0)"), Err(ExpansionError::UnknownName { position: 4, name: "sin".to_owned() }));
        for (text, place) in [("", 0), ("x_0 +", 5), ("(x_0", 4), ("x_0)", 3), ("2 x_0", 2), ("3x_0", 0)] {
            match expand(text) {
                Err(ExpansionError::Unexpected { position, .. }) => assert_eq!(position, place, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(expand(&"(".repeat(1000)), Err(ExpansionError::TooLarge { .. })));
        assert!(matches!(expand("1e300*1e300"), Err(ExpansionError::TooLarge { .. })));
        assert!(matches!(expand("(x_0**32)*x_0"), Err(ExpansionError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn expansion_keeps_the_value(
            a in -3.0..3.0f64, b in -3.0..3.0f64, c in -3.0..3.0f64, x in -2.0..2.0f64, y in -2.0..2.0f64,
        ) {
            let text = format!("({a}*x_0 - {b})*(x_1 + {c}*x_0)**2 - x_0*(x_1 - {b})/4");
            let expected = (a * x - b) * (y + c * x).powi(2) - x * (y - b) / 4.0;
            let found = Polynomial::expand(&text, &states()).unwrap().evaluate(&[x, y]);
            // A few dozen products of numbers up to 1000.
            prop_assert!((found - expected).abs() < 1e-11, "{found} for {expected}");
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[-+*/. xe0-9_1()]{0,30}") {
            let _ = Polynomial::expand(&text, &states());
        }
    }
}
