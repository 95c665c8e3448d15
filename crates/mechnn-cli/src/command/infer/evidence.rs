//! What the numbers are worth, in words on stderr.

use mechnn::inference::{Inference, InferenceDocument, InferredNoise};

use super::text::short;
use crate::printer::Printer;
use crate::text_table::{Align, TextTable};

/// Most columns and trajectories that are named.
const MOST: usize = 6;

/// Errors of every column, simulations, and what is left open.
pub(super) fn print(printer: &mut Printer, result: &Inference, document: &InferenceDocument) {
    printer.prose("");
    printer.prose(
        "How well the equations describe each column. The misfit is the size of what they leave, in units of the \
         error of measurement: about 1 is right. The correlation is that of neighbouring rows: about 0 is right.",
    );
    let columns = [
        ("column", Align::Left),
        ("error (std. dev.)", Align::Left),
        ("values", Align::Right),
        ("misfit", Align::Right),
        ("correlation", Align::Right),
    ];
    let mut table = TextTable::new(&columns);
    result.noise.iter().take(MOST).for_each(|noise| table.push(row(noise)));
    printer.table(&table);
    if result.noise.len() > MOST {
        printer.prose(&format!("There are {} more columns.", result.noise.len() - MOST));
    }
    for trajectory in result.trajectories.iter().take(MOST) {
        let name = if result.trajectories.len() > 1 { format!(" of {}", trajectory.name) } else { String::new() };
        let r2 = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "none".to_owned() };
        printer.prose(&format!(
            "The simulation{name} from the estimated start has R2 {} (1 is perfect, 0 no better than a constant), the \
             estimated states have {}.",
            r2(trajectory.rollout_r2),
            r2(trajectory.fit_r2)
        ));
    }
    if result.starts > 1 {
        printer.prose(&format!("{} starting points were tried.", result.starts));
    }
    for open in &result.open {
        printer.warning(open);
    }
    printer.prose("");
    printer.prose(document.verdict());
}

fn row(noise: &InferredNoise) -> Vec<String> {
    let kind = if noise.estimated { "estimated" } else { "given" };
    let number = |value: f64| if value.is_finite() { format!("{value:.2}") } else { "none".to_owned() };
    vec![
        noise.column.clone(),
        format!("{}, {kind}", short(noise.level)),
        noise.count.to_string(),
        number(noise.misfit),
        number(noise.autocorrelation),
    ]
}
