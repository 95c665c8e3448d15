//! Error bars of the nonlinear smoother: against a dense inverse, and against the scatter over realisations of the
//! noise.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::smoother::{Estimate, GaussNewton, Segment, SmootherError, SmootherProblem};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[path = "support/dense_inverse.rs"]
mod dense_inverse;
#[path = "support/lotka_volterra.rs"]
mod lotka_volterra;

use dense_inverse::dense_inverse;
use lotka_volterra::{LotkaVolterra, TRUTH, trajectory};

/// All residuals of the objective at `z` = (states, parameters), written out again from the formula in the module's
/// page.
fn residuals(problem: &SmootherProblem<'_>, z: &[f64]) -> Vec<f64> {
    let theta = &z[z.len() - 4..];
    let rate = |t: f64, x: &[f64]| {
        let mut rate = vec![0.0; 2];
        problem.dynamics.rate(t, x, theta, &mut rate);
        rate
    };
    let mut residuals = Vec::new();
    let mut first = 0;
    for Segment { times, observations, .. } in problem.segments {
        let states = &z[first..][..observations.len()];
        first += observations.len();
        for (i, (x, y)) in states.iter().zip(observations).enumerate() {
            if !y.is_nan() {
                residuals.push((x - y) / problem.noise[i % 2]);
            }
        }
        for (t, (ends, x)) in times.windows(2).zip(states.windows(4).step_by(2)).enumerate() {
            let h = ends[1] - ends[0];
            let (f0, f1) = (rate(times[t], &x[..2]), rate(times[t + 1], &x[2..]));
            let middle: Vec<f64> = (0..2).map(|d| 0.5 * (x[d] + x[2 + d]) + h / 8.0 * (f0[d] - f1[d])).collect();
            let fm = rate(0.5 * (ends[0] + ends[1]), &middle);
            for d in 0..2 {
                let defect = x[2 + d] - x[d] - h / 6.0 * (f0[d] + 4.0 * fm[d] + f1[d]);
                residuals.push(defect / (problem.model_error[d] * (h / problem.reference_step).sqrt()));
            }
        }
    }
    residuals.extend(theta.iter().zip(problem.prior_precision).map(|(theta, precision)| precision.sqrt() * theta));
    residuals
}

/// Inverse of the Gauss-Newton Hessian from central differences of the residuals.
fn dense_covariance(problem: &SmootherProblem<'_>, z: &[f64]) -> Vec<f64> {
    let step = 1e-5;
    let size = z.len();
    let columns: Vec<Vec<f64>> = (0..size)
        .map(|j| {
            let at = |shift: f64| {
                let mut z = z.to_vec();
                z[j] += shift;
                residuals(problem, &z)
            };
            at(step).iter().zip(at(-step)).map(|(up, down)| (up - down) / (2.0 * step)).collect()
        })
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let hessian: Vec<f64> = (0..size * size).map(|at| dot(&columns[at / size], &columns[at % size])).collect();
    dense_inverse(size, &hessian)
}

#[test]
fn marginals_agree_with_the_dense_inverse_of_the_hessian() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut first = trajectory(20, 0.2);
    let second = trajectory(12, 0.35);
    // Away from the minimum, so that residuals are not small; a third of the entries missing.
    let z: Vec<f64> = (first.observations.iter().chain(&second.observations).chain(&TRUTH))
        .map(|value| value * (1.0 + 0.1 * (random.random::<f64>() - 0.5)))
        .collect();
    first.observations.iter_mut().step_by(3).for_each(|y| *y = f64::NAN);
    let segments = [first, second];
    let problem = SmootherProblem {
        dynamics: &LotkaVolterra,
        segments: &segments,
        noise: &[0.1, 0.05],
        model_error: &[0.02, 0.04],
        reference_step: 0.2,
        prior_precision: &[0.1, 0.2, 0.3, 0.4],
    };
    let states = z.len() - 4;
    let estimate = Estimate { states: z[..states].to_vec(), parameters: z[states..].to_vec() };
    let squares = residuals(&problem, &z).iter().map(|r| r * r).sum::<f64>();
    let total = problem.objective(&estimate).total();
    assert!((squares / total - 1.0).abs() < 1e-12, "the residuals are not those of the objective: {squares}, {total}");

    let marginals = GaussNewton::marginals(&problem, &estimate).unwrap();
    assert_eq!((marginals.states.len(), marginals.parameters.len()), (states, 16));
    let expected = dense_covariance(&problem, &z);
    // Central differences are good to about 1e-9 of a residual's slope; the inverse loses a few digits of that.
    let close = |found: f64, expected: f64, scale: f64| (found - expected).abs() < 1e-6 * scale;
    for (i, &found) in marginals.states.iter().enumerate() {
        let expected = expected[i * z.len() + i];
        assert!(close(found, expected, expected), "variance of state {i}: {found}, expected {expected}");
    }
    for (at, &found) in marginals.parameters.iter().enumerate() {
        let entry = |i: usize, j: usize| expected[(states + i) * z.len() + states + j];
        let (i, j) = (at / 4, at % 4);
        let scale = (entry(i, i) * entry(j, j)).sqrt();
        assert!(close(found, entry(i, j), scale), "covariance ({i}, {j}): {found}, expected {}", entry(i, j));
    }
    assert_eq!(marginals.parameters, GaussNewton::covariance(&problem, &estimate).unwrap());
}

