//! What the equations are worth, in a few lines on stderr.

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryResult};

use crate::printer::Printer;

pub(super) fn print(printer: &mut Printer, data: &Dataset, result: &DiscoveryResult, document: &DiscoveryDocument) {
    let noise: Vec<String> =
        data.states.iter().zip(&result.noise).map(|(state, noise)| format!("{state} {}", short(*noise))).collect();
    printer.note(&format!("terms      {} of {} candidates", document.terms, document.candidates));
    if !result.indistinct.is_empty() {
        let terms: Vec<String> = result.indistinct.iter().map(|term| term.text(&result.model.states)).collect();
        printer.note(&format!("not tried  {} (combinations of simpler terms on these data)", terms.join(", ")));
    }
    printer.note(&format!("noise      {} (standard deviation)", noise.join(", ")));
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
    printer.note(&format!("time       {:.2} s", document.seconds));
    printer.note(&document.verdict);
}

const MOST_TRAJECTORIES: usize = 5;

fn r2(value: f64) -> String {
    if value.is_finite() { format!("{value:.4}") } else { "none (diverged)".to_owned() }
}

/// Three significant digits.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.2e}"),
        size => {
            let decimals = (2 - size.log10().floor() as i32).max(0) as usize;
            format!("{value:.decimals$}")
        }
    }
}
