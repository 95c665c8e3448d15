//! Values and derivatives of right-hand sides, with everything that constraints can do to them.

use mechnn_solver::smoother::{Dynamics, Linearization, Linearizations, Points};

use super::affine_map::AffineMap;
use super::constrained::Constrained;
use super::dynamics::SparseDynamics;
use crate::data::Dataset;
use crate::discovery::structure::Structure;
use crate::discovery::test_problem::{Column, SWING, TestProblem, columns, options, simulated, times};

/// Three states and an input.
fn driven() -> Dataset {
    let functions: [Column; 4] = [
        ("x", |t| 30.0 + 10.0 * t.sin()),
        ("y", |t| 0.2 + 0.1 * (1.3 * t).cos()),
        ("z", |t| 2.0 + (0.7 * t).sin()),
        ("u", |t| 5.0 + t),
    ];
    columns(&functions, &times(41, 0.25)).with_controls(&["u".to_owned()]).expect("an input")
}

/// A tie, a shared function, a known part with the input and the time, a rate that follows from the others.
fn everything() -> TestProblem {
    let table = "ties = [{ x = \"-x*y\", y = \"2*x*y\" }]\nknown = { x = \"0.3*x*u - 0.2*t\" }
        conserved = [\"x + y + 0.5*z\"]\nshared = [\"x/(20 + x)\"]";
    TestProblem::new(driven(), &options(2, &["x/(20 + x)", "u*exp(-2*y)"], table))
}

fn structure_of_everything(test: &TestProblem) -> Structure {
    let terms = [(0, "u"), (0, "x*y"), (0, "x/(20 + x)"), (1, "z**2"), (1, "x/(20 + x)"), (1, "u*exp(-2*y)")];
    test.structure(&terms)
}

/// Parameters none of which is special.
fn parameters(count: usize) -> Vec<f64> {
    (0..count).map(|j| 0.7 + 0.4 * (1.9 * j as f64).sin()).collect()
}

fn rate(dynamics: &dyn Dynamics, t: f64, x: &[f64], theta: &[f64]) -> Vec<f64> {
    let mut rate = vec![f64::NAN; dynamics.dims()];
    dynamics.rate(t, x, theta, &mut rate);
    rate
}

/// Asserts that the derivatives are central differences of the rates. Those are exact to about the square of the step
/// and to rounding over it, with numbers of order one both near 1e-10.
fn assert_derivatives(dynamics: &dyn Dynamics, t: f64, x: &[f64], theta: &[f64]) {
    const STEP: f64 = 1e-5;
    const TOLERANCE: f64 = 1e-8;
    let (dims, parameters) = (dynamics.dims(), dynamics.parameters());
    assert_eq!((x.len(), theta.len()), (dims, parameters));
    let mut found = Linearization::zeros(dims, parameters);
    // What is there before must not matter.
    [&mut found.rate, &mut found.by_state, &mut found.by_parameter].into_iter().for_each(|own| own.fill(9.0));
    dynamics.linearize(t, x, theta, &mut found);
    assert_same_at_many_points(dynamics, t, x, theta);
    let expected = rate(dynamics, t, x, theta);
    for (d, (found, expected)) in found.rate.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() <= 1e-12 * (1.0 + expected.abs()), "rate {d}: {found}, not {expected}");
    }
    let moved = |values: &[f64], k: usize, by: f64| -> Vec<f64> {
        values.iter().enumerate().map(|(i, value)| if i == k { value + by } else { *value }).collect()
    };
    let check = |name: &str, k: usize, found: Vec<f64>, ends: [Vec<f64>; 2]| {
        for (d, found) in found.into_iter().enumerate() {
            let expected = (ends[1][d] - ends[0][d]) / (2.0 * STEP);
            let allowed = TOLERANCE * (1.0 + expected.abs());
            assert!((found - expected).abs() < allowed, "rate {d} by {name} {k}: {found}, not {expected}");
        }
    };
    for k in 0..dims {
        let ends = [-STEP, STEP].map(|by| rate(dynamics, t, &moved(x, k, by), theta));
        check("state", k, (0..dims).map(|d| found.by_state[d * dims + k]).collect(), ends);
    }
    for k in 0..parameters {
        let ends = [-STEP, STEP].map(|by| rate(dynamics, t, x, &moved(theta, k, by)));
        check("parameter", k, (0..dims).map(|d| found.by_parameter[d * parameters + k]).collect(), ends);
    }
}

