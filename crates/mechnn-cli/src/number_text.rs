//! Numbers for people.

use std::ops::Range;

/// So many significant digits, with an exponent for sizes that are not in `plain`.
pub(crate) fn significant(value: f64, digits: usize, plain: Range<f64>) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !plain.contains(&size) {
        return format!("{value:.*e}", digits - 1);
    }
    // 0 for [1, 10), -1 for [0.1, 1)
    let exponent = size.log10().floor() as i32;
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn seven_digits_are_kept_at_every_magnitude() {
        let cases = [
            (0.0, "0"),
            (1.0, "1.000000"),
            (-0.05, "-0.05000000"),
            (1234567.0, "1234567"),
            (1.5e-9, "1.500000e-9"),
            (2e10, "2.000000e10"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value, 7, 1e-4..1e7), text);
        }
    }

    #[test]
    fn few_digits_do_not_cut_whole_numbers() {
        let cases = [(12345.0, "12345"), (0.001, "0.00100"), (9.999e-4, "1.00e-3"), (1e5, "1.00e5"), (1.5, "1.50")];
        for (value, text) in cases {
            assert_eq!(significant(value, 3, 1e-3..1e5), text);
        }
        // What is no number is never plain.
        assert_eq!(significant(f64::NAN, 3, 1e-3..1e5), "NaN");
    }
}
