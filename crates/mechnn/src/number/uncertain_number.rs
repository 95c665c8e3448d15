//! A number with its standard error, as papers write it: 27.97(2).

use std::fmt;

use super::scientific::{Scientific, latex_power_of_ten, without_trailing_zeros};

/// A nonnegative number and its standard error, printed with the digits that mean something.
///
/// The standard error stands in brackets in units of the last digit, with one digit, or two if the first is a 1.
/// Without a usable error (0, not finite, larger than the number) the number is printed with four significant digits,
/// without zeros at their end.
///
/// ```
/// use mechnn::number::UncertainNumber;
///
/// let number = UncertainNumber { value: 27.973, standard_error: 0.021 };
/// assert_eq!(number.to_string(), "27.97(2)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UncertainNumber {
    /// The number, nonnegative; one that is not finite has no digits, and is printed as such.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Decimal exponents below and from which numbers are written with an exponent.
const FIXED_FROM: i32 = -4;
const FIXED_BELOW: i32 = 6;

/// Significant digits where the error does not say.
const DEFAULT_DIGITS: usize = 4;

impl UncertainNumber {
    /// The digits, the error in brackets and the decimal exponent if one is to be written.
    fn parts(self) -> (String, Option<i32>) {
        let Self { value, standard_error: error } = self;
        if !value.is_finite() {
            return (value.to_string(), None);
        }
        if !(error.is_finite() && error > 0.0 && error <= value) {
            return plain_parts(value);
        }
        let Scientific { mantissa: leading, exponent: error_exponent } = finite(error, 1);
        // The decimal place of the last digit shown.
        let place = if leading.starts_with('1') { error_exponent - 1 } else { error_exponent };
        let units = (error / 10f64.powi(place)).round();
        let exact_exponent = value.log10().floor() as i32;
        let Scientific { mut mantissa, exponent } = finite(value, (exact_exponent - place).unsigned_abs() as usize);
        if exponent != exact_exponent {
            // Rounding carried into a new leading digit; the last place stays where it is: 9.9996 is 10.000.
            mantissa.push_str(if mantissa.contains('.') { "0" } else { ".0" });
        }
        // Digits before the decimal point that are not significant cannot be written without an exponent.
        if place > 0 || !(FIXED_FROM..FIXED_BELOW).contains(&exponent) {
            (format!("{mantissa}({units})"), Some(exponent))
        } else {
            let decimals = place.unsigned_abs() as usize;
            (format!("{value:.decimals$}({units})"), None)
        }
    }

    /// The number for LaTeX, `1.23(4) \times 10^{-7}` where an exponent is needed.
    pub fn latex(self) -> String {
        match self.parts() {
            (digits, None) => digits,
            (digits, Some(exponent)) => latex_power_of_ten(&digits, exponent),
        }
    }
}

impl fmt::Display for UncertainNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (digits, None) => f.write_str(&digits),
            (digits, Some(exponent)) => write!(f, "{digits}e{exponent}"),
        }
    }
}

/// Four significant digits of a finite number, without trailing zeros.
fn plain_parts(value: f64) -> (String, Option<i32>) {
    let Scientific { mantissa, exponent } = finite(value, DEFAULT_DIGITS - 1);
    if value != 0.0 && !(FIXED_FROM..FIXED_BELOW).contains(&exponent) {
        return (without_trailing_zeros(&mantissa).to_owned(), Some(exponent));
    }
    let decimals = (DEFAULT_DIGITS as i32 - 1 - exponent).max(0).unsigned_abs() as usize;
    (without_trailing_zeros(&format!("{value:.decimals$}")).to_owned(), None)
}

fn finite(value: f64, decimals: usize) -> Scientific {
    Scientific::new(value, decimals).unwrap_or_else(|| unreachable!("{value} was checked to be finite"))
}

/// Digits of the error to which a value is written beside it.
const ERROR_DIGITS: i32 = 2;

