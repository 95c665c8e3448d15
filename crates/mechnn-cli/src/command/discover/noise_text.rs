//! What is said of the noise, and of rows that contradict all others.

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryResult, NoiseParts, Outlier};
use mechnn::number::SignificantDigits;

/// Most rows that are named one by one.
const MOST_OUTLIERS: usize = 6;

/// The noise of a state: in its unit, as a fraction of its value, or both.
pub(super) fn of_state(parts: &NoiseParts, unit: Option<&str>) -> String {
    let percent = format!("{} % of the value", short(100.0 * parts.proportional));
    match (parts.additive > 0.0, parts.proportional > 0.0) {
        (true, true) => format!("{} and {percent}", in_unit(parts.additive, unit)),
        (false, true) => percent,
        (_, false) => in_unit(parts.additive, unit),
    }
}

pub(super) fn in_unit(noise: f64, unit: Option<&str>) -> String {
    unit.map_or_else(|| short(noise), |unit| format!("{} {unit}", short(noise)))
}

/// A sentence for each observation that was set aside, and one for the rest of many; none if there was none.
pub(super) fn outliers(data: &Dataset, result: &DiscoveryResult) -> Vec<String> {
    let of_time = data.units.get(&data.time).map_or_else(String::new, |unit| format!(" {unit}"));
    let sentence = |one: &Outlier| {
        let trajectory = &data.trajectories[one.trajectory];
        let name = if data.trajectories.len() > 1 { format!(" of {}", trajectory.name) } else { String::new() };
        format!(
            "Row {}{name} ({} {}{of_time}) was set aside: {} is {}, where all other rows say {}.",
            one.row + 1,
            data.time,
            short(trajectory.times[one.row]),
            data.states[one.state],
            short(one.value),
            short(one.expected),
        )
    };
    let mut sentences: Vec<String> = result.outliers.iter().take(MOST_OUTLIERS).map(sentence).collect();
    match result.outliers.len().saturating_sub(MOST_OUTLIERS) {
        0 => {}
        1 => sentences.push("One more value was set aside.".to_owned()),
        more => sentences.push(format!("{more} more values were set aside.")),
    }
    if !sentences.is_empty() {
        sentences.push("Values that are set aside count as missing; --robust off keeps them.".to_owned());
    }
    sentences
}

/// Three significant digits.
fn short(value: f64) -> String {
    SignificantDigits::new(3).fixed_between(1e-3, 1e5).text(value)
}
