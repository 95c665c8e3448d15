//! The fit with exact equations: recovery, agreement with the smoother's limit, residuals of the state, determinants.
#![allow(clippy::unwrap_used)]

use mechnn_solver::smoother::{
    Dynamics, Estimate, ExactFit, GaussNewton, InitialState, Linearization, RelativeNoise, Residuals, Segment,
    SmootherError, SmootherProblem,
};

#[allow(dead_code)]
#[path = "support/lotka_volterra.rs"]
mod lotka_volterra;

use lotka_volterra::{LotkaVolterra, TRUTH, trajectory};

/// Always starts where the trajectory of the tests does.
struct KnownStart;

impl InitialState for KnownStart {
    fn initial(&self, _segment: usize, _theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]) {
        x.copy_from_slice(&[1.2, 0.7]);
        by_parameter.fill(0.0);
    }
}

fn problem<'a>(dynamics: &'a dyn Dynamics, segments: &'a [Segment], model_error: &'a [f64]) -> SmootherProblem<'a> {
    SmootherProblem {
        dynamics,
        segments,
        noise: &[0.1, 0.1],
        model_error,
        reference_step: 0.1,
        prior_precision: &[0.0; 4],
    }
}

fn start(segments: &[Segment]) -> Estimate {
    let parameters = TRUTH.iter().map(|theta| 1.1 * theta).collect();
    Estimate {
        states: segments[0].observations.iter().map(|x| if x.is_nan() { 1.0 } else { *x }).collect(),
        parameters,
    }
}

const SETTINGS: GaussNewton = GaussNewton { max_iterations: 50, tolerance: 1e-12, corrects: true };

#[test]
fn parameters_are_found_and_the_information_is_the_curvature() {
    let segments = [trajectory(100, 0.1)];
    let fit = ExactFit { problem: problem(&LotkaVolterra, &segments, &[1.0; 2]), initial: &KnownStart };
    let mut estimate = start(&segments);
    let report = fit.minimize(&SETTINGS, &mut estimate).unwrap();
    for (found, truth) in estimate.parameters.iter().zip(TRUTH) {
        // What remains is the discretisation error of the rule at step 0.1.
        assert!((found - truth).abs() < 2e-6, "{found} against {truth}");
    }
    // J(θ + δ) = J + δ' S δ near the minimum, whose residuals are nearly zero.
    let objective = |theta: &[f64]| {
        let mut moved = estimate.clone();
        moved.parameters = theta.to_vec();
        fit.minimize(&GaussNewton { max_iterations: 0, tolerance: 0.0, corrects: true }, &mut moved).unwrap().objective
    };
    for i in 0..4 {
        let mut theta = estimate.parameters.clone();
        theta[i] += 1e-5;
        let rise = (objective(&theta) - report.objective) / 1e-10;
        let curvature = report.information[i * 4 + i];
        assert!((rise / curvature - 1.0).abs() < 1e-2, "{i}: {rise} against {curvature}");
    }
}

