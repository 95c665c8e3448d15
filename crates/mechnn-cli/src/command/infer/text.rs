//! Numbers with their errors, for people.

use mechnn::inference::{Inference, InferredNumber, Model};
use mechnn::number::{SignificantDigits, to_digits_of_error};

use crate::text_table::{Align, TextTable};

/// A table with a line for each number: name, value, standard error, 95 % interval and, where it was asked for, the
/// interval from the profile; then the noise of the equations, where they have some.
pub(super) fn parameters(model: &Model, result: &Inference, width: Option<usize>) -> String {
    let all: Vec<&InferredNumber> = result.parameters.iter().chain(&result.derived).collect();
    let has_profiles = all.iter().any(|number| number.profile.is_some());
    let mut columns = vec![
        ("parameter", Align::Left),
        ("value", Align::Left),
        ("std. error", Align::Left),
        ("95 % interval", Align::Left),
    ];
    if has_profiles {
        columns.push(("95 % interval from the profile", Align::Left));
    }
    let mut table = TextTable::new(&columns);
    for number in all {
        let mut row = cells(number);
        row.truncate(columns.len());
        table.push(row);
    }
    let mut text: String = table.lines_at_the_margin(width).iter().map(|line| format!("{line}\n")).collect();
    for (state, level) in model.states.iter().zip(&result.process_noise) {
        if let Some(level) = level {
            text.push_str(&format!("The random part of the equation of {state} has the level {}.\n", short(*level)));
        }
    }
    text
}

/// Name, value, standard error, interval, interval from the profile.
fn cells(number: &InferredNumber) -> Vec<String> {
    let error = number.standard_error;
    let end = |value: Option<f64>, open: &str| match value.filter(|value| value.is_finite()) {
        Some(value) => digits(value, error),
        None => open.to_owned(),
    };
    let name = match &number.trajectory {
        Some(trajectory) => format!("{} ({trajectory})", number.name),
        None => number.name.clone(),
    };
    let (value, error_text) = match error.is_finite() {
        true => (digits(number.value, error), short_error(error)),
        false => (short(number.value), "not determined".to_owned()),
    };
    let (low, high) = number.interval;
    let interval = format!("{} to {}", end(Some(low), "-infinity"), end(Some(high), "infinity"));
    let profile = match &number.profile {
        Some(profile) => format!("{} to {}", end(profile.interval.0, "open"), end(profile.interval.1, "open")),
        None => String::new(),
    };
    vec![name, value, error_text, interval, profile]
}

/// The value to two digits of its error, to four of its own where there is no error.
fn digits(value: f64, error: f64) -> String {
    to_digits_of_error(value, error).unwrap_or_else(|| short(value))
}

/// Two significant digits.
fn short_error(error: f64) -> String {
    SignificantDigits::new(2).fixed_between(1e-4, 1e6).text(error)
}

/// Four significant digits.
pub(super) fn short(value: f64) -> String {
    SignificantDigits::new(4).fixed_between(1e-3, 1e6).text(value)
}
