//! Models with functions, time and known inputs, from text to a simulation.
#![allow(clippy::unwrap_used)]

use mechnn::equation::{
    InputSignal, ModelDynamics, Parameters, RolloutStatus, SimulationError, SimulationOptions, SparseModel, simulate,
    simulate_with_inputs,
};
use mechnn_solver::nonlinear::{NonlinearSolver, Status};

/// A right-hand side, the start and the solution.
type Exact = (&'static str, f64, fn(f64) -> f64);

fn grid(last: f64, points: usize) -> Vec<f64> {
    (0..points).map(|n| last * n as f64 / (points - 1) as f64).collect()
}

#[test]
fn functions_and_time_agree_with_exact_solutions() {
    let exact: [Exact; 4] = [
        // x' = cos t
        ("cos(t)", 0.0, f64::sin),
        // x' = -2 t x
        ("-2*t*x", 1.0, |t| (-t * t).exp()),
        // x' = 1/(1 + x): (1 + x)² = 1 + 2 t from 0
        ("1/(1 + x)", 0.0, |t| (1.0 + 2.0 * t).sqrt() - 1.0),
        // x' = sqrt(x) from 1: sqrt(x) = 1 + t/2
        ("x**0.5", 1.0, |t| (1.0 + t / 2.0) * (1.0 + t / 2.0)),
    ];
    for (rhs, start, solution) in exact {
        let model = SparseModel::from_text("t", &[("x", rhs)]).unwrap();
        let times = grid(3.0, 31);
        let rollout = simulate(&model, &[start], &times, &SimulationOptions::new(vec![1.0])).unwrap();
        assert_eq!(rollout.status, RolloutStatus::Finished, "{rhs}");
        for (time, value) in times.iter().zip(rollout.values.column(0)) {
            // A local error of 1e-8 over a few dozen steps.
            assert!((value - solution(*time)).abs() < 1e-6, "{rhs} at {time}: {value}, exact {}", solution(*time));
        }
    }
}

#[test]
fn both_integrators_agree_on_a_model_of_everything() {
    let equations =
        [("x", "1.2*x/(0.5 + x) - x*y + 0.3*u"), ("y", "x*y/(1 + x**2) - 0.4*y + 0.1*sin(2*t)*exp(-0.3*x)")];
    let model = SparseModel::from_text_with_controls("t", &["u"], &equations).unwrap();
    let inputs = [InputSignal::new(vec![0.0, 1.0, 2.5, 6.0], vec![0.0, 1.0, -0.5, 0.4]).unwrap()];
    let (times, start) = (grid(6.0, 121), [1.0, 0.7]);
    let rollout =
        simulate_with_inputs(&model, &inputs, &start, &times, &SimulationOptions::new(vec![1.0; 2])).unwrap();
    assert_eq!(rollout.status, RolloutStatus::Finished);
    for parameters in [Parameters::Coefficients, Parameters::All] {
        let theta = match parameters {
            Parameters::Coefficients => model.coefficients(),
            Parameters::All => model.parameters_and_constants(),
        };
        let dynamics = ModelDynamics::new(&model, &inputs, parameters).unwrap();
        let solution = NonlinearSolver::default().solve(&dynamics, &theta, &start, &times).unwrap();
        assert_eq!(solution.status, Status::Converged);
        let worst = rollout.values.iter().zip(&solution.states).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-5, "{parameters:?}: {worst:e}");
    }
}

#[test]
fn inputs_are_followed_through_their_kinks() {
    // x' = u - x from 0 with a triangle of height 1 on [50, 52]: nothing happens before, and nothing is stepped over.
    let model = SparseModel::from_text_with_controls("t", &["u"], &[("x", "u - x")]).unwrap();
    let triangle = InputSignal::new(vec![0.0, 50.0, 51.0, 52.0, 100.0], vec![0.0, 0.0, 1.0, 0.0, 0.0]).unwrap();
    let times = [0.0, 50.0, 51.0, 52.0, 100.0];
    let run = |inputs: &[InputSignal], times: &[f64]| {
        simulate_with_inputs(&model, inputs, &[0.0], times, &SimulationOptions::new(vec![1.0]))
    };
    let rollout = run(std::slice::from_ref(&triangle), &times).unwrap();
    assert_eq!(rollout.status, RolloutStatus::Finished);
    // On the way up x = s - 1 + exp(-s). On the way down x' = 1 - s - x has the solutions 2 - s + (x(51) - 2) exp(-s),
    // so that x(52) = 1 + (exp(-1) - 2)/e.
    let e = std::f64::consts::E;
    let expected = [0.0, 0.0, 1.0 / e, 1.0 + (1.0 / e - 2.0) / e];
    for (value, expected) in rollout.values.column(0).iter().zip(expected) {
        assert!((value - expected).abs() < 1e-7, "{value}, expected {expected}");
    }

    assert_eq!(run(&[], &times).unwrap_err(), SimulationError::Inputs { expected: 1, found: 0 });
    let error = run(&[triangle], &[0.0, 101.0]).unwrap_err().to_string();
    assert_eq!(error, "the input u is known from 0 to 100, the simulation runs from 0 to 101");
}

#[test]
fn leaving_the_domain_is_a_status_that_says_where() {
    // x = 1 - t: log(x) and sqrt(x) have no value from t = 1 on.
    for rhs in ["log(x)", "sqrt(x)", "x**0.3", "asin(2 - x)"] {
        let model = SparseModel::from_text("t", &[("x", "-1"), ("y", rhs)]).unwrap();
        let start = if rhs.starts_with("asin") { [2.0, 0.0] } else { [1.0, 0.0] };
        let times = grid(3.0, 301);
        let rollout = simulate(&model, &start, &times, &SimulationOptions::new(vec![1.0; 2])).unwrap();
        let RolloutStatus::Undefined { time, state: 1 } = rollout.status else {
            panic!("{rhs}: {:?}", rollout.status)
        };
        assert!((time - 1.0).abs() < 1e-3, "{rhs}: {time}");
        assert_eq!(rollout.status.stopped_at(), Some(time));
        assert!(rollout.values.iter().all(|value| value.is_finite()), "{rhs}");
        assert!((100..=101).contains(&rollout.reached), "{rhs}: {} times", rollout.reached);
    }
    // Outside from the start, and a pole: x' = -1/x reaches 0 at t = 1/2 with infinite slope.
    let model = SparseModel::from_text("t", &[("x", "log(x)")]).unwrap();
    let rollout = simulate(&model, &[-1.0], &[2.0, 3.0], &SimulationOptions::new(vec![1.0])).unwrap();
    assert_eq!((rollout.reached, rollout.status), (1, RolloutStatus::Undefined { time: 2.0, state: 0 }));
    let model = SparseModel::from_text("t", &[("x", "-1/x")]).unwrap();
    let rollout = simulate(&model, &[1.0], &[0.0, 1.0], &SimulationOptions::new(vec![1.0])).unwrap();
    // The slope has another sign on the other side of the pole: steps may fall to nothing or go to and fro without
    // end.
    assert!(rollout.status.stopped_at().is_some_and(|time| (time - 0.5).abs() < 1e-6), "{:?}", rollout.status);
    assert_eq!(rollout.reached, 1);
}
