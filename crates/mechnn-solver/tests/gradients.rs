//! The pullback is the derivative: against finite differences, and as the adjoint of the forward derivative.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::{BoundaryValues, Cotangent, OdeGradient, OdeSolver, Scheme, StepsGradient, Weights};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

#[path = "support/long_run.rs"]
mod long_run;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_direction.rs"]
mod random_direction;
#[path = "support/random_problem.rs"]
mod random_problem;

use long_run::count;
use methods::methods_for;
use parts::{INPUTS, parts, parts_mut};
use random_collocation::random_problems;
use random_direction::random_direction;
use random_problem::{Inputs, uniform};

#[test]
fn pull_is_the_finite_difference_of_the_loss() {
    let wanted = count(1_000, 50_000);
    let mut problems = random_problems(0, wanted / PAIRS_PER_PROBLEM);
    problems.extend(HARD_SEEDS.into_iter().flat_map(|seed| random_problems(seed, 1)));
    let results: Vec<(u64, f64)> =
        problems.par_iter().map(|(name, inputs)| compare_with_differences(name, inputs)).collect();
    let pairs: u64 = results.iter().map(|(pairs, _)| pairs).sum();
    let worst = results.iter().fold(0.0_f64, |worst, (_, error)| worst.max(*error));
    println!("{} problems, {pairs} pairs of problem and input, largest relative error {worst:.1e}", problems.len());
    assert!(pairs >= wanted, "{pairs} pairs");
}

/// At least: coefficients, forcing, steps and weights; most have initial values, a jump or gamma * alpha beside.
const PAIRS_PER_PROBLEM: u64 = 4;

/// Relative error at which the refinement of a solution stops.
const REFINED: f64 = 1e-11;

/// Found by the long run: next to a problem without a solution, and with a loss so large that its rounding shows.
const HARD_SEEDS: [u64; 2] = [7857, 498];

/// The gradient in each input against differences, by every method; how many inputs there are, and the largest error.
fn compare_with_differences(name: &str, inputs: &Inputs) -> (u64, f64) {
    let problem = inputs.problem().unwrap();
    let (mut pairs, mut worst) = (0, 0.0_f64);
    for method in methods_for(&problem) {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
        let cotangent = random_cotangent(solution.values.dim(), solution.slack.is_some(), &mut rng);
        let gradient = pullback.pull(&cotangent).unwrap();
        let size: f64 = cotangent.values.iter().zip(&solution.values).map(|(g, z)| (g * z).abs()).sum();
        pairs = 0;
        // One direction for each input, so that a message names what is wrong.
        for (part, input) in INPUTS.into_iter().enumerate() {
            let mut direction = OdeGradient::zeros(&problem);
            let is_absent = input == "gamma_alpha" && problem.scheme().gamma_alpha().is_none();
            if is_absent || parts(&direction)[part].is_empty() {
                continue;
            }
            pairs += 1;
            for number in &mut parts_mut(&mut direction)[part] {
                **number = rng.random_range(-1.0..1.0);
            }
            let found = inner(&gradient, &direction);
            // Sixth-order differences: truncation is 1e-18 times the seventh derivative for the step 1e-3, rounding
            // `REFINED` / 1e-3 times the size of the loss, which is no error of the gradient. Where the seventh
            // derivative is that large, because the problem is close to one without a solution, a smaller step will
            // do. Wrong terms show up at 1e-2.
            let mut error = f64::INFINITY;
            for step in [1e-3, 1e-4, 1e-5] {
                let expected = derivative_of_loss(&*method, inputs, &direction, &cotangent, step);
                assert!(found.is_finite() && expected.is_finite(), "{} on {name}: {input}", method.name());
                let beyond_rounding = ((found - expected).abs() - REFINED * size / step).max(0.0);
                error = error.min(beyond_rounding / (1.0 + expected.abs()));
                if error < 1e-6 {
                    break;
                }
                println!(
                    "{} on {name}: derivative in the {input}: {found:e}, difference with step {step:e}: {expected:e}, \
                     size of the loss {size:.1e}",
                    method.name()
                );
            }
            assert!(error < 1e-6, "{} on {name}: {input}, error {error:e}, {:?}", method.name(), problem.sizes());
            worst = worst.max(error);
        }
    }
    (pairs, worst)
}

#[test]
fn push_is_the_adjoint_of_pull() {
    let problems = random_problems(0, count(1_000, 50_000));
    let errors: Vec<f64> = problems.par_iter().map(|(_, inputs)| adjoint_error(inputs)).collect();
    let mut worst = 0.0_f64;
    for ((name, _), error) in problems.iter().zip(errors) {
        worst = worst.max(error);
        assert!(error < 1e-12, "{name}: off by {error:e}");
    }
    println!("{} problems, largest error {worst:.1e}", problems.len());
}

