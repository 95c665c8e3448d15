//! Unknowns by name, and the combinations of them that the data leave open in words.

use crate::data::Dataset;
use crate::inference::description::Bounds;
use crate::inference::fit::{Fit, OpenDirection};

/// Name of unknown `index`, and of its trajectory if it belongs to one of several.
pub(crate) fn name(fit: &Fit<'_>, data: &Dataset, index: usize) -> (String, Option<String>) {
    let unknown = &fit.binding.unknowns[index];
    let name = fit.binding.model.parameters[unknown.parameter].name.clone();
    let own = unknown.trajectory.filter(|_| data.trajectories.len() > 1);
    (name, own.map(|trajectory| data.trajectories[trajectory].name.clone()))
}

/// `a and b together, in the ratio 1 : -0.98`.
pub(crate) fn in_words(direction: &OpenDirection, fit: &Fit<'_>, data: &Dataset) -> String {
    let label = |index: usize| {
        let (name, trajectory) = name(fit, data, index);
        let name = trajectory.map_or(name.clone(), |trajectory| format!("{name} of {trajectory}"));
        match fit.binding.unknowns[index].bounds {
            Bounds::Free { .. } => name,
            _ => format!("log {name}"),
        }
    };
    let labels: Vec<String> = direction.parts.iter().map(|(index, _)| label(*index)).collect();
    let ratio: Vec<String> = direction.parts.iter().map(|(_, part)| format!("{part:.2}")).collect();
    let how = if direction.deviation.is_finite() { "hardly change" } else { "do not change" };
    match labels.len() {
        1 => format!("the predictions {how} with {}", labels[0]),
        _ => format!("the predictions {how} when {} move in the ratio {}", labels.join(", "), ratio.join(" : ")),
    }
}
