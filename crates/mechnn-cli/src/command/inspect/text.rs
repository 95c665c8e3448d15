//! The inspection for people.

use mechnn::data::{DataWarning, Dataset, NoiseModel, TableFile, TableForm, TableReading, TextEncoding};
use mechnn::equation::LibrarySpec;
use mechnn::inspection::{Gap, Inspection, Outlier, Peculiarity, Spacing, StateSummary, TimeSummary};
use mechnn::number::SignificantDigits;

use super::document::encoding_name;
use super::effort;
use crate::text_table::{Align, TextTable};
use crate::text_width::wrapped;

/// Files and trajectories listed at most, and values of each state that stand out.
const MOST_LISTED: usize = 8;
const MOST_OUTLIERS: usize = 5;

/// All that is said, in lines of `width` where that is given.
pub(super) fn text(
    reading: &TableReading,
    inspection: &Inspection,
    library: &LibrarySpec,
    width: Option<usize>,
) -> String {
    let data = &reading.data;
    let mut lines = files(&reading.files);
    lines.push(String::new());
    lines.extend(times(data, &inspection.times));
    lines.push(String::new());
    lines.extend(states(inspection, width));
    let remarks = remarks(reading, inspection);
    if !remarks.is_empty() {
        lines.push(String::new());
        lines.extend(remarks);
    }
    lines.push(String::new());
    lines.extend(search(data, inspection, library));
    let text = lines.join("\n");
    width.map_or_else(|| text.clone(), |width| wrapped(&text, width, "    "))
}

fn files(files: &[TableFile]) -> Vec<String> {
    let row = |file: &TableFile| {
        let form = match &file.form {
            TableForm::Text { encoding, separator } => {
                let separator = match separator {
                    '\t' => "tabs".to_owned(),
                    other => format!("`{other}`"),
                };
                let encoding = match encoding {
                    TextEncoding::Utf8 => String::new(),
                    other => format!("{}, ", encoding_name(*other)),
                };
                format!("text, {encoding}fields separated by {separator}")
            }
            TableForm::Sheet { name, sheets: 1 } => format!("workbook, sheet `{name}`"),
            TableForm::Sheet { name, sheets } => format!("workbook, sheet `{name}` of {sheets}"),
            TableForm::Arrays => "arrays of NumPy".to_owned(),
            TableForm::Parquet => "Parquet".to_owned(),
            _ => String::new(),
        };
        format!("{}: {form}, {} rows", file.name.display(), file.rows)
    };
    files.iter().take(MOST_LISTED).map(row).chain(more(files.len(), "file", "files")).collect()
}

/// What of a list is not shown.
fn more(all: usize, one: &str, many: &str) -> Option<String> {
    match all.saturating_sub(MOST_LISTED) {
        0 => None,
        1 => Some(format!("and 1 more {one}")),
        count => Some(format!("and {count} more {many}")),
    }
}

fn times(data: &Dataset, times: &[TimeSummary]) -> Vec<String> {
    let unit = data.units.get(&data.time).map(String::as_str);
    let head = format!("time   {}{}", data.time, unit.map(|unit| format!(" [{unit}]")).unwrap_or_default());
    let line = |summary: &TimeSummary| {
        let step = match unit {
            // Dates are decimal years.
            Some("year") if summary.typical_step < 0.5 => {
                let days = short(DAYS_OF_A_YEAR * summary.typical_step);
                format!("{} ({days} days)", number(summary.typical_step))
            }
            _ => number(summary.typical_step),
        };
        let spacing = match summary.spacing {
            Spacing::Regular => format!("every {step}"),
            Spacing::RegularWithGaps => format!("mostly every {step}"),
            Spacing::Irregular => {
                format!("irregular: typically {step} apart, at least {}", number(summary.shortest_step))
            }
        };
        let (from, to) = (precise(summary.from), precise(summary.to));
        format!("from {from} to {to}, {spacing}{}", gaps(summary))
    };
    if let [only] = times {
        return vec![format!("{head}, {}", line(only))];
    }
    let mut lines = vec![format!("{head}, {} trajectories", times.len())];
    let listed = times.iter().take(MOST_LISTED);
    lines.extend(listed.map(|one| format!("       {}: {} rows {}", one.trajectory, one.points, line(one))));
    lines.extend(more(times.len(), "trajectory", "trajectories").map(|more| format!("       {more}")));
    lines
}

/// On average, as the calendar has it.
const DAYS_OF_A_YEAR: f64 = 365.2425;

fn gaps(summary: &TimeSummary) -> String {
    let listed: Vec<String> =
        summary.gaps.iter().map(|gap| format!("{} to {}", precise(gap.from), precise(gap.to))).collect();
    match summary.gap_count {
        0 => String::new(),
        1 => format!("; one gap, {}", listed.join(", ")),
        count if count == listed.len() => format!("; {count} gaps, {}", listed.join(", ")),
        count => format!("; {count} gaps, the longest {}", listed.join(", ")),
    }
}

