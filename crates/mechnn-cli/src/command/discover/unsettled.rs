//! The terms that the data do not settle, and what could stand in their place.

use mechnn::discovery::{DiscoveryResult, TermWeight};

use crate::printer::Printer;
use crate::text_table::{Align, TextTable};

/// Most terms that are named, and most alternatives of each equation.
const MOST_TERMS: usize = 6;
const MOST_ALTERNATIVES: usize = 3;

/// A table of the terms whose probability is below 90 %, with the terms of the same equation that other structures
/// have instead or beside them.
pub(super) fn print(printer: &mut Printer, result: &DiscoveryResult) {
    if result.evidence.weighted_models.is_empty() {
        return;
    }
    let weights = result.term_weights();
    let mut open: Vec<&TermWeight> = weights.iter().filter(|own| own.is_open()).collect();
    open.sort_by(|a, b| a.state.cmp(&b.state).then(b.kept.cmp(&a.kept)).then(b.weight.total_cmp(&a.weight)));
    if open.is_empty() {
        printer
            .prose("Every term of the equations has a probability of 90 % or more, and no other term 10 % or more.");
        return;
    }
    let variables = result.model.variables();
    let named = |own: &TermWeight| format!("{} ({})", own.term.text(&variables), percent(own.weight));
    let columns = [
        ("equation", Align::Left),
        ("term", Align::Left),
        ("probability", Align::Right),
        ("alternatives or additions", Align::Left),
    ];
    let mut table = TextTable::new(&columns);
    for (index, state) in result.model.states.iter().enumerate() {
        let own = |kept: bool| open.iter().filter(move |own| own.state == index && own.kept == kept);
        let others: Vec<String> = own(false).take(MOST_ALTERNATIVES).map(|own| named(own)).collect();
        let kept: Vec<_> = own(true).take(MOST_TERMS).collect();
        let equation = format!("{state}'");
        for (row, term) in kept.iter().enumerate() {
            let others = if row == 0 { others.join(", ") } else { String::new() };
            let name = term.term.text(&variables);
            table.push(vec![equation.clone(), name, percent(term.weight), others]);
        }
        if kept.is_empty() && !others.is_empty() {
            table.push(vec![equation, "(all others are settled)".to_owned(), String::new(), others.join(", ")]);
        }
    }
    printer.prose("");
    printer.prose(
        "What the data do not settle. The probability of a term is the share of all equations that were compared and \
         have it, each weighed by how well it explains the data and how simple it is.",
    );
    printer.table(&table);
}

fn percent(weight: f64) -> String {
    match 100.0 * weight {
        weight if weight > 99.0 => "over 99 %".to_owned(),
        weight => format!("{weight:.0} %"),
    }
}
