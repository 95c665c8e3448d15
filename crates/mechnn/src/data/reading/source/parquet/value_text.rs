//! Values of a Parquet file as they would stand in a text file.

use std::fmt::Write;

use chrono::{Days, NaiveDate};
use parquet::data_type::Int96;

use super::super::super::options::DecimalMark;
use crate::number::exact;

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A number; one that is none is a missing value.
pub(super) fn number(value: f64, decimal: DecimalMark) -> String {
    if value.is_nan() {
        return String::new();
    }
    let text = exact(value);
    with_mark(text.strip_suffix(".0").unwrap_or(&text), decimal)
}

fn with_mark(text: &str, decimal: DecimalMark) -> String {
    match decimal {
        DecimalMark::Point => text.to_owned(),
        DecimalMark::Comma => text.replace('.', ","),
    }
}

/// A whole number of which some digits are decimals.
pub(super) fn decimal_number(value: i128, decimals: usize, decimal: DecimalMark) -> String {
    // Such a number has at most 38 digits; more decimals are those of a damaged file.
    let decimals = decimals.min(40);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    let sign = if value < 0 { "-" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    with_mark(&format!("{sign}{whole}{point}{rest}"), decimal)
}

/// A whole number whose highest byte comes first; `None` if it has more than 38 digits or so.
pub(super) fn whole_number(bytes: &[u8]) -> Option<i128> {
    let fill = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { 0xFF } else { 0 };
    let spare = bytes.len().saturating_sub(16);
    let (unused, bytes) = bytes.split_at(spare);
    let mut padded = [fill; 16];
    padded[16 - bytes.len()..].copy_from_slice(bytes);
    let number = i128::from_be_bytes(padded);
    (unused.iter().all(|&byte| byte == fill) && (number < 0) == (fill == 0xFF)).then_some(number)
}

/// A number of 16 bits: a sign, five bits of the exponent and ten of the fraction.
pub(super) fn half(bytes: [u8; 2]) -> f64 {
    let bits = u16::from_le_bytes(bytes);
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction) * 2_f64.powi(exponent - 15),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

/// A date, of days since 1970; a count of days that is no date of the calendar stands as it is.
pub(super) fn date(days: i64) -> String {
    calendar_date(days).map_or_else(|| days.to_string(), |date| date.to_string())
}

fn calendar_date(days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    let first = NaiveDate::default();
    if days < 0 { first.checked_sub_days(count) } else { first.checked_add_days(count) }
}

/// A date with the time of day, of a time since 1970 in units of so many nanoseconds.
pub(super) fn instant(count: i128, unit: i128) -> String {
    let nanoseconds = count * unit;
    let date = i64::try_from(nanoseconds.div_euclid(DAY)).ok().and_then(calendar_date);
    match date {
        Some(date) => format!("{date} {}", clock(nanoseconds.rem_euclid(DAY))),
        None => count.to_string(),
    }
}

/// A time of day, with as many decimals of seconds as it needs.
pub(super) fn clock(nanoseconds: i128) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let nanoseconds = nanoseconds.unsigned_abs();
    let (seconds, rest) = (nanoseconds / SECOND as u128, nanoseconds % SECOND as u128);
    let mut text = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest > 0 {
        let decimals = format!("{rest:09}");
        text.push('.');
        text.push_str(decimals.trim_end_matches('0'));
    }
    text
}

/// Nanoseconds since 1970 of a time in the older form: nanoseconds since midnight, and days as astronomers count them.
pub(super) fn nanoseconds_of(time: &Int96) -> i128 {
    const DAY_OF_1970: i128 = 2_440_588;
    let [low, high, day] = [0, 1, 2].map(|i| time.data().get(i).copied().map_or(0, i128::from));
    (day - DAY_OF_1970) * DAY + (high << 32) + low
}

/// Bytes that are no text.
pub(super) fn opaque(bytes: &[u8]) -> String {
    // Enough to tell one from the other in a message.
    const SHOWN: usize = 16;
    bytes.iter().take(SHOWN).fold("0x".to_owned(), |mut text, byte| {
        let Ok(()) = write!(text, "{byte:02x}") else { unreachable!("a string takes what is written") };
        text
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_a_text_file() {
        use DecimalMark::{Comma, Point};
        assert_eq!([1.5, 3.0, 1e-300, f64::NAN].map(|value| number(value, Point)), ["1.5", "3", "1e-300", ""]);
        assert_eq!(number(-0.25, Comma), "-0,25");
        assert_eq!([-5, 0, 123].map(|value| decimal_number(value, 2, Point)), ["-0.05", "0.00", "1.23"]);
        assert_eq!((decimal_number(-7, 0, Point), decimal_number(15, 1, Comma)), ("-7".into(), "1,5".into()));
        assert_eq!([&[0xFF, 0x85][..], &[0x7B], &[], &[0; 20]].map(whole_number), [-123, 123, 0, 0].map(Some));
        assert_eq!(whole_number(&[1; 17]), None);
        // From the standard: the largest, the smallest, one third, and what is no number.
        let halves = [[0xFF, 0x7B], [0x01, 0x00], [0x55, 0xB5], [0x00, 0xFC]].map(half);
        assert_eq!(halves, [65504.0, 2_f64.powi(-24), -0.333_251_953_125, f64::NEG_INFINITY]);
        assert!(half([0x00, 0x7E]).is_nan());
        assert_eq!(opaque(&[0, 255, 16]), "0x00ff10");
    }

    #[test]
    fn times_are_written_as_in_a_text_file() {
        assert_eq!(
            [0, 18_691, -1, i64::MAX].map(date),
            ["1970-01-01", "2021-03-05", "1969-12-31", "9223372036854775807"]
        );
        assert_eq!(instant(1_614_936_600_250, 1_000_000), "2021-03-05 09:30:00.25");
        assert_eq!(instant(-1, 1), "1969-12-31 23:59:59.999999999");
        assert_eq!(instant(i64::MAX.into(), 1_000_000), "9223372036854775807");
        assert_eq!([clock(0), clock(90_061 * SECOND), clock(-SECOND)], ["00:00:00", "25:01:01", "-00:00:01"]);
        let mut time = Int96::new();
        time.set_data(1, 0, 2_440_589);
        assert_eq!(nanoseconds_of(&time), DAY + 1);
    }
}
