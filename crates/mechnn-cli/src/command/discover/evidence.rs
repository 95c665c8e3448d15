//! What the equations are worth, in words on stderr.

use std::collections::BTreeMap;

use mechnn::data::Dataset;
use mechnn::discovery::{
    Column, Description, Direction, DiscoveryDocument, DiscoveryResult, Finding, ModelConstraints, NoiseParts, Part,
    Peculiarity, StateEvidence,
};
use mechnn::number::{SignificantDigits, UncertainNumber};

use super::noise_text::outliers;
use super::{noise_text, unsettled};
use crate::printer::Printer;
use crate::text_table::{Align, TextTable};

pub(super) fn print(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult, document: &DiscoveryDocument) {
    printer.prose("");
    printer.prose(&chosen(result, document));
    if let Some(constraints) = &document.constraints {
        printer.prose(&format!("Assumed, because --model says so: {}.", assumed(constraints)));
    }
    peculiar(&result.columns).iter().for_each(|text| printer.prose(text));
    if !result.indistinct.is_empty() {
        let variables = result.model.variables();
        let terms: Vec<String> = result.indistinct.iter().map(|term| term.text(&variables)).collect();
        printer.prose(&format!(
            "Not tried, because these data cannot tell them from combinations of simpler terms: {}.",
            terms.join(", ")
        ));
    }
    outliers(data, result).iter().for_each(|text| printer.prose(text));
    states(printer, data, result);
    unsettled::print(printer, result);
    result.evidence.undetermined.iter().for_each(|direction| printer.prose(&open_direction(direction)));
    printer.prose("");
    printer.prose(&document.verdict);
}

/// How many terms were chosen, and how numbers are to be read.
fn chosen(result: &DiscoveryResult, document: &DiscoveryDocument) -> String {
    let terms = match document.chosen_terms {
        1 => "1 term was".to_owned(),
        terms => format!("{terms} terms were"),
    };
    let reading = match result.model.terms().find_map(|(_, own)| in_parentheses(own.coefficient, own.standard_error)) {
        Some((short, long)) => {
            format!(" The digits in parentheses are the standard error: {short} is {long}.")
        }
        None => String::new(),
    };
    format!("{terms} chosen out of {} candidates in {:.2} s.{reading}", document.candidates, document.seconds)
}

/// A coefficient as the equations have it, and with its standard error written out.
fn in_parentheses(coefficient: f64, error: f64) -> Option<(String, String)> {
    let size = coefficient.abs();
    let short = UncertainNumber { value: size, standard_error: error }.to_string();
    let (value, digits) = short.strip_suffix(')')?.split_once('(')?;
    // An exponent, or an error above one, would need more words.
    if !value.contains('.') || value.contains('e') || digits.contains('.') {
        return None;
    }
    let decimals = value.len() - value.find('.')? - 1;
    let error = digits.parse::<f64>().ok()? * 10f64.powi(-(decimals as i32));
    Some((short.clone(), format!("{value} ± {error:.decimals$}")))
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

/// What is peculiar about columns, those with whole numbers together.
fn peculiar(columns: &[Column]) -> Vec<String> {
    let is_whole = |column: &&Column| column.peculiarity == Peculiarity::WholeNumbers;
    let whole: Vec<&str> = columns.iter().filter(is_whole).map(|column| column.state.as_str()).collect();
    let mut texts: Vec<String> = columns.iter().filter_map(peculiarity).collect();
    if !whole.is_empty() {
        texts.push(format!(
            "Only whole numbers: {}. If they are rounded, their error is at least 0.29; if they count events, it is \
             about their square root.",
            whole.join(", ")
        ));
    }
    texts
}

/// What is peculiar about one column; whole numbers are named together.
fn peculiarity(column: &Column) -> Option<String> {
    let state = &column.state;
    match column.peculiarity {
        Peculiarity::Constant { value } => Some(format!(
            "{state} has the same value in every row ({}): the data cannot say what would change it, or what depends \
             on it.",
            short(value)
        )),
        Peculiarity::Staircase { levels, values } => Some(format!(
            "{state} stays the same over several rows again and again ({levels} steps in {values} rows). If it was \
             measured less often than the rows were written, keep only the rows in which it was measured."
        )),
        _ => None,
    }
}

/// Most trajectories whose simulations are described one by one.
const MOST_TRAJECTORIES: usize = 5;

/// A table of the states, and how far the simulations go.
fn states(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult) {
    printer.prose("");
    printer.prose(
        "How well each state is described, the worst first. R2 compares a simulation from the estimated start with \
         the data: 1 is perfect, 0 is no better than a constant.",
    );
    let columns = [
        ("state", Align::Left),
        ("equation", Align::Left),
        ("R2", Align::Right),
        ("noise (std. dev.)", Align::Left),
        ("what is left", Align::Left),
    ];
    let mut table = TextTable::new(&columns);
    for own in result.evidence.states_worst_first() {
        let at = data.states.iter().position(|state| *state == own.state);
        let parts = at.and_then(|d| result.noise_parts.get(d));
        let noise = noise(own, parts, data.units.get(&own.state));
        let r2 = if own.rollout_r2.is_finite() { r2(own.rollout_r2) } else { "none".to_owned() };
        table.push(vec![own.state.clone(), finding(result.finding(own)).to_owned(), r2, noise, left(own)]);
    }
    printer.table(&table);
    if !result.taken_as_known.is_empty() {
        // Equations that were found apart are not simulated together.
        return;
    }
    for (trajectory, fitted) in data.trajectories.iter().zip(&result.trajectories).take(MOST_TRAJECTORIES) {
        let span = trajectory.times[trajectory.times.len() - 1] - trajectory.times[0];
        let name = if data.trajectories.len() > 1 { format!(" of {}", trajectory.name) } else { String::new() };
        let unit = data.units.get(&data.time).map_or_else(String::new, |unit| format!(" {unit}"));
        printer.prose(&format!(
            "The simulation{name} stays close to the estimated states for {} of {}{unit}.",
            short(fitted.valid_time),
            short(span),
        ));
    }
    if data.trajectories.len() > MOST_TRAJECTORIES {
        printer.prose(&format!("There are {} more trajectories.", data.trajectories.len() - MOST_TRAJECTORIES));
    }
}

/// A finding in a word or two.
fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Found => "found",
        Finding::Doubtful => "doubtful",
        Finding::AtRest => "nothing to find",
        _ => "not found",
    }
}