const REALISATIONS: usize = 400;

/// Bands of one standard error must cover the true states as often as those of a Gaussian do, 68 %.
#[test]
fn error_bars_of_the_states_cover_the_truth_as_often_as_they_say() {
    let clean = trajectory(200, 0.1);
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let (mut covered, mut count, mut squares) = (0, 0, 0.0);
    for _ in 0..REALISATIONS {
        let mut noisy = clean.clone();
        for y in &mut noisy.observations {
            // Sum of twelve uniforms: normal to the accuracy needed here.
            *y += 0.1 * ((0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0);
        }
        let segments = [noisy];
        let problem = |model_error: &'static [f64; 2]| SmootherProblem {
            dynamics: &LotkaVolterra,
            segments: &segments,
            noise: &[0.1, 0.1],
            model_error,
            reference_step: 0.1,
            prior_precision: &[0.0; 4],
        };
        // From loose to tight, as a tight model leaves Gauss-Newton only short steps; to the end, because a start at
        // the truth that is not left would look like a small error.
        let mut estimate = Estimate { states: clean.observations.clone(), parameters: TRUTH.to_vec() };
        for model_error in [&[1e-1; 2], &[1e-2; 2], &[1e-3; 2], &[1e-4; 2]] {
            let method = GaussNewton { max_iterations: 50, tolerance: 1e-10, corrects: true };
            method.minimize(&problem(model_error), &mut estimate).unwrap();
        }
        let marginals = GaussNewton::marginals(&problem(&[1e-4; 2]), &estimate).unwrap();
        for ((found, truth), variance) in estimate.states.iter().zip(&clean.observations).zip(&marginals.states) {
            let score = (found - truth) / variance.sqrt();
            squares += score * score;
            covered += usize::from(score.abs() < 1.0);
            count += 1;
        }
    }
    let (coverage, mean_square) = (covered as f64 / count as f64, squares / count as f64);
    println!("coverage {:.1} %, mean square of the standardised errors {mean_square:.3}", 100.0 * coverage);
    // About six independent numbers (four parameters, two initial values) in each realisation: the standard error of
    // the coverage is sqrt(.68 .32 / 2400) = 1 %, that of the mean square sqrt(2 / 2400) = 3 %. Bounds are four of
    // them.
    assert!((coverage - 0.683).abs() < 0.04, "coverage {coverage}");
    assert!((mean_square - 1.0).abs() < 0.12, "mean square {mean_square}");
}

#[test]
fn a_direction_left_open_is_a_typed_error() {
    let mut segment = trajectory(10, 0.1);
    segment.observations.fill(f64::NAN);
    let estimate = Estimate { states: trajectory(10, 0.1).observations, parameters: TRUTH.to_vec() };
    let segments = [segment];
    let problem = SmootherProblem {
        dynamics: &LotkaVolterra,
        segments: &segments,
        noise: &[0.1, 0.1],
        model_error: &[1e-3, 1e-3],
        reference_step: 0.1,
        prior_precision: &[0.0; 4],
    };
    assert!(matches!(GaussNewton::marginals(&problem, &estimate), Err(SmootherError::Singular { .. })));
    let short = Estimate { parameters: vec![0.0; 3], ..estimate };
    let expected = SmootherError::Length { input: "parameters", expected: 4, found: 3 };
    assert_eq!(GaussNewton::marginals(&problem, &short), Err(expected));
}