#[test]
fn the_smoother_tends_to_it_as_its_model_error_falls() {
    let mut noisy = trajectory(60, 0.2);
    for (index, y) in noisy.observations.iter_mut().enumerate() {
        *y += 0.1 * (12.9898 * index as f64).sin();
    }
    let segments = [noisy];
    // The smoother's start is free: let both know the first state.
    let mut exact_segments = segments.clone();
    let mut relative = vec![1.0; exact_segments[0].observations.len()];
    relative[..2].fill(1e-6);
    exact_segments[0].relative_noise = RelativeNoise::OfEach(relative);
    exact_segments[0].observations[..2].copy_from_slice(&[1.2, 0.7]);
    let mut exact = start(&exact_segments);
    let fit = ExactFit { problem: problem(&LotkaVolterra, &exact_segments, &[1.0; 2]), initial: &KnownStart };
    fit.minimize(&SETTINGS, &mut exact).unwrap();
    let distance = |model_error: f64| {
        let mut smooth = exact.clone();
        let error = [model_error; 2];
        SETTINGS.minimize(&problem(&LotkaVolterra, &exact_segments, &error), &mut smooth).unwrap();
        smooth.parameters.iter().zip(&exact.parameters).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (loose, tight) = (distance(1e-2), distance(1e-4));
    assert!(tight < 1e-4 && tight < loose / 10.0, "{loose:e} {tight:e}");
}

/// The same data, told as residuals of the state.
struct Told {
    observations: Vec<f64>,
}

impl Dynamics for Told {
    fn dims(&self) -> usize {
        2
    }

    fn parameters(&self) -> usize {
        4
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        LotkaVolterra.rate(t, x, theta, rate);
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        LotkaVolterra.linearize(t, x, theta, out);
    }

    fn residuals(&self) -> usize {
        2
    }

    fn residual(&self, point: usize, x: &[f64], _theta: &[f64], out: &mut Residuals) {
        for d in 0..2 {
            out.value[d] = (x[d] - self.observations[2 * point + d]) / 0.1;
            out.by_state[2 * d + d] = 10.0;
        }
    }
}

#[test]
fn residuals_of_the_state_are_as_good_as_observations() {
    let mut segment = trajectory(40, 0.2);
    segment.observations.iter_mut().enumerate().for_each(|(i, y)| *y += 0.05 * (3.7 * i as f64).sin());
    let told = Told { observations: segment.observations.clone() };
    let observed = [segment.clone()];
    let unobserved = [Segment { observations: vec![f64::NAN; segment.observations.len()], ..segment }];
    let error = [1e-2; 2];
    let first = start(&observed);
    let [mut a, mut b] = [first.clone(), first.clone()];
    SETTINGS.minimize(&problem(&LotkaVolterra, &observed, &error), &mut a).unwrap();
    SETTINGS.minimize(&problem(&told, &unobserved, &error), &mut b).unwrap();
    let [mut c, mut d] = [first.clone(), first];
    let exact = |dynamics, segments, estimate: &mut Estimate| {
        ExactFit { problem: problem(dynamics, segments, &error), initial: &KnownStart }
            .minimize(&SETTINGS, estimate)
            .unwrap()
    };
    let (of_c, of_d) = (exact(&LotkaVolterra, &observed, &mut c), exact(&told, &unobserved, &mut d));
    for j in 0..4 {
        assert!((a.parameters[j] - b.parameters[j]).abs() < 1e-7, "smoother: {a:?} {b:?}");
        assert!((c.parameters[j] - d.parameters[j]).abs() < 1e-7, "exact");
    }
    assert!((of_c.objective - of_d.objective).abs() < 1e-8 * of_c.objective);
}

/// x' = -θ x
struct Decay;

impl Dynamics for Decay {
    fn dims(&self) -> usize {
        1
    }

    fn parameters(&self) -> usize {
        1
    }

    fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        rate[0] = -theta[0] * x[0];
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate(t, x, theta, &mut out.rate);
        out.by_state[0] = -theta[0];
        out.by_parameter[0] = -x[0];
    }
}

#[test]
fn the_determinant_of_the_steps_of_a_decay_is_known() {
    let segments =
        [Segment { times: vec![0.0, 0.5, 1.5], observations: vec![1.0; 3], relative_noise: RelativeNoise::Uniform }];
    let problem = SmootherProblem {
        dynamics: &Decay,
        segments: &segments,
        noise: &[1.0],
        model_error: &[1.0],
        reference_step: 1.0,
        prior_precision: &[0.0],
    };
    let estimate = Estimate { states: vec![1.0; 3], parameters: vec![2.0] };
    // z = θ h: ∂c/∂x_1 = 1 + z/6 (1 + 4 (1/2 + z/8)) = 1 + z/2 + z²/12
    let expected: f64 = [1.0, 2.0].iter().map(|z: &f64| (1.0 + z / 2.0 + z * z / 12.0).ln()).sum();
    let found = GaussNewton::log_determinant_of_steps(&problem, &estimate).unwrap();
    assert!((found - expected).abs() < 1e-14, "{found} {expected}");
}

#[test]
fn a_solution_that_ends_is_an_error() {
    /// x' = x², from 1: a pole at t = 1.
    struct Pole;
    impl Dynamics for Pole {
        fn dims(&self) -> usize {
            1
        }
        fn parameters(&self) -> usize {
            1
        }
        fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
            rate[0] = theta[0] * x[0] * x[0];
        }
        fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
            self.rate(t, x, theta, &mut out.rate);
            out.by_state[0] = 2.0 * theta[0] * x[0];
            out.by_parameter[0] = x[0] * x[0];
        }
    }
    struct One;
    impl InitialState for One {
        fn initial(&self, _segment: usize, _theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]) {
            x[0] = 1.0;
            by_parameter.fill(0.0);
        }
    }
    let times: Vec<f64> = (0..50).map(|n| 0.1 * f64::from(n)).collect();
    let segments = [Segment { observations: vec![1.0; 50], times, relative_noise: RelativeNoise::Uniform }];
    let problem = SmootherProblem {
        dynamics: &Pole,
        segments: &segments,
        noise: &[1.0],
        model_error: &[1.0],
        reference_step: 1.0,
        prior_precision: &[0.0],
    };
    let mut estimate = Estimate { states: vec![1.0; 50], parameters: vec![1.0] };
    let fit = ExactFit { problem, initial: &One };
    assert_eq!(fit.minimize(&SETTINGS, &mut estimate), Err(SmootherError::NotFinite));
}
