//! The nonlinear smoother: derivatives, order of the defect, agreement with a dense solve, recovery of known answers.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::smoother::{
    Estimate, GaussNewton, RelativeNoise, Segment, SmootherError, SmootherProblem, Termination, WienerSmoother,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[path = "support/lotka_volterra.rs"]
mod lotka_volterra;

use lotka_volterra::{LotkaVolterra, TRUTH, trajectory};

fn problem<'a>(segments: &'a [Segment], model_error: &'a [f64; 2], prior: &'a [f64; 4]) -> SmootherProblem<'a> {
    SmootherProblem {
        dynamics: &LotkaVolterra,
        segments,
        noise: &[0.1, 0.1],
        model_error,
        reference_step: 0.1,
        prior_precision: prior,
    }
}

#[test]
fn the_defect_of_an_exact_solution_falls_with_order_five_per_step() {
    // The defect over one step is the local error, one order above the global order of 4.
    let defect = |step: f64| {
        let segment = Segment { times: vec![0.0, step], ..trajectory(2, step) };
        let segments = [segment];
        // Unit weight per step: reference_step * model_error^2 = step.
        let model_error = [(0.1 / step).sqrt(); 2];
        let problem = problem(&segments, &model_error, &[0.0; 4]);
        let estimate = Estimate { states: segments[0].observations.clone(), parameters: TRUTH.to_vec() };
        problem.objective(&estimate).dynamics.sqrt()
    };
    let order = (defect(0.2) / defect(0.1)).log2();
    assert!((order - 5.0).abs() < 0.2, "observed order {order}");
}

