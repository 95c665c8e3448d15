//! What is said of the noise, and of rows that contradict all others.

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryResult, NoiseParts, Outlier};
use mechnn::number::SignificantDigits;

/// Most rows that are named one by one.
const MOST_OUTLIERS: usize = 6;

/// The noise of each measured state: in its unit, as a fraction of its value, or both.
pub(super) fn noise(data: &Dataset, result: &DiscoveryResult) -> String {
    let measured = data.states.iter().zip(&result.noise_parts).filter(|(_, parts)| !parts.additive.is_nan());
    let each: Vec<String> = measured.map(|(state, parts)| format!("{state} {}", of_state(parts))).collect();
    format!("{} (standard deviation)", each.join(", "))
}

fn of_state(parts: &NoiseParts) -> String {
    let percent = format!("{} % of the value", short(100.0 * parts.proportional));
    match (parts.additive > 0.0, parts.proportional > 0.0) {
        (true, true) => format!("{} and {percent}", short(parts.additive)),
        (false, true) => percent,
        (_, false) => short(parts.additive),
    }
}

/// A line for each observation that was set aside, and one for the rest of many; none if there was none.
pub(super) fn outliers(data: &Dataset, result: &DiscoveryResult) -> Vec<String> {
    let line = |one: &Outlier| {
        let trajectory = &data.trajectories[one.trajectory];
        let name = if data.trajectories.len() > 1 { format!(" of {}", trajectory.name) } else { String::new() };
        format!(
            "row {}{name} ({} {}): {} is {}, where the other rows say {}",
            one.row + 1,
            data.time,
            short(trajectory.times[one.row]),
            data.states[one.state],
            short(one.value),
            short(one.expected),
        )
    };
    let mut lines: Vec<String> = result.outliers.iter().take(MOST_OUTLIERS).map(line).collect();
    if result.outliers.len() > MOST_OUTLIERS {
        lines.push(format!("and {} more", result.outliers.len() - MOST_OUTLIERS));
    }
    lines
}

/// Three significant digits.
fn short(value: f64) -> String {
    SignificantDigits::new(3).fixed_between(1e-3, 1e5).text(value)
}
