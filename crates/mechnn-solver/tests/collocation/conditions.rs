//! Boundary, periodic and initial conditions.

use std::f64::consts::PI;

use mechnn_solver::CollocationNodes::{Five, Seven, Three};
use mechnn_solver::method::Collocation;
use mechnn_solver::{
    BoundaryCondition, BoundaryValues, Cotangent, End, InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid,
    problems,
};
use ndarray::{Array2, Array3, Array4, Array5};

use crate::equation::{ends, error, scalar, scheme};

#[test]
fn boundary_layers_are_resolved() {
    // u'' = k^2 u, u(0) = u(1) = 1: cosh(k (t - 1/2)) / cosh(k / 2). The growing part is e^k times the decaying one:
    // single shooting loses everything at k = 100.
    for k in [1.0, 100.0, 1000.0_f64] {
        for (nodes, elements, limit) in [(Three, 3000, 1e-8), (Five, 1000, 3e-11), (Seven, 600, 3e-11)] {
            let grid =
                TimeGrid::uniform(elements * nodes.intervals() + 1, 1.0 / (elements * nodes.intervals()) as f64);
            let problem = scalar(&grid, 3, |_, i| [-k * k, 0.0, 1.0][i], |_| 0.0, &[]);
            let problem = problem.with_scheme(scheme(nodes)).unwrap().with_boundary(ends([1.0, 1.0])).unwrap();
            let solution = Collocation.solve(&problem).unwrap();
            let exact = |t: f64| ((-k * t).exp() + (k * (t - 1.0)).exp()) / (1.0 + (-k).exp());
            let found = error(&solution, &problem, |_| true, exact);
            println!("k = {k}, {nodes:?}: error {found:.1e}, estimate {:.1e}", solution.info.error_estimate);
            // At k = 1000 a step is a sixth to a quarter of the layer: (k h)^4 / 100, (k h)^6 / 1000 and so on.
            assert!(found < if k > 500.0 { 5e-5 } else { limit }, "k = {k}, {nodes:?}: {found:e}");
        }
    }
}

#[test]
fn a_dichotomy_inside_the_interval_is_harmless() {
    // u' = 50 u - 50 cos t - sin t, v' = -50 v + 50 sin t + cos t: u must be pinned at the end, v at the start.
    let (nodes, elements) = (Five, 200);
    let points = elements * nodes.intervals() + 1;
    let grid = TimeGrid::uniform(points, 4.0 / (points - 1) as f64);
    let step = 4.0 / (points - 1) as f64;
    let coefficients = Array5::from_shape_fn((1, 1, 2, 2, 2), |(_, _, e, d, k)| match (e == d, k) {
        (true, 0) => [-50.0, 50.0][e],
        (true, _) => 1.0,
        _ => 0.0,
    });
    let forcing = Array3::from_shape_fn((1, points, 2), |(_, i, e)| {
        let (sin, cos) = (i as f64 * step).sin_cos();
        [-50.0 * cos - sin, 50.0 * sin + cos][e]
    });
    let problem = OdeProblem::new(&LinearOde::new(coefficients, forcing), &grid, &InitialValues::none()).unwrap();
    let conditions = vec![
        BoundaryCondition { end: End::Last, dim: 0, derivative: 0 },
        BoundaryCondition { end: End::First, dim: 1, derivative: 0 },
    ];
    let values = Array2::from_shape_vec((1, 2), vec![4.0_f64.cos(), 0.0]).unwrap();
    let problem = problem.with_scheme(scheme(nodes)).unwrap();
    let problem = problem.with_boundary(BoundaryValues::new(conditions, values)).unwrap();
    let solution = Collocation.solve(&problem).unwrap();
    for i in 0..points {
        let (sin, cos) = (i as f64 * step).sin_cos();
        let (u, v) = (solution.values[[0, i, 0, 0]], solution.values[[0, i, 1, 0]]);
        assert!((u - cos).abs() < 1e-11 && (v - sin).abs() < 1e-11, "point {i}: {u}, {v}");
    }
}

#[test]
fn periodic_solutions_close() {
    // u'' + u' / 2 + 3 u = cos t: the steady state a cos t + b sin t with (2 a + b / 2, 2 b - a / 2) = (1, 0).
    let (a, b) = (2.0 / 4.25, 0.5 / 4.25);
    for (nodes, limit) in [(Three, 2e-6), (Five, 2e-9), (Seven, 1e-12)] {
        let grid = TimeGrid::uniform(121, 2.0 * PI / 120.0);
        let problem = scalar(&grid, 3, |_, k| [3.0, 0.5, 1.0][k], f64::cos, &[]);
        let problem =
            problem.with_scheme(scheme(nodes)).unwrap().with_periodic_jump(Array3::zeros((1, 1, 2))).unwrap();
        let solution = Collocation.solve(&problem).unwrap();
        let found = error(&solution, &problem, |_| true, |t| a * t.cos() + b * t.sin());
        assert!(found < limit, "{nodes:?}: {found:e}");
        assert!(solution.info.residuals.periodic < 1e-14);
    }
}

#[test]
fn initial_values_are_boundary_values_of_the_first_point() {
    let exact = problems::third_order();
    let swept = exact.problem(49, 4).unwrap().with_scheme(scheme(Five)).unwrap();
    let free = OdeProblem::new(swept.ode(), swept.grid(), &InitialValues::none()).unwrap();
    let conditions = (0..3).map(|derivative| BoundaryCondition { end: End::First, dim: 0, derivative }).collect();
    let values = Array2::from_shape_fn((1, 3), |(_, k)| exact.exact(0.0, 0, k));
    let joined =
        free.with_scheme(scheme(Five)).unwrap().with_boundary(BoundaryValues::new(conditions, values)).unwrap();
    let (swept, joined) = (Collocation.solve(&swept).unwrap(), Collocation.solve(&joined).unwrap());
    let difference = (&swept.values - &joined.values).iter().fold(0.0_f64, |worst, x| worst.max(x.abs()));
    // Two algorithms for one system of condition about 10.
    assert!(difference < 1e-13, "{difference:e}");
}

#[test]
fn weights_do_not_matter() {
    let problem = problems::harmonic().problem(25, 3).unwrap().with_scheme(scheme(Three)).unwrap();
    let (_, pullback) = Collocation.solve_with_pullback(&problem).unwrap();
    let gradient = pullback.pull(&Cotangent { values: Array4::ones((1, 25, 1, 3)), slack: None }).unwrap();
    assert_eq!(gradient.weights, [0.0; 3]);
    assert_eq!(gradient.gamma_alpha, 0.0);
}
