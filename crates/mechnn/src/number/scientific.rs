//! The digits of a number apart from its decimal exponent.

use std::fmt::Display;

/// A finite number as `mantissa` times ten to the power `exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scientific {
    /// One digit before the point, and the digits after it that were asked for.
    pub(crate) mantissa: String,
    /// The decimal exponent of the rounded number: that of 9.99 with one digit is 1.
    pub(crate) exponent: i32,
}

impl Scientific {
    /// `value` rounded to `decimals` digits after the first; `None` if it is not finite.
    pub(crate) fn new(value: f64, decimals: usize) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = format!("{value:.decimals$e}");
        let parts = text.split_once('e').and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse().ok()?)));
        let Some((mantissa, exponent)) = parts else {
            unreachable!("the `e` format of a finite number is a mantissa, an `e` and a whole number: {text}")
        };
        Some(Self { mantissa: mantissa.to_owned(), exponent })
    }
}

/// `1.230` as `1.23`, `2.0` as `2`; digits without a point as they are.
pub(crate) fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// `1.5 \times 10^{-7}`
pub(crate) fn latex_power_of_ten(mantissa: &str, exponent: impl Display) -> String {
    format!("{mantissa} \\times 10^{{{exponent}}}")
}

#[cfg(test)]
mod tests {
    use super::{Scientific, without_trailing_zeros};

    #[test]
    fn rounding_may_raise_the_exponent() {
        let parts = |value, decimals| Scientific::new(value, decimals).map(|parts| (parts.mantissa, parts.exponent));
        assert_eq!(parts(9.96, 1), Some(("1.0".to_owned(), 1)));
        assert_eq!(parts(-1234.0, 2), Some(("-1.23".to_owned(), 3)));
        assert_eq!(parts(0.0, 3), Some(("0.000".to_owned(), 0)));
        assert_eq!(parts(5e-324, 0), Some(("5".to_owned(), -324)));
        assert_eq!((parts(f64::NAN, 3), parts(f64::INFINITY, 3)), (None, None));
    }

    #[test]
    fn zeros_before_the_point_stay() {
        assert_eq!(["100", "1.50", "2.0", "0.000"].map(without_trailing_zeros), ["100", "1.5", "2", "0"]);
    }
}