/// `|<pull(g), d> - <g, push(d)>|` relative to `|pull(g)| |d| + |g| |push(d)|`, the largest of all methods.
fn adjoint_error(inputs: &Inputs) -> f64 {
    let problem = inputs.problem().unwrap();
    let mut worst = 0.0_f64;
    for method in methods_for(&problem) {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
        let cotangent = random_cotangent(solution.values.dim(), solution.slack.is_some(), &mut rng);
        let direction = random_direction(&problem, &mut rng);
        let gradient = pullback.pull(&cotangent).unwrap();
        let tangent = pullback.push(&direction).unwrap();
        assert_eq!(tangent.slack.is_some(), solution.slack.is_some());
        let (pulled, pushed) = (inner(&gradient, &direction), inner_of_solutions(&cotangent, &tangent));
        let of_inputs = inner(&gradient, &gradient).sqrt() * inner(&direction, &direction).sqrt();
        let of_solutions =
            inner_of_solutions(&cotangent, &cotangent).sqrt() * inner_of_solutions(&tangent, &tangent).sqrt();
        let error = (pulled - pushed).abs() / (of_inputs + of_solutions);
        worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
    }
    worst
}

#[test]
fn gradients_have_the_shapes_of_their_inputs() {
    for (name, inputs) in random_problems(0, 60) {
        let problem = inputs.problem().unwrap();
        let zeros = OdeGradient::zeros(&problem);
        for method in methods_for(&problem) {
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = Cotangent { values: solution.values.map(|_| 0.0), slack: None };
            // No cotangent, no gradient: equality compares the shapes, and every number with an exact zero.
            assert_eq!(pullback.pull(&cotangent).unwrap(), zeros, "{} on {name}", method.name());
        }
    }
}

fn random_cotangent(shape: (usize, usize, usize, usize), has_slack: bool, rng: &mut ChaCha8Rng) -> Cotangent {
    let slack = has_slack.then(|| uniform(shape.0, rng));
    Cotangent { values: uniform(shape, rng), slack }
}

/// Sixth-order central difference of `<cotangent, solution>` along the direction.
fn derivative_of_loss(
    method: &dyn OdeSolver,
    inputs: &Inputs,
    direction: &OdeGradient,
    cotangent: &Cotangent,
    step: f64,
) -> f64 {
    let loss = |amount: f64| {
        let solution = method.solve(&shifted(inputs, direction, amount).problem().unwrap()).unwrap();
        inner_of_solutions(cotangent, &Cotangent { values: solution.values, slack: solution.slack })
    };
    let difference = |i: f64| loss(i * step) - loss(-i * step);
    (45.0 * difference(1.0) - 9.0 * difference(2.0) + difference(3.0)) / (60.0 * step)
}

/// `inputs + amount * direction`
fn shifted(inputs: &Inputs, direction: &OdeGradient, amount: f64) -> Inputs {
    let steps = match (&inputs.steps, &direction.steps) {
        (StepsGradient::Shared(x), StepsGradient::Shared(d)) => StepsGradient::Shared(x + &(d * amount)),
        (StepsGradient::PerDimension(x), StepsGradient::PerDimension(d)) => {
            StepsGradient::PerDimension(x + &(d * amount))
        }
        _ => panic!("direction of another kind of steps"),
    };
    let jump = inputs.periodic_jump.as_ref().zip(direction.periodic_jump.as_ref());
    let boundary = inputs.boundary.as_ref().zip(direction.boundary.as_ref());
    let [equation, initial, smoothness] = direction.weights;
    let Weights { equation: w_e, initial: w_i, smoothness: w_s } = inputs.weights;
    Inputs {
        points: inputs.points,
        coefficients: &inputs.coefficients + &(&direction.coefficients * amount),
        forcing: &inputs.forcing + &(&direction.forcing * amount),
        initial: &inputs.initial + &(&direction.initial * amount),
        steps,
        periodic_jump: jump.map(|(x, d)| x + &(d * amount)),
        boundary: boundary.map(|(x, d)| BoundaryValues::new(x.conditions().to_vec(), x.values() + &(d * amount))),
        scheme: match inputs.scheme {
            Scheme::RelaxedLp { gamma_alpha } => {
                Scheme::RelaxedLp { gamma_alpha: gamma_alpha + amount * direction.gamma_alpha }
            }
            other => other,
        },
        weights: Weights {
            equation: w_e + amount * equation,
            initial: w_i + amount * initial,
            smoothness: w_s + amount * smoothness,
        },
        equation_rows: inputs.equation_rows,
    }
}

/// The inner product of a gradient and a direction.
fn inner(a: &OdeGradient, b: &OdeGradient) -> f64 {
    let numbers = |gradient| parts(gradient).into_iter().flatten();
    numbers(a).zip(numbers(b)).map(|(a, b)| a * b).sum()
}

/// The inner product of a cotangent and the derivative of a solution.
fn inner_of_solutions(a: &Cotangent, b: &Cotangent) -> f64 {
    let slack = a.slack.as_ref().zip(b.slack.as_ref()).map_or(0.0, |(a, b)| (a * b).sum());
    (&a.values * &b.values).sum() + slack
}
