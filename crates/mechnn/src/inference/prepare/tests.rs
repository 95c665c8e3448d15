use mechnn_solver::nonlinear::check_jacobians;
use mechnn_solver::smoother::{Dynamics, InitialState, Residuals};
use ndarray::Array2;

use super::Binding;
use crate::data::{Dataset, Trajectory};
use crate::inference::Model;

const MODEL: &str = r#"
    [model.equations]
    "x''" = "-k*x - c*dx_dt*abs(u) + a*sin(t)"
    z = "x*z/(1 + h*z) - z^2"
    [model.parameters]
    k = { start = 2, min = 0 }
    c = { start = 0.3, min = 0, max = 1 }
    a = { start = 0.5, per_trajectory = true }
    h = { start = -0.1, max = 0 }
    g = 1.5
    [model.initial]
    x = "g*h"
    dx_dt = { start = 0.2 }
    z = { start = 1, min = 0 }
    [model.observations]
    p = { value = "x*z + h", noise = "proportional" }
    q = "z"
    [model.inputs]
    u = "force"
"#;

fn data() -> Dataset {
    let times: Vec<f64> = (0..8).map(|n| 0.5 * f64::from(n)).collect();
    let values = Array2::from_shape_fn((8, 3), |(n, d)| 1.0 + 0.3 * (n as f64 * (d as f64 + 0.7)).sin());
    let one = |name: &str| Trajectory::new(name, times.clone(), values.clone()).unwrap();
    let names = ["p", "q", "force"].map(String::from).to_vec();
    Dataset::new("t", names, vec![one("a"), one("b")]).unwrap()
}

fn bound<'a>(model: &'a Model, data: &Dataset) -> (Binding<'a>, Vec<f64>) {
    let mut binding = Binding::new(model, data).unwrap();
    let origins: Vec<f64> = (0..binding.unknowns.len()).map(|j| 0.1 * (j as f64 - 2.0)).collect();
    binding.set_origins(&origins);
    let theta = (0..origins.len()).map(|j| 0.05 * (j as f64).cos()).collect();
    (binding, theta)
}

#[test]
fn jacobians_of_the_dynamics_are_those_of_differences() {
    let (model, data) = (Model::from_toml(MODEL).unwrap(), data());
    let (binding, theta) = bound(&model, &data);
    for segment in 0..2 {
        let dynamics = binding.of_segment(segment).unwrap();
        let worst = check_jacobians(dynamics, 1.3, &[0.7, -0.4, 1.1], &theta).unwrap();
        assert!(worst < 1e-6, "trajectory {segment}: {worst:e}");
    }
}

#[test]
fn jacobians_of_residuals_and_starts_are_those_of_differences() {
    let (model, data) = (Model::from_toml(MODEL).unwrap(), data());
    let (mut binding, theta) = bound(&model, &data);
    binding.set_ties(Some(&[0.1, 0.2, 0.3]));
    let dynamics = &binding.trajectories[1];
    let (rows, dims, unknowns) = (dynamics.residuals(), dynamics.dims(), theta.len());
    let x = vec![0.7, -0.4, 1.1];
    let at = |x: &[f64], theta: &[f64]| {
        let mut out = Residuals::zeros(rows, dims, unknowns);
        dynamics.residual(0, x, theta, &mut out);
        out
    };
    let out = at(&x, &theta);
    let moved = |values: &[f64], j: usize, by: f64| {
        let mut values = values.to_vec();
        values[j] += by;
        values
    };
    let compare = |found: f64, high: f64, low: f64| {
        let difference = (high - low) / 2e-6;
        assert!((found - difference).abs() < 1e-6 * difference.abs().max(1.0), "{found} against {difference}");
    };
    for k in 0..rows {
        for d in 0..dims {
            let (high, low) = (at(&moved(&x, d, 1e-6), &theta), at(&moved(&x, d, -1e-6), &theta));
            compare(out.by_state[k * dims + d], high.value[k], low.value[k]);
        }
        for j in 0..unknowns {
            let (high, low) = (at(&x, &moved(&theta, j, 1e-6)), at(&x, &moved(&theta, j, -1e-6)));
            compare(out.by_parameter[k * unknowns + j], high.value[k], low.value[k]);
        }
    }
    let start = |theta: &[f64]| {
        let (mut x, mut by) = (vec![0.0; dims], vec![0.0; dims * unknowns]);
        binding.initial(1, theta, &mut x, &mut by);
        (x, by)
    };
    for j in 0..unknowns {
        let (high, low) = (start(&moved(&theta, j, 1e-6)).0, start(&moved(&theta, j, -1e-6)).0);
        for d in 0..dims {
            compare(start(&theta).1[d * unknowns + j], high[d], low[d]);
        }
    }
}

#[test]
fn every_trajectory_has_its_own_numbers_where_asked_for() {
    let (model, data) = (Model::from_toml(MODEL).unwrap(), data());
    let binding = Binding::new(&model, &data).unwrap();
    let names =
        |unknown: &super::unknown::Unknown| (model.parameters[unknown.parameter].name.as_str(), unknown.trajectory);
    let found: Vec<_> = binding.unknowns.iter().map(names).collect();
    let expected = [
        ("k", None),
        ("c", None),
        ("a", Some(0)),
        ("a", Some(1)),
        ("h", None),
        ("dx_dt(0)", Some(0)),
        ("dx_dt(0)", Some(1)),
        ("z(0)", Some(0)),
        ("z(0)", Some(1)),
    ];
    assert_eq!(found, expected);
}