/// `value` with as many digits as two digits of its `error` have, for a line such as `27.973 +- 0.021`; with an
/// exponent where it is very large or very small. `None` if the error is not positive and finite: it then says
/// nothing.
pub fn to_digits_of_error(value: f64, error: f64) -> Option<String> {
    if !(error > 0.0 && error.is_finite()) {
        return None;
    }
    if !value.is_finite() {
        return Some(value.to_string());
    }
    let place = error.log10().floor() as i32 - (ERROR_DIGITS - 1);
    let exponent = if value == 0.0 { place } else { value.abs().log10().floor() as i32 };
    Some(if (-4..7).contains(&exponent) && place > -15 {
        format!("{value:.*}", (-place).max(0) as usize)
    } else {
        format!("{value:.*e}", (exponent - place).max(0) as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::{UncertainNumber, to_digits_of_error};

    fn text(value: f64, standard_error: f64) -> String {
        UncertainNumber { value, standard_error }.to_string()
    }

    #[test]
    fn error_stands_in_units_of_the_last_digit() {
        assert_eq!(text(9.9981, 0.0041), "9.998(4)");
        assert_eq!(text(27.973, 0.021), "27.97(2)");
        assert_eq!(text(0.9993, 0.000_52), "0.9993(5)");
        assert_eq!(text(3.0, 2.0), "3(2)");
        assert_eq!(text(27.0, 2.2), "27(2)");
    }

    #[test]
    fn error_has_two_digits_if_it_starts_with_one() {
        assert_eq!(text(9.9981, 0.0014), "9.9981(14)");
        assert_eq!(text(27.973, 0.1), "27.97(10)");
        assert_eq!(text(1.0, 1.0), "1.0(10)");
        // 0.00096 rounds to 0.0010: still one digit of information, at the next place.
        assert_eq!(text(1.0, 0.000_96), "1.0000(10)");
        assert_eq!(text(1.0, 0.001_96), "1.000(2)");
    }

    #[test]
    fn large_and_small_numbers_have_an_exponent() {
        assert_eq!(text(1.234e-7, 4.4e-9), "1.23(4)e-7");
        assert_eq!(text(1.234e8, 4.4e6), "1.23(4)e8");
        assert_eq!(text(123_456.0, 2_000.0), "1.23(2)e5");
        assert_eq!(text(1234.0, 52.0), "1.23(5)e3");
        assert_eq!(text(0.000_123_4, 0.000_004_4), "0.000123(4)");
    }

    #[test]
    fn rounding_may_carry_into_a_new_digit() {
        assert_eq!(text(9.9996, 0.0041), "10.000(4)");
        assert_eq!(text(9.9996e-7, 4.1e-10), "1.0000(4)e-6");
        assert_eq!(text(9.6e-7, 3.0e-7), "1.0(3)e-6");
    }

    #[test]
    fn without_a_usable_error_there_are_four_digits() {
        for unusable in [0.0, f64::NAN, f64::INFINITY, 1e9, -1.0] {
            assert_eq!(text(9.998_123, unusable), "9.998");
        }
        for (value, expected) in [
            (3.0, "3"),
            (0.001_234_56, "0.001235"),
            (1.234_56e-7, "1.235e-7"),
            (9.9999, "10"),
            (123_456.0, "123456"),
            (1e6, "1e6"),
            (2.5e300, "2.5e300"),
            (0.0, "0"),
        ] {
            assert_eq!(text(value, 0.0), expected);
        }
    }

    #[test]
    fn what_is_not_finite_has_no_digits() {
        for error in [0.0, 0.5, f64::NAN, f64::INFINITY] {
            assert_eq!([f64::NAN, f64::INFINITY].map(|value| text(value, error)), ["NaN", "inf"]);
        }
    }

    #[test]
    fn values_have_two_digits_of_their_error() {
        for (value, error, expected) in [
            (27.973, 0.021, "27.973"),
            (-27.97, 2.2, "-28.0"),
            (1234.0, 52.0, "1234"),
            (0.0, 0.021, "0.000"),
            (1.234e-7, 4.4e-9, "1.234e-7"),
            (1.234e8, 4.4e6, "1.234e8"),
        ] {
            assert_eq!(to_digits_of_error(value, error).as_deref(), Some(expected), "{value} +- {error}");
        }
        assert_eq!(to_digits_of_error(f64::INFINITY, 0.1).as_deref(), Some("inf"));
        for unusable in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(to_digits_of_error(1.0, unusable), None);
        }
    }

    #[test]
    fn latex_writes_a_power_of_ten() {
        let number = UncertainNumber { value: 1.234e-7, standard_error: 4.4e-9 };
        assert_eq!(number.latex(), "1.23(4) \\times 10^{-7}");
    }
}
