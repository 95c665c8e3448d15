//! What the numbers are worth, in a few lines on stderr.

use mechnn::inference::{Inference, InferenceDocument};

use super::text::short;
use crate::printer::Printer;

/// Most columns and trajectories that are named.
const MOST: usize = 6;

/// Noise of every column, simulations, and what is left open.
pub(super) fn print(printer: &mut Printer, result: &Inference, document: &InferenceDocument) {
    for noise in result.noise.iter().take(MOST) {
        let kind = if noise.estimated { "estimated" } else { "given" };
        printer.note(&format!(
            "noise      {} {} ({kind}; {} values, misfit {:.2}, correlation of neighbours {:.2})",
            noise.column,
            short(noise.level),
            noise.count,
            noise.misfit,
            noise.autocorrelation,
        ));
    }
    for trajectory in result.trajectories.iter().take(MOST) {
        let name = if result.trajectories.len() > 1 { format!(" ({})", trajectory.name) } else { String::new() };
        let r2 = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "none".to_owned() };
        let (rollout, fit) = (r2(trajectory.rollout_r2), r2(trajectory.fit_r2));
        printer.note(&format!("simulation R2 {rollout}, fit R2 {fit}{name}"));
    }
    if result.starts > 1 {
        printer.note(&format!("starts     {}", result.starts));
    }
    for open in &result.open {
        printer.warning(open);
    }
    printer.note(document.verdict());
}