/// Asserts that the rates and derivatives at many points are those at each, up to the order of a few products.
fn assert_same_at_many_points(dynamics: &dyn Dynamics, t: f64, x: &[f64], theta: &[f64]) {
    let (n, dims, parameters) = (11, x.len(), theta.len());
    let times: Vec<f64> = (0..n).map(|i| t + 0.02 * i as f64).collect();
    let states: Vec<f64> = x.iter().flat_map(|x| (0..n).map(move |i| x * (1.0 + 0.01 * i as f64))).collect();
    let points = Points { times: &times, states: &states };
    let mut work = vec![f64::NAN; 3];
    let [mut rates, mut rate] = [(); 2].map(|()| vec![9.0; dims * n]);
    let (mut by_state, mut by_parameter) = (vec![9.0; dims * dims * n], vec![9.0; dims * parameters * n]);
    dynamics.rate_many(points, theta, &mut rates, &mut work);
    let out = Linearizations { rate: &mut rate, by_state: &mut by_state, by_parameter: &mut by_parameter };
    dynamics.linearize_many(points, theta, out, &mut work);
    let mut one = Linearization::zeros(dims, parameters);
    for (i, &time) in times.iter().enumerate() {
        let state: Vec<f64> = (0..dims).map(|d| states[d * n + i]).collect();
        dynamics.linearize(time, &state, theta, &mut one);
        let along = [&rates, &rate, &by_state, &by_parameter].map(|rows| rows.iter().skip(i).step_by(n));
        for (found, expected) in along.into_iter().zip([&one.rate, &one.rate, &one.by_state, &one.by_parameter]) {
            for (k, (found, expected)) in found.zip(expected).enumerate() {
                let allowed = 1e-13 * (1.0 + expected.abs());
                assert!((found - expected).abs() <= allowed, "entry {k} of point {i}: {found}, not {expected}");
            }
        }
    }
}

#[test]
fn derivatives_of_right_hand_sides_are_those_of_their_values() {
    let test = everything();
    let structure = structure_of_everything(&test);
    assert_eq!((structure.terms(), structure.parameters()), (6, 8));
    for dynamics in
        [SparseDynamics::new(&test.problem(), &structure), SparseDynamics::of_terms_alone(&test.problem(), &structure)]
    {
        let along = dynamics.of_segment(0).expect("the input is known along a segment only");
        for (t, x) in [(0.4, [1.0, 0.9, 1.1]), (3.0, [0.7, 1.2, 0.8])] {
            assert_derivatives(along, t, &x, &parameters(8));
        }
    }
}

#[test]
fn derivatives_of_equations_of_second_order_are_those_of_their_values() {
    let data = columns(&[("x", |t| 3.0 + t.sin()), ("y", |t| 20.0 * t.cos())], &times(41, 0.25));
    let test = TestProblem::new(data.second_order().expect("velocities"), &options(2, &["x_dot/(1 + x**2)"], ""));
    let structure = test.structure(&[(2, "x*y"), (2, "x_dot/(1 + x**2)"), (3, "y_dot")]);
    let dynamics = SparseDynamics::new(&test.problem(), &structure);
    assert_derivatives(&dynamics, 0.0, &[0.9, 1.1, -0.5, 0.4], &parameters(4));
}

#[test]
fn derivatives_by_free_parameters_are_those_of_the_values() {
    // θ0 = -θ1, θ2 = 0.5, θ7 = 2 θ6; the other four are free.
    let test = everything();
    let structure = structure_of_everything(&test);
    let mut map = AffineMap::identity(8);
    assert!(map.constrain(&[(0, 1.0), (1, 1.0)], 0.0));
    assert!(map.constrain(&[(2, 1.0)], 0.5));
    assert!(map.constrain(&[(7, 1.0), (6, -2.0)], 0.0));
    let inner = SparseDynamics::new(&test.problem(), &structure);
    let dynamics = Constrained::new(&inner, &map, test.data.segments.len());
    let along = dynamics.of_segment(0).expect("a segment");
    assert_eq!((dynamics.parameters(), along.parameters()), (5, 5));
    let (x, free) = ([1.0, 0.9, 1.1], parameters(5));
    assert_derivatives(along, 0.4, &x, &free);
    let inner = inner.of_segment(0).expect("a segment");
    assert_eq!(rate(along, 0.4, &x, &free), rate(inner, 0.4, &x, &map.coefficients(&free)));
}