/// The noise of a state: in its unit, as a fraction of its value, or both.
fn noise(own: &StateEvidence, parts: Option<&NoiseParts>, unit: Option<&String>) -> String {
    match parts {
        _ if own.noise.is_nan() => "not measured".to_owned(),
        _ if own.is_exact => "none".to_owned(),
        Some(parts) => noise_text::of_state(parts, unit.map(String::as_str)),
        None => noise_text::in_unit(own.noise, unit.map(String::as_str)),
    }
}

/// What the equations leave of a state.
fn left(own: &StateEvidence) -> String {
    match &own.residuals {
        _ if own.is_exact && own.description == Description::AtRest => "it does not change".to_owned(),
        _ if own.is_exact => "nothing: the data are exact".to_owned(),
        _ if own.description == Description::Unexplained => "most of it".to_owned(),
        None => "cannot be judged".to_owned(),
        Some(residuals) if residuals.is_white() => "looks like noise".to_owned(),
        Some(residuals) => {
            format!("not noise: correlation {:+.2}, not within ±{:.2}", residuals.autocorrelation, residuals.bound)
        }
    }
}

/// Coefficients that are only known together.
fn open_direction(direction: &Direction) -> String {
    let part = |part: &Part| {
        let inner = part.constant.map_or_else(String::new, |index| format!("number {} inside ", index + 1));
        let proportion = if direction.parts.len() > 1 { format!(" ({:+.2})", part.weight) } else { String::new() };
        format!("{inner}{} in {}'{proportion}", part.text, part.state)
    };
    let parts: Vec<String> = direction.parts.iter().map(part).collect();
    let (open, parts) = (100.0 * direction.relative_deviation, parts.join(", "));
    match direction.parts.len() {
        1 => format!("Known only to {open:.0} % of its size: {parts}."),
        _ => format!(
            "Known only in combination: these can change together, in the proportions given, by {open:.0} % of their \
             size without the data noticing: {parts}."
        ),
    }
}

/// Rounded down, so that nothing is better than it is.
fn r2(value: f64) -> String {
    format!("{:.4}", (value * 1e4 + 1e-9).floor() / 1e4)
}

/// Three significant digits.
fn short(value: f64) -> String {
    SignificantDigits::new(3).fixed_between(1e-3, 1e5).text(value)
}
