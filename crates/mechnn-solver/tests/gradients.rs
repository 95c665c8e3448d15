//! The pullback is the derivative: against finite differences, and as the adjoint of the forward derivative.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::{BoundaryValues, Cotangent, OdeGradient, OdeSolver, Scheme, StepsGradient, Weights};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

mod methods;
mod parts;
mod random_collocation;
mod random_direction;
mod random_problem;

use methods::methods_for;
use parts::{INPUTS, parts, parts_mut};
use random_collocation::random_collocation;
use random_direction::random_direction;
use random_problem::{Inputs, random_inputs, uniform};

const PROBLEMS: u64 = 60;

/// Least-squares schemes, then collocation, with their seeds.
fn problems() -> impl Iterator<Item = (u64, Inputs)> {
    let least_squares = (0..PROBLEMS).map(|seed| (seed, random_inputs(seed)));
    least_squares.chain((500..500 + PROBLEMS).map(|seed| (seed, random_collocation(seed))))
}

#[test]
fn pull_is_the_finite_difference_of_the_loss() {
    let mut worst = 0.0_f64;
    for (seed, inputs) in problems() {
        let problem = inputs.problem().unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for method in methods_for(&problem) {
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = random_cotangent(solution.values.dim(), solution.slack.is_some(), &mut rng);
            let gradient = pullback.pull(&cotangent).unwrap();
            // One direction for each input, so that a message names what is wrong.
            for (part, input) in INPUTS.into_iter().enumerate() {
                let mut direction = OdeGradient::zeros(&problem);
                for number in &mut parts_mut(&mut direction)[part] {
                    **number = rng.random_range(-1.0..1.0);
                }
                let expected = derivative_of_loss(&*method, &inputs, &direction, &cotangent);
                let found = inner(&gradient, &direction);
                let scale = 1.0 + expected.abs();
                worst = worst.max((found - expected).abs() / scale);
                // Sixth-order differences with step 1e-3: truncation is 1e-18 times the seventh derivative, rounding
                // 1e-11 (where refinement stops) / 1e-3 times the size of the loss. Wrong terms show up at 1e-2 and above.
                assert!(
                    (found - expected).abs() < 1e-6 * scale,
                    "{} on seed {seed}: derivative in the {input}: {found:e}, finite difference {expected:e}\n{:?}",
                    method.name(),
                    problem.sizes()
                );
            }
        }
    }
    println!("2 x {PROBLEMS} problems, largest error {worst:.1e}");
}

#[test]
fn push_is_the_adjoint_of_pull() {
    let mut worst = 0.0_f64;
    for (seed, inputs) in problems() {
        let problem = inputs.problem().unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for method in methods_for(&problem) {
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = random_cotangent(solution.values.dim(), solution.slack.is_some(), &mut rng);
            let direction = random_direction(&problem, &mut rng);
            let gradient = pullback.pull(&cotangent).unwrap();
            let tangent = pullback.push(&direction).unwrap();
            assert_eq!(tangent.slack.is_some(), solution.slack.is_some());
            let (pulled, pushed) = (inner(&gradient, &direction), inner_of_solutions(&cotangent, &tangent));
            // Both are sums of products of the size of the gradient's entries.
            let scale = 1.0 + parts(&gradient).iter().flatten().map(|g| g.abs()).sum::<f64>();
            worst = worst.max((pulled - pushed).abs() / scale);
            // Conditions are at most 1e6 in the normal equations: ten digits remain.
            assert!(
                (pulled - pushed).abs() < 1e-10 * scale,
                "{} on seed {seed}: <pull(g), d> = {pulled:e}, <g, push(d)> = {pushed:e}",
                method.name()
            );
        }
    }
    println!("2 x {PROBLEMS} problems, largest error {worst:.1e}");
}

#[test]
fn gradients_have_the_shapes_of_their_inputs() {
    for (seed, inputs) in problems() {
        let problem = inputs.problem().unwrap();
        let zeros = OdeGradient::zeros(&problem);
        for method in methods_for(&problem) {
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = Cotangent { values: solution.values.map(|_| 0.0), slack: None };
            // No cotangent, no gradient: equality compares the shapes, and every number with an exact zero.
            assert_eq!(pullback.pull(&cotangent).unwrap(), zeros, "{} on seed {seed}", method.name());
        }
    }
}

fn random_cotangent(shape: (usize, usize, usize, usize), has_slack: bool, rng: &mut ChaCha8Rng) -> Cotangent {
    let slack = has_slack.then(|| uniform(shape.0, rng));
    Cotangent { values: uniform(shape, rng), slack }
}

/// Sixth-order central difference of `<cotangent, solution>` along the direction.
fn derivative_of_loss(method: &dyn OdeSolver, inputs: &Inputs, direction: &OdeGradient, cotangent: &Cotangent) -> f64 {
    let loss = |amount: f64| {
        let solution = method.solve(&shifted(inputs, direction, amount).problem().unwrap()).unwrap();
        inner_of_solutions(cotangent, &Cotangent { values: solution.values, slack: solution.slack })
    };
    let step = 1e-3;
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