#[test]
fn constrained_dynamics_without_inputs_are_the_same_along_all_segments() {
    let test = TestProblem::swing(1, 0.01);
    let structure = test.structure(&[(0, "y"), (1, "x")]);
    let mut map = AffineMap::identity(2);
    assert!(map.constrain(&[(0, 1.0), (1, 2.0)], 0.0));
    let inner = SparseDynamics::new(&test.problem(), &structure);
    let dynamics = Constrained::new(&inner, &map, 1);
    assert!(dynamics.of_segment(0).is_none());
    assert_derivatives(&dynamics, 0.0, &[0.3, -0.8], &[0.6]);
}

#[test]
fn a_right_hand_side_is_that_of_the_equations_in_the_units_of_the_data() {
    // x' = a u - b x y + c x/(k + x) + 0.3 x u - 0.2 t, y' = 2 b x y + d z² + e x/(k + x) + f u exp(l y),
    // z' = -2 (x' + y').
    let test = everything();
    let structure = structure_of_everything(&test);
    let (problem, scaling) = (test.problem(), &test.data.scaling);
    let numbers = [0.5, 0.2, -3.0, 0.1, 4.0, -1.5, 25.0, -1.8];
    let units = problem.units(&structure);
    let theta: Vec<f64> = numbers.iter().zip(&units).map(|(number, unit)| number / unit).collect();
    let (t, [x, y, z]) = (3.7, [31.0, 0.25, 2.2]);
    let u = 5.0 + t;
    let scaled = [x / scaling.state[0], y / scaling.state[1], z / scaling.state[2]];
    let dynamics = SparseDynamics::new(&problem, &structure);
    let along = dynamics.of_segment(0).expect("a segment");
    let found = rate(along, t / scaling.time, &scaled, &theta);
    // The number of a tie is the coefficient of its leader: -b.
    let [a, minus_b, c, d, e, f, k, l] = numbers;
    let x_rate = a * u + minus_b * x * y + c * x / (k + x) + 0.3 * x * u - 0.2 * t;
    let y_rate = -2.0 * minus_b * x * y + d * z * z + e * x / (k + x) + f * u * (l * y).exp();
    for (d, expected) in [x_rate, y_rate, -2.0 * (x_rate + y_rate)].into_iter().enumerate() {
        let found = found[d] * scaling.state[d] / scaling.time;
        // The input is interpolated, which for a line is exact up to rounding.
        assert!((found / expected - 1.0).abs() < 1e-11, "rate {d}: {found}, expected {expected}");
    }
}

#[test]
fn without_a_segment_inputs_are_not_known() {
    let test = everything();
    let structure = test.structure(&[(1, "u")]);
    let dynamics = SparseDynamics::of_terms_alone(&test.problem(), &structure);
    assert!(rate(&dynamics, 0.0, &[1.0; 3], &[1.0])[1].is_nan());
    assert!(rate(dynamics.of_segment(0).expect("a segment"), 0.0, &[1.0; 3], &[1.0])[1].is_finite());
}

#[test]
fn the_rate_of_a_state_with_a_velocity_is_that_velocity() {
    let swing = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1));
    let mut trajectory = swing.trajectories[0].clone();
    trajectory.values = trajectory.values.select(ndarray::Axis(1), &[0]);
    let data = Dataset::new("t", vec!["x".to_owned()], vec![trajectory]).and_then(Dataset::second_order);
    let test = TestProblem::new(data.expect("a data set"), &options(1, &[], ""));
    let dynamics = SparseDynamics::new(&test.problem(), &test.structure(&[(1, "x")]));
    let scaling = &test.data.scaling;
    let found = rate(&dynamics, 0.0, &[0.4, -0.9], &[1.0])[0] * scaling.state[0] / scaling.time;
    let expected = -0.9 * scaling.state[1];
    assert!((found / expected - 1.0).abs() < 1e-14, "{found}, expected {expected} up to rounding");
}
