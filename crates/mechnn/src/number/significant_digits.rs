//! Numbers for people.

use super::scientific::without_trailing_zeros;

/// Numbers to so many significant digits, with an exponent only where they are very large or very small.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `digits` | required | significant digits, at least 1 |
/// | `fixed_between` | 1e-4, 1e7 | sizes from the first and below the second are written without an exponent |
/// | `without_trailing_zeros` | off | numbers without an exponent lose the zeros at their end |
///
/// Digits before the point are all written, also where there are more than asked for. A number that is rounded up to
/// the next power of ten has one digit more: 9.9996 to four digits is 10.000. Zero is `0`.
///
/// ```
/// use mechnn::number::SignificantDigits;
///
/// let three = SignificantDigits::new(3);
/// assert_eq!([0.123456, 1e6 + 0.4, 2e-9].map(|value| three.text(value)), ["0.123", "1000000", "2.00e-9"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignificantDigits {
    digits: usize,
    fixed_from: f64,
    fixed_below: f64,
    zeros: TrailingZeros,
}

/// What becomes of zeros after the last digit that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrailingZeros {
    Kept,
    Dropped,
}

impl SignificantDigits {
    /// `digits` are at least 1.
    pub const fn new(digits: usize) -> Self {
        Self { digits, fixed_from: 1e-4, fixed_below: 1e7, zeros: TrailingZeros::Kept }
    }

    /// Numbers of the sizes in `from..below` have no exponent.
    pub const fn fixed_between(self, from: f64, below: f64) -> Self {
        Self { fixed_from: from, fixed_below: below, ..self }
    }

    /// Numbers without an exponent lose the zeros at their end.
    pub const fn without_trailing_zeros(self) -> Self {
        Self { zeros: TrailingZeros::Dropped, ..self }
    }

    /// The number as text.
    pub fn text(self, value: f64) -> String {
        let (size, after_first) = (value.abs(), self.digits.saturating_sub(1));
        if size == 0.0 {
            return "0".to_owned();
        }
        // Written so that NaN is outside.
        if !(self.fixed_from..self.fixed_below).contains(&size) {
            return format!("{value:.after_first$e}");
        }
        // 0 for [1, 10), -1 for [0.1, 1); no decimals are left where all digits stand before the point.
        let exponent = i64::from(size.log10().floor() as i32);
        let decimals = usize::try_from(after_first as i64 - exponent).unwrap_or(0);
        let digits = format!("{value:.decimals$}");
        match self.zeros {
            TrailingZeros::Kept => digits,
            TrailingZeros::Dropped => without_trailing_zeros(&digits).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SignificantDigits;

    #[test]
    fn digits_are_kept_at_every_size() {
        let seven = SignificantDigits::new(7);
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1.000000"),
            (-0.05, "-0.05000000"),
            (1_234_567.0, "1234567"),
            (1.5e-9, "1.500000e-9"),
            (2e10, "2.000000e10"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(seven.text(value), text);
        }
    }

    #[test]
    fn the_sizes_without_an_exponent_can_be_chosen() {
        let three = SignificantDigits::new(3).fixed_between(1e-3, 1e5);
        let texts = [0.001, 0.000_999, 99_999.0, 1e5, 12.345, 9.999].map(|value| three.text(value));
        assert_eq!(texts, ["0.00100", "9.99e-4", "99999", "1.00e5", "12.3", "10.00"]);
    }

    #[test]
    fn zeros_at_the_end_can_be_dropped() {
        let four = SignificantDigits::new(4).without_trailing_zeros();
        let texts = [13.12, 49.0, 2.5e-6, 123_456.0, 1e12, 0.001_25, 1_900.7].map(|value| four.text(value));
        assert_eq!(texts, ["13.12", "49", "2.500e-6", "123456", "1.000e12", "0.00125", "1901"]);
    }
}
