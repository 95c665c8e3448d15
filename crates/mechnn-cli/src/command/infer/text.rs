//! Numbers with their errors, for people.

use mechnn::inference::{Inference, InferredNumber, Model};
use mechnn::number::{SignificantDigits, to_digits_of_error};

/// One line per number: name, value, standard error, 95 % interval.
pub(super) fn parameters(model: &Model, result: &Inference) -> String {
    let all: Vec<&InferredNumber> = result.parameters.iter().chain(&result.derived).collect();
    let name = |number: &InferredNumber| match &number.trajectory {
        Some(trajectory) => format!("{} ({trajectory})", number.name),
        None => number.name.clone(),
    };
    let width = all.iter().map(|number| name(number).chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for number in all {
        let label = name(number);
        let padding = " ".repeat(width - label.chars().count());
        text.push_str(&format!("{label}{padding} = {}\n", line(number)));
    }
    for (state, level) in model.states.iter().zip(&result.process_noise) {
        if let Some(level) = level {
            text.push_str(&format!("process noise of {state} = {}\n", short(*level)));
        }
    }
    text
}

fn line(number: &InferredNumber) -> String {
    let error = number.standard_error;
    let end = |value: Option<f64>, open: &str| match value.filter(|value| value.is_finite()) {
        Some(value) => digits(value, error),
        None => open.to_owned(),
    };
    let (low, high) = number.interval;
    let mut line = match error.is_finite() {
        true => format!("{} +- {}", digits(number.value, error), short_error(error)),
        false => format!("{} (not determined)", short(number.value)),
    };
    line += &format!("   95 % {} .. {}", end(Some(low), "-inf"), end(Some(high), "inf"));
    if let Some(profile) = &number.profile {
        let (low, high) = profile.interval;
        line += &format!("   profile {} .. {}", end(low, "open"), end(high, "open"));
    }
    line
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