fn states(inspection: &Inspection, width: Option<usize>) -> Vec<String> {
    let states = &inspection.states;
    // Without a heading the column is left out if it is empty.
    let unit = if states.iter().any(|state| state.unit.is_some()) { "unit" } else { "" };
    let mut table = TextTable::new(&[
        ("state", Align::Left),
        (unit, Align::Left),
        ("values", Align::Right),
        ("missing", Align::Right),
        ("smallest", Align::Right),
        ("largest", Align::Right),
        ("noise", Align::Left),
        ("", Align::Left),
    ]);
    let row = |state: &StateSummary| {
        // Where there are no rows, that has been said.
        let is_said = |gap: &&Gap| inspection.times.iter().any(|times| times.gaps.contains(gap));
        let gap = state.longest_gap.as_ref().filter(|gap| !is_said(gap));
        let gap = gap.map(|gap| format!("none from {} to {}", precise(gap.from), precise(gap.to)));
        vec![
            state.name.clone(),
            state.unit.clone().unwrap_or_default(),
            state.values.to_string(),
            state.missing.to_string(),
            number(state.smallest),
            number(state.largest),
            noise(state),
            state.peculiarity.iter().map(peculiarity).chain(gap).collect::<Vec<_>>().join(", "),
        ]
    };
    states.iter().for_each(|state| table.push(row(state)));
    table.lines_at_the_margin(width)
}

/// As a number and in proportion: to the range, or to the value where it depends on that.
fn noise(state: &StateSummary) -> String {
    let (Some(noise), Some(model)) = (state.noise, state.noise_model) else { return "-".to_owned() };
    let range = state.largest - state.smallest;
    match model {
        NoiseModel::Proportional => format!("{} % of the value", short(100.0 * noise / state.root_mean_square)),
        _ if range > 0.0 => format!("{} ({} % of the range)", short(noise), short(100.0 * noise / range)),
        _ => short(noise),
    }
}

fn peculiarity(peculiarity: &Peculiarity) -> String {
    match peculiarity {
        Peculiarity::Constant { .. } => "constant".to_owned(),
        Peculiarity::Staircase { levels, .. } => format!("{levels} steps"),
        Peculiarity::WholeNumbers => "whole numbers".to_owned(),
        Peculiarity::Rounded { step } => format!("in steps of {}", number(*step)),
        _ => String::new(),
    }
}

/// What a column with such values is good for.
fn advice(state: &str, peculiarity: &Peculiarity) -> Option<String> {
    match peculiarity {
        Peculiarity::Constant { .. } => {
            Some(format!("{state}: a constant tells nothing of how it changes; leave it out with --vars"))
        }
        Peculiarity::Staircase { levels, values } => Some(format!(
            "{state}: {levels} steps in {values} rows; if somebody set it, it is an input: --hold {state}"
        )),
        _ => None,
    }
}

/// Values that stand out, and what was said while reading.
fn remarks(reading: &TableReading, inspection: &Inspection) -> Vec<String> {
    let several = reading.data.trajectories.len() > 1;
    let mut lines = Vec::new();
    for state in &inspection.states {
        lines.extend(state.peculiarity.iter().filter_map(|peculiarity| advice(&state.name, peculiarity)));
        let one = |outlier: &Outlier| {
            let place = if several { format!(" of {}", outlier.trajectory) } else { String::new() };
            let (value, expected) = (number(outlier.value), number(outlier.expected));
            format!("  line {}{place}: {value} where its neighbours say {expected}", outlier.row)
        };
        let count = state.outliers.len();
        if count > 0 {
            let plural = if count == 1 { "value is" } else { "values are" };
            lines.push(format!("{}: {count} {plural} far from what the neighbours say", state.name));
            lines.extend(state.outliers.iter().take(MOST_OUTLIERS).map(one));
        }
        if count > MOST_OUTLIERS {
            lines.push(format!("  and {} more", count - MOST_OUTLIERS));
        }
    }
    // Of constants more has been said.
    let others = reading.warnings.iter().filter(|warning| !matches!(warning, DataWarning::ConstantColumn { .. }));
    lines.extend(others.map(|warning| format!("note: {warning}")));
    lines
}

fn search(data: &Dataset, inspection: &Inspection, library: &LibrarySpec) -> Vec<String> {
    match &inspection.search {
        Ok(preview) => {
            let seconds = effort::in_words(effort::seconds(data, preview.candidates));
            // With blanks, so that it can be broken into lines.
            let library = library.to_string().replace(',', ", ");
            let mut lines = vec![
                format!("`mechnn discover` would look for {}", equations(data)),
                format!("among {} candidate terms ({library}); that takes {seconds}.", preview.candidates),
            ];
            if let Some(rows) = inspection.rows_used {
                lines.push(format!("The noise is that of the first {rows} rows."));
            }
            lines
        }
        Err(error) => vec![format!("`mechnn discover` would refuse these data: {error}")],
    }
}

fn equations(data: &Dataset) -> String {
    match data.python_names().as_slice() {
        [only] => format!("the equation of {only}"),
        names if names.len() <= MOST_LISTED => format!("the equations of {}", names.join(", ")),
        names => format!("the equations of {} states", names.len()),
    }
}

/// Four significant digits.
fn number(value: f64) -> String {
    SignificantDigits::new(4).without_trailing_zeros().text(value)
}

/// Two significant digits.
fn short(value: f64) -> String {
    SignificantDigits::new(2).without_trailing_zeros().text(value)
}

/// Times may be years with days in their decimals.
fn precise(value: f64) -> String {
    SignificantDigits::new(7).without_trailing_zeros().text(value)
}
