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

/// A combination of unknowns that the data leave open, as a sentence.
pub(crate) fn in_words(direction: &OpenDirection, fit: &Fit<'_>, data: &Dataset) -> String {
    let plain = |index: usize| {
        let (name, trajectory) = name(fit, data, index);
        trajectory.map_or(name.clone(), |trajectory| format!("{name} of {trajectory}"))
    };
    // What has bounds is estimated by its logarithm, and changes in proportion.
    let label = |index: usize| {
        let name = plain(index);
        match fit.binding.unknowns[index].bounds {
            Bounds::Free { .. } => name,
            _ => format!("log {name}"),
        }
    };
    let labels: Vec<String> = direction.parts.iter().map(|(index, _)| label(*index)).collect();
    let ratio: Vec<String> = direction.parts.iter().map(|(_, part)| format!("{part:.2}")).collect();
    let how = if direction.deviation.is_finite() { "hardly change" } else { "do not change" };
    match direction.parts.as_slice() {
        [(only, _)] => format!("the data do not determine {}: the predictions {how} with it", plain(*only)),
        _ => format!(
            "the data do not determine {} one by one: the predictions {how} when they change in the ratio {}",
            labels.join(", "),
            ratio.join(" : ")
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{OpenDirection, in_words, name};
    use crate::inference::Model;
    use crate::inference::example::{DECAY, fitted, table};

    #[test]
    fn unknowns_of_one_of_several_trajectories_are_named_with_it() {
        let model = Model::from_toml(DECAY).unwrap();
        let data = table(&[&[4.0, 2.1, 1.0], &[2.0, 1.0, 0.49]]);
        let fit = fitted(&model, &data);
        assert_eq!(name(&fit, &data, 0), ("k".to_owned(), None));
        assert_eq!(name(&fit, &data, 2), ("x(0)".to_owned(), Some("b".to_owned())));

        let direction = |parts, deviation| in_words(&OpenDirection { parts, deviation }, &fit, &data);
        assert_eq!(
            direction(vec![(0, 1.0)], 3.0),
            "the data do not determine k: the predictions hardly change with it"
        );
        assert_eq!(
            direction(vec![(2, 1.0), (0, -0.25)], f64::INFINITY),
            "the data do not determine x(0) of b, log k one by one: the predictions do not change when they change in \
             the ratio 1.00 : -0.25"
        );
    }
}
