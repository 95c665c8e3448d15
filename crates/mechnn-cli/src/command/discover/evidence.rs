//! What the equations are worth, in a few lines on stderr.

use std::collections::BTreeMap;

use mechnn::data::Dataset;
use mechnn::discovery::{Direction, DiscoveryDocument, DiscoveryResult, ModelConstraints, Part, TermWeight};
use mechnn::number::SignificantDigits;

use super::noise_text::{noise, outliers};
use crate::printer::Printer;

pub(super) fn print(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult, document: &DiscoveryDocument) {
    printer.note(&format!("terms      {} of {} candidates", document.terms, document.candidates));
    if let Some(constraints) = &document.constraints {
        printer.note(&format!("assumed    {} (--model)", assumed(constraints)));
    }
    if !result.indistinct.is_empty() {
        let variables = result.model.variables();
        let terms: Vec<String> = result.indistinct.iter().map(|term| term.text(&variables)).collect();
        printer.note(&format!("not tried  {} (combinations of simpler terms on these data)", terms.join(", ")));
    }
    if let Some(structure) = structure(result) {
        printer.note(&structure);
    }
    printer.note(&format!("noise      {}", noise(data, result)));
    for (number, line) in outliers(data, result).into_iter().enumerate() {
        printer.note(&format!("{:10} {line}", if number == 0 { "set aside" } else { "" }));
    }
    for (trajectory, fitted) in data.trajectories.iter().zip(&result.trajectories).take(MOST_TRAJECTORIES) {
        let span = trajectory.times[trajectory.times.len() - 1] - trajectory.times[0];
        let name = if data.trajectories.len() > 1 { format!(" ({})", trajectory.name) } else { String::new() };
        printer.note(&format!(
            "simulation R2 {}, valid for {} of {}{name}; fit R2 {}",
            r2(fitted.rollout_r2),
            short(fitted.valid_time),
            short(span),
            r2(fitted.fit_r2),
        ));
    }
    if data.trajectories.len() > MOST_TRAJECTORIES {
        printer.note(&format!("           and {} more trajectories", data.trajectories.len() - MOST_TRAJECTORIES));
    }
    residuals(printer, data, result);
    held_out(printer, data, result);
    for direction in &result.evidence.undetermined {
        printer.note(&open_direction(direction));
    }
    printer.note(&format!("time       {:.2} s", document.seconds));
    printer.note(&document.verdict);
}

const MOST_TRAJECTORIES: usize = 5;

/// Most terms that are named as open, and as possible instead.
const MOST_OPEN: usize = 4;

/// How much the terms weigh among the structures that were compared, and which of them the data do not settle.
fn structure(result: &DiscoveryResult) -> Option<String> {
    let models = &result.evidence.weighted_models;
    let count = models.len();
    let found = models.iter().find(|model| model.has_terms_of(&result.model));
    let weight = match found {
        _ if models.is_empty() => return None,
        Some(_) if count == 1 => return Some("structure  no other that was compared comes near".to_owned()),
        Some(found) => format!("{} of the weight of {count} compared", percent(found.weight)),
        // A threshold took terms, or they turned out to be negligible.
        None => format!("none of {count} compared has just these terms"),
    };
    let variables = result.model.variables();
    let mut open = result.term_weights();
    open.retain(TermWeight::is_open);
    open.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let name = |own: &TermWeight| {
        format!("{}' {} {}", result.model.states[own.state], own.term.text(&variables), percent(own.weight))
    };
    let named = |kept: bool, words: &str| {
        let names: Vec<String> = open.iter().filter(|own| own.kept == kept).take(MOST_OPEN).map(name).collect();
        if names.is_empty() { String::new() } else { format!("; {words} {}", names.join(", ")) }
    };
    let (kept, others) = (named(true, "open"), named(false, "or"));
    Some(format!("structure  {weight}{kept}{others}"))
}

fn percent(weight: f64) -> String {
    match 100.0 * weight {
        weight if weight > 99.0 => "over 99 %".to_owned(),
        weight => format!("{weight:.0} %"),
    }
}

/// How many entries of each table there are.
fn assumed(constraints: &ModelConstraints) -> String {
    let signs = constraints.signs.values().map(BTreeMap::len).sum();
    let counts = [
        (constraints.terms.len(), "list of terms", "lists of terms"),
        (constraints.known.len(), "known part", "known parts"),
        (signs, "sign", "signs"),
        (constraints.ties.len(), "tie", "ties"),
        (constraints.shared.len(), "function with shared numbers", "functions with shared numbers"),
        (constraints.conserved.len(), "conserved sum", "conserved sums"),
    ];
    let of_kind = |(count, one, many): (usize, &str, &str)| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    counts.into_iter().filter_map(of_kind).collect::<Vec<_>>().join(", ")
}

/// Whether what is left looks like noise.
fn residuals(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult) {
    let judged: Vec<String> = data
        .states
        .iter()
        .zip(&result.evidence.residuals)
        .filter_map(|(state, residuals)| residuals.map(|residuals| (state, residuals)))
        .map(|(state, residuals)| {
            let word = if residuals.is_white() { "within" } else { "outside" };
            format!("{state} {:+.2}, {word} {:.2}", residuals.autocorrelation, residuals.bound)
        })
        .collect();
    if !judged.is_empty() {
        printer.note(&format!("residuals  correlation with the next: {}", judged.join("; ")));
    }
}

/// The worst prediction of rows that were left out.
fn held_out(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult) {
    let Some(worst) = result.evidence.worst_prediction() else { return };
    let of = if data.trajectories.len() > 1 { " of the worst trajectory" } else { "" };
    printer.note(&format!(
        "held out   last {} rows{of}, predicted by a refit: R2 {}, error {} x noise",
        worst.rows,
        r2(worst.r2),
        if worst.error.is_finite() { short(worst.error) } else { "infinite".to_owned() }
    ));
}

/// Coefficients that are only known together.
fn open_direction(direction: &Direction) -> String {
    let part = |part: &Part| {
        let inner = part.constant.map_or_else(String::new, |index| format!(", number {} inside", index + 1));
        format!("{}' {} ({:+.2}{inner})", part.state, part.text, part.weight)
    };
    let parts: Vec<String> = direction.parts.iter().map(part).collect();
    format!("open       by {:.0} % in the direction of {}", 100.0 * direction.relative_deviation, parts.join(", "))
}

fn r2(value: f64) -> String {
    if value.is_finite() { format!("{value:.4}") } else { "none (diverged)".to_owned() }
}

/// Three significant digits.
fn short(value: f64) -> String {
    SignificantDigits::new(3).fixed_between(1e-3, 1e5).text(value)
}
