//! What is to be estimated: parameters and initial values of all trajectories or of one.

use super::columns::Columns;
use crate::data::{Dataset, Trajectory};
use crate::inference::description::{Bounds, InitialValue, Model, Role};

/// An entry of θ: a parameter of all trajectories, or of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unknown {
    /// Number among the model's parameters.
    pub(crate) parameter: usize,
    pub(crate) trajectory: Option<usize>,
    pub(crate) bounds: Bounds,
    pub(crate) start: Option<f64>,
}

/// Where a number of the model comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Slot {
    Fixed(f64),
    /// Entry `index` of θ counts from `origin` in the coordinate of the bounds.
    Free {
        index: usize,
        bounds: Bounds,
        origin: f64,
    },
}

/// The unknowns, `[P]`, and where the model's numbers come from in each trajectory, `[trajectories][M]`.
pub(crate) fn unknowns(model: &Model, data: &Dataset, columns: &Columns) -> (Vec<Unknown>, Vec<Vec<Slot>>) {
    let mut unknowns = Vec::new();
    let mut slots: Vec<Vec<Slot>> = vec![Vec::new(); data.trajectories.len()];
    let mut add = |unknown: Unknown| {
        let slot = Slot::Free { index: unknowns.len(), bounds: unknown.bounds, origin: 0.0 };
        unknowns.push(unknown);
        slot
    };
    for (number, parameter) in model.parameters.iter().enumerate() {
        match parameter.role {
            Role::Fixed(value) => slots.iter_mut().for_each(|slots| slots.push(Slot::Fixed(value))),
            Role::Estimated { start, bounds, per_trajectory: false } => {
                let slot = add(Unknown { parameter: number, trajectory: None, bounds, start });
                slots.iter_mut().for_each(|slots| slots.push(slot));
            }
            Role::Estimated { start, bounds, per_trajectory: true } => {
                for (trajectory, slots) in slots.iter_mut().enumerate() {
                    let measured = || first_value(model, &data.trajectories[trajectory], columns, number);
                    let start = start.or_else(|| measured().filter(|value| bounds.contain(*value)));
                    let bounds = match (bounds, start) {
                        (Bounds::Free { .. }, Some(start)) if start != 0.0 => Bounds::Free { scale: start.abs() },
                        _ => bounds,
                    };
                    slots.push(add(Unknown { parameter: number, trajectory: Some(trajectory), bounds, start }));
                }
            }
        }
    }
    (unknowns, slots)
}

/// The initial value that the first measurements of a trajectory tell, if `parameter` is one that they do.
fn first_value(model: &Model, data: &Trajectory, columns: &Columns, parameter: usize) -> Option<f64> {
    let is_it = |value: &InitialValue| *value == InitialValue::Parameter(parameter);
    let d = model.initial.iter().position(is_it)?;
    let observed = |d: usize| model.observations.iter().position(|observation| observation.state == Some(d));
    let (observation, is_slope) = match (observed(d), model.velocity_of[d]) {
        (Some(observation), _) => (observation, false),
        (None, position) => (observed(position?)?, true),
    };
    let values = data.values.column(columns.measured[observation]);
    let mut measured = data.times.iter().zip(values).filter(|(_, value)| !value.is_nan());
    let (t0, y0) = measured.next()?;
    if !is_slope {
        return Some(*y0);
    }
    let (t1, y1) = measured.next()?;
    Some((y1 - y0) / (t1 - t0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Slot, Unknown, unknowns};
    use crate::inference::Model;
    use crate::inference::description::Bounds;
    use crate::inference::example::table;
    use crate::inference::prepare::columns::Columns;

    #[test]
    fn position_and_velocity_begin_where_the_first_values_say() {
        let model = Model::from_toml(
            r#"
            [model.equations]
            "x''" = "-k*x"
            [model.parameters]
            k = { start = 2 }
            [model.observations]
            y = "x"
            "#,
        )
        .unwrap();
        let data = table(&[&[f64::NAN, 4.0, f64::NAN, 1.0], &[3.0, 5.0]]);
        let (unknowns, slots) = unknowns(&model, &data, &Columns::find(&model, &data).unwrap());
        let unknown = |parameter, trajectory, start: f64| Unknown {
            parameter,
            trajectory,
            bounds: Bounds::Free { scale: start.abs() },
            start: Some(start),
        };
        let expected = [
            unknown(0, None, 2.0),
            unknown(1, Some(0), 4.0),
            unknown(1, Some(1), 3.0),
            unknown(2, Some(0), -1.5),
            unknown(2, Some(1), 2.0),
        ];
        assert_eq!(unknowns, expected);
        let indices = |slots: &Vec<Slot>| -> Vec<Option<usize>> {
            let index = |slot: &Slot| match slot {
                Slot::Free { index, .. } => Some(*index),
                Slot::Fixed(_) => None,
            };
            slots.iter().map(index).collect()
        };
        assert_eq!(slots.iter().map(indices).collect::<Vec<_>>(), [[0, 1, 3].map(Some), [0, 2, 4].map(Some)]);
    }
}