/// The Gauss-Newton step from one estimate must be the minimiser of the linearised problem: near the optimum the
/// objective after a full step is the optimum up to second order, for states and parameters alike.
#[test]
fn convergence_is_quadratic_from_nearby() {
    let segments = [trajectory(100, 0.1)];
    let problem = problem(&segments, &[1e-4; 2], &[0.0; 4]);
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let start = Estimate {
        states: segments[0].observations.iter().map(|x| x + 0.02 * (random.random::<f64>() - 0.5)).collect(),
        parameters: TRUTH.iter().map(|theta| theta * 1.02).collect(),
    };
    let error_after = |iterations: usize| {
        let mut estimate = start.clone();
        GaussNewton { max_iterations: iterations, tolerance: 0.0, corrects: true }
            .minimize(&problem, &mut estimate)
            .unwrap();
        estimate.parameters.iter().zip(TRUTH).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (one, two) = (error_after(1), error_after(3));
    assert!(one < 1e-2, "after one step {one:e}");
    // What remains is the discretisation error of the rule at step 0.1.
    assert!(two < 2e-6, "after three steps {two:e}");
}

/// From states and parameters that obey the equations, but belong to other data, the way to few noisy data leads along
/// a narrow, curved valley.
#[test]
fn corrected_steps_reach_the_end_of_a_curved_valley() {
    let clean = trajectory(210, 0.1);
    let other = Segment { observations: clean.observations.iter().map(|x| x.powf(1.4)).collect(), ..clean.clone() };
    let mut noisy = clean;
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for (index, y) in noisy.observations.iter_mut().enumerate() {
        *y += random.random::<f64>() - 0.5;
        if (index / 2) % 10 != 0 {
            *y = f64::NAN;
        }
    }
    let minimize = |segment: &Segment, estimate: &mut Estimate, corrects: bool| {
        let segments = [segment.clone()];
        let method = GaussNewton { max_iterations: 1500, tolerance: 1e-6, corrects };
        method.minimize(&problem(&segments, &[3e-4; 2], &[0.0; 4]), estimate).unwrap()
    };
    let mut start = Estimate { states: other.observations.clone(), parameters: TRUTH.to_vec() };
    minimize(&other, &mut start, true);
    let solved = |corrects: bool| minimize(&noisy, &mut start.clone(), corrects);
    let (corrected, plain) = (solved(true), solved(false));
    assert_eq!(corrected.termination, Termination::Converged, "{corrected:?}");
    assert_eq!(plain.termination, Termination::IterationLimit, "{plain:?}");
    assert!(corrected.objective.total() < plain.objective.total() - 0.01, "{corrected:?} {plain:?}");
}

#[test]
fn parameters_and_error_bars_agree_with_the_scatter_over_noise() {
    let clean = trajectory(200, 0.1);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut scores = Vec::new();
    for _ in 0..60 {
        let mut noisy = clean.clone();
        for y in &mut noisy.observations {
            // Sum of twelve uniforms: normal to the accuracy needed here.
            *y += 0.1 * ((0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0);
        }
        let segments = [noisy];
        let problem = problem(&segments, &[1e-3; 2], &[0.0; 4]);
        let mut estimate = Estimate { states: clean.observations.clone(), parameters: TRUTH.to_vec() };
        GaussNewton::default().minimize(&problem, &mut estimate).unwrap();
        let covariance = GaussNewton::covariance(&problem, &estimate).unwrap();
        for j in 0..4 {
            scores.push((estimate.parameters[j] - TRUTH[j]) / covariance[j * 4 + j].sqrt());
        }
    }
    let mean_square = scores.iter().map(|z| z * z).sum::<f64>() / scores.len() as f64;
    // 240 correlated scores of unit variance: four standard deviations of their mean square are about 0.7.
    assert!((mean_square - 1.0).abs() < 0.5, "mean square of the standardised errors {mean_square}");
}

#[test]
fn several_segments_with_gaps_share_the_parameters() {
    let mut first = trajectory(120, 0.1);
    let second = trajectory(80, 0.15);
    // Three of four entries missing in the first, and one state entirely for a while.
    for (index, y) in first.observations.iter_mut().enumerate() {
        if index % 4 != 0 || (60..100).contains(&index) {
            *y = f64::NAN;
        }
    }
    let states = trajectory(120, 0.1).observations.into_iter().chain(second.observations.clone()).collect();
    let segments = [first, second];
    let problem = problem(&segments, &[1e-4; 2], &[0.0; 4]);
    let mut estimate = Estimate { states, parameters: vec![0.9, 0.9, 0.6, 0.6] };
    let report = GaussNewton::default().minimize(&problem, &mut estimate).unwrap();
    assert_eq!(report.termination, Termination::Converged);
    for (found, truth) in estimate.parameters.iter().zip(TRUTH) {
        assert!((found - truth).abs() < 1e-4, "{found} instead of {truth}");
    }
}

#[test]
fn the_objective_never_rises_from_a_bad_start() {
    let segments = [trajectory(60, 0.1)];
    let problem = problem(&segments, &[1e-3; 2], &[1e-6; 4]);
    let mut estimate = Estimate { states: vec![1.0; 120], parameters: vec![0.0; 4] };
    let mut last = problem.objective(&estimate).total();
    for _ in 0..20 {
        let report = GaussNewton { max_iterations: 1, tolerance: 0.0, corrects: true }
            .minimize(&problem, &mut estimate)
            .unwrap();
        assert!(report.objective.total() <= last, "{} after {last}", report.objective.total());
        last = report.objective.total();
    }
}

#[test]
fn wrong_sizes_and_starts_are_typed_errors() {
    let segments = [trajectory(10, 0.1)];
    let problem = problem(&segments, &[1e-3; 2], &[0.0; 4]);
    let solve = |states: Vec<f64>, parameters: Vec<f64>| {
        GaussNewton::default().minimize(&problem, &mut Estimate { states, parameters }).unwrap_err()
    };
    let expected = SmootherError::Length { input: "states", expected: 20, found: 19 };
    assert_eq!(solve(vec![1.0; 19], TRUTH.to_vec()), expected);
    let expected = SmootherError::Length { input: "parameters", expected: 4, found: 3 };
    assert_eq!(solve(vec![1.0; 20], vec![1.0; 3]), expected);
    assert_eq!(solve(vec![f64::NAN; 20], TRUTH.to_vec()), SmootherError::NotFinite);
}

#[test]
fn the_wiener_smoother_finds_noise_and_slope() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let times: Vec<f64> = (0..600).map(|i| 0.02 * i as f64 + 0.005 * random.random::<f64>()).collect();
    for noise in [0.01, 0.1] {
        let series: Vec<f64> = times
            .iter()
            .enumerate()
            .map(|(i, t)| match i % 5 {
                0 => f64::NAN,
                _ => t.sin() + noise * ((0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0),
            })
            .collect();
        let fit = WienerSmoother.fit(&times, &series).unwrap();
        // 480 values: the relative standard error of a standard deviation is 1/sqrt(960) = 3 %.
        assert!((fit.noise / noise - 1.0).abs() < 0.1, "noise {} instead of {noise}", fit.noise);
        let slopes = times.iter().zip(&fit.derivatives).skip(20).take(560);
        let worst = slopes.map(|(t, slope)| (slope - t.cos()).abs()).fold(0.0, f64::max);
        assert!(worst < 3.0 * noise, "noise {noise}: slope off by {worst}");
    }
    let constant = WienerSmoother.fit(&times, &vec![2.5; 600]).unwrap();
    assert_eq!((constant.values[300], constant.derivatives[300], constant.noise), (2.5, 0.0, 0.0));
    assert!(WienerSmoother.fit(&times[..4], &[1.0, 2.0, 3.0, 4.0]).is_err());
}

/// The profile's information is the inverse of the covariance, and its step the Gauss-Newton step of the parameters.
#[test]
fn the_profile_is_the_quadratic_of_the_parameters_alone() {
    let segments = [trajectory(100, 0.1)];
    let problem = problem(&segments, &[1e-3; 2], &[1e-6; 4]);
    let mut estimate = Estimate {
        states: segments[0].observations.iter().enumerate().map(|(i, x)| x + 0.01 * (i as f64).sin()).collect(),
        parameters: TRUTH.iter().map(|theta| theta * 1.01).collect(),
    };
    let profile = GaussNewton::profile(&problem, &estimate).unwrap();
    let covariance = GaussNewton::covariance(&problem, &estimate).unwrap();
    for i in 0..4 {
        for j in 0..4 {
            let product: f64 = (0..4).map(|k| profile.information[i * 4 + k] * covariance[k * 4 + j]).sum();
            assert!((product - if i == j { 1.0 } else { 0.0 }).abs() < 1e-8, "({i}, {j}): {product}");
        }
    }
    let step: Vec<f64> =
        (0..4).map(|i| -(0..4).map(|j| covariance[i * 4 + j] * profile.gradient[j]).sum::<f64>()).collect();
    let before = estimate.parameters.clone();
    GaussNewton { max_iterations: 1, tolerance: 0.0, corrects: true }.minimize(&problem, &mut estimate).unwrap();
    for i in 0..4 {
        let taken = estimate.parameters[i] - before[i];
        assert!((taken - step[i]).abs() < 1e-8 * taken.abs().max(1e-3), "{taken} and {}", step[i]);
    }
}

#[test]
fn relative_noise_is_noise_of_each_observation() {
    // Twice the noise everywhere, said in two ways.
    let plain = [trajectory(50, 0.1)];
    let size = plain[0].observations.len();
    let relative = [Segment { relative_noise: RelativeNoise::OfEach(vec![2.0; size]), ..plain[0].clone() }];
    let estimate =
        Estimate { states: plain[0].observations.iter().map(|x| x + 0.05).collect(), parameters: TRUTH.to_vec() };
    let (a, b) = (problem(&plain, &[1e-2; 2], &[0.0; 4]), problem(&relative, &[1e-2; 2], &[0.0; 4]));
    let (a, b) = (a.objective(&estimate).data, b.objective(&estimate).data);
    assert!((a - 4.0 * b).abs() < 1e-9 * a, "{a} and {b}");
    let short = [Segment { relative_noise: RelativeNoise::OfEach(vec![1.0; size - 1]), ..plain[0].clone() }];
    let error = GaussNewton::profile(&problem(&short, &[1e-2; 2], &[0.0; 4]), &estimate).unwrap_err();
    assert!(matches!(error, SmootherError::Length { input: "relative_noise", .. }), "{error}");
}

#[test]
fn proportional_noise_is_found_where_it_is_said_to_be() {
    // 5 % of a series that grows tenfold; the additive model has less likelihood.
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let times: Vec<f64> = (0..300).map(|i| 0.01 * f64::from(i)).collect();
    let clean: Vec<f64> = times.iter().map(|t| (0.8 * t).exp()).collect();
    let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let noisy: Vec<f64> = clean.iter().map(|x| x * (1.0 + 0.05 * normal())).collect();
    let relative = WienerSmoother.fit_relative(&times, &noisy, &clean).unwrap();
    let additive = WienerSmoother.fit(&times, &noisy).unwrap();
    assert!((relative.noise - 0.05).abs() < 0.01, "{}", relative.noise);
    assert!(relative.log_likelihood > additive.log_likelihood + 10.0);
}

/// From the truth, with ever tighter model errors: the answer is a minimum, or it is not called converged.
#[test]
fn converged_is_said_of_minima_only() {
    let segments = [trajectory(100, 0.1)];
    let mut counts = [0; 3];
    for exponent in 2..=14 {
        let model_error = [10f64.powi(-exponent); 2];
        let problem = problem(&segments, &model_error, &[0.0; 4]);
        let start = Estimate { states: segments[0].observations.clone(), parameters: TRUTH.to_vec() };
        let mut estimate = start.clone();
        let before = problem.objective(&start).total();
        let report = GaussNewton { max_iterations: 100, tolerance: 1e-6, corrects: true }
            .minimize(&problem, &mut estimate)
            .unwrap();
        counts[report.termination as usize] += 1;
        println!("model error 1e-{exponent}: {before:e} -> {:e}, {:?}", report.objective.total(), report.termination);
        if report.termination != Termination::Converged {
            continue;
        }
        // No step along any direction of a random set lowers the objective noticeably.
        let mut random = ChaCha8Rng::seed_from_u64(exponent as u64);
        let least = report.objective.total();
        // The parameters alone, and all: a minimum in states and parameters is one along each.
        for trial in 0..40 {
            let size = 10f64.powi(-1 - trial % 10);
            let mut moved = estimate.clone();
            let shake = |x: &mut f64, random: &mut ChaCha8Rng| *x += size * (random.random::<f64>() - 0.5);
            moved.parameters.iter_mut().for_each(|x| shake(x, &mut random));
            if trial % 2 == 0 {
                moved.states.iter_mut().for_each(|x| shake(x, &mut random));
            }
            let there = problem.objective(&moved).total();
            assert!(there >= least * (1.0 - 1e-4), "model error 1e-{exponent}: {there:e} below {least:e}");
        }
        // Solving again from there changes nothing.
        let again = GaussNewton { max_iterations: 100, tolerance: 1e-6, corrects: true }
            .minimize(&problem, &mut estimate.clone());
        assert!(again.unwrap().objective.total() >= least * (1.0 - 1e-4), "model error 1e-{exponent}");
    }
    println!("converged, limit, stalled: {counts:?}");
    assert!(counts[0] >= 3);
}
