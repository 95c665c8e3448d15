//! A small model with data, for the tests of the rooms.

use ndarray::Array2;

use super::fit::{Fit, best_fit};
use super::prepare::{Binding, starts};
use super::{Inference, Model};
use crate::data::{Dataset, Trajectory};

/// A decay from an unknown start, measured as it is.
pub(crate) const DECAY: &str = r#"
    [model.equations]
    x = "-k*x"
    [model.parameters]
    k = { start = 1, min = 0 }
    [model.observations]
    y = "x"
    [model.derived]
    half_life = "log(2)/k"
"#;

/// One column `y` with these values at the times 0, 1, ..; the trajectories are a, b, ..
pub(crate) fn table(trajectories: &[&[f64]]) -> Dataset {
    let one = |(name, values): (char, &&[f64])| {
        let times = (0..values.len()).map(|n| n as f64).collect();
        let column = Array2::from_shape_fn((values.len(), 1), |(n, _)| values[n]);
        Trajectory::new(name.to_string(), times, column).expect("a trajectory")
    };
    let trajectories = ('a'..).zip(trajectories).map(one).collect();
    Dataset::new("t", vec!["y".to_owned()], trajectories).expect("a dataset")
}

/// A decay with the rate 0.5 that starts at 2, with errors that alternate, at the times 0 to 7.
pub(crate) fn decay() -> Dataset {
    let value = |n: usize| 2.0 * (-0.5 * n as f64).exp() + if n.is_multiple_of(2) { 0.01 } else { -0.01 };
    table(&[&(0..8).map(value).collect::<Vec<_>>()])
}

pub(crate) fn fitted<'a>(model: &'a Model, data: &Dataset) -> Fit<'a> {
    let binding = Binding::new(model, data).expect("a model for these data");
    best_fit(&binding, &starts(&binding, 1), &mut ()).expect("a fit")
}

/// A result without anything in it.
pub(crate) fn nothing() -> Inference {
    Inference {
        parameters: Vec::new(),
        derived: Vec::new(),
        noise: Vec::new(),
        process_noise: Vec::new(),
        trajectories: Vec::new(),
        open: Vec::new(),
        freedom: 1,
        quantile: 2.0,
        substeps: 1,
        starts: 1,
        interrupted: false,
    }
}
