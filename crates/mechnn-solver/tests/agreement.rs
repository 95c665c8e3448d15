//! Every method agrees with the dense reference, in values and in gradients, over all options.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::method::Dense;
use mechnn_solver::{BoundaryValues, Cotangent, OdeProblem, OdeSolver, StepsGradient};
use ndarray::{Array5, Axis, Dimension};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

mod methods;
mod parts;
mod random_collocation;
mod random_direction;
mod random_problem;

use methods::methods_for;
use parts::{INPUTS, parts};
use random_collocation::random_collocation;
use random_direction::random_direction;
use random_problem::{Inputs, random_inputs, uniform};

/// Random problems have pivots above 1e-6 of the diagonal: normal equations lose six digits of sixteen, and a gradient
/// is a product of two solutions.
const TOLERANCE: f64 = 1e-9;

#[test]
fn values_and_gradients_agree_with_the_reference() {
    let mut worst = 0.0_f64;
    for seed in 1000..1300 {
        let problem = random_inputs(seed).problem().unwrap();
        for method in methods_for(&problem) {
            worst = worst.max(assert_agreement(&*method, &problem, &format!("seed {seed}")));
        }
    }
    println!("300 problems, largest relative difference {worst:.1e}");
}

#[test]
fn collocation_agrees_with_the_reference() {
    let mut worst = 0.0_f64;
    for seed in 5000..5300 {
        let problem = random_collocation(seed).problem().unwrap();
        for method in methods_for(&problem) {
            worst = worst.max(assert_agreement(&*method, &problem, &format!("seed {seed}")));
        }
    }
    println!("300 problems, largest relative difference {worst:.1e}");
}

#[test]
fn dimensions_without_common_equations_agree_with_the_reference() {
    for seed in 2000..2050 {
        let mut inputs = random_inputs(seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Equation e acts on dimension e alone, so the problem falls apart; pins make each part well-posed.
        let (batch, points, _, dims, orders) = inputs.coefficients.dim();
        inputs.coefficients = Array5::from_shape_fn((batch, points, dims, dims, orders), |(b, t, e, d, i)| {
            if e == d { 1.0 + 0.3 * ((b + 2 * t + 3 * e + 5 * i) as f64).sin() } else { 0.0 }
        });
        inputs.forcing = uniform((inputs.forcing.dim().0, points, dims), &mut rng);
        inputs.initial = uniform((1, 1, dims, orders), &mut rng);
        let problem = inputs.problem().unwrap();
        for method in methods_for(&problem) {
            assert_agreement(&*method, &problem, &format!("seed {seed}, separate dimensions"));
        }
    }
}

#[test]
fn a_batch_is_bitwise_its_elements() {
    for seed in 3000..3100 {
        let inputs = if seed < 3050 { random_inputs(seed) } else { random_collocation(seed) };
        let problem = inputs.problem().unwrap();
        for method in methods_for(&problem) {
            let together = method.solve(&problem).unwrap();
            for element in 0..problem.sizes().batch {
                let alone = method.solve(&only(&inputs, element).problem().unwrap()).unwrap();
                let of_batch = together.values.index_axis(Axis(0), element);
                assert_eq!(alone.values.index_axis(Axis(0), 0), of_batch, "{} on seed {seed}", method.name());
                let slack = |slack: &Option<ndarray::Array1<f64>>, b: usize| slack.as_ref().map(|slack| slack[b]);
                assert_eq!(slack(&alone.slack, 0), slack(&together.slack, element));
            }
        }
    }
}

#[test]
fn a_method_repeats_itself_bitwise() {
    for seed in 4000..4020 {
        let inputs = if seed < 4010 { random_inputs(seed) } else { random_collocation(seed) };
        let problem = inputs.problem().unwrap();
        for method in methods_for(&problem) {
            let first = method.solve(&problem).unwrap();
            let (second, _) = method.solve_with_pullback(&problem).unwrap();
            assert_eq!(first, second, "{} on seed {seed}", method.name());
        }
    }
}

/// Compares values, slack, a gradient and a forward derivative; returns the largest relative difference.
fn assert_agreement(method: &dyn OdeSolver, problem: &OdeProblem, name: &str) -> f64 {
    let (reference, reference_pullback) = Dense.solve_with_pullback(problem).unwrap();
    let (solution, pullback) = method.solve_with_pullback(problem).unwrap_or_else(|error| {
        panic!("{} on {name} {:?}: {error}", method.name(), problem.sizes());
    });
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let slack = reference.slack.as_ref().map(|slack| uniform(slack.len(), &mut rng));
    let cotangent = Cotangent { values: uniform(reference.values.dim(), &mut rng), slack };
    let expected_gradient = reference_pullback.pull(&cotangent).unwrap();
    let gradient = pullback.pull(&cotangent).unwrap();
    let direction = random_direction(problem, &mut rng);
    let expected_tangent = reference_pullback.push(&direction).unwrap();
    let tangent = pullback.push(&direction).unwrap();

    let flat = |values: &ndarray::Array4<f64>, slack: &Option<ndarray::Array1<f64>>| -> Vec<f64> {
        values.iter().chain(slack.iter().flatten()).copied().collect()
    };
    let mut pairs = vec![
        ("solution", flat(&solution.values, &solution.slack), flat(&reference.values, &reference.slack)),
        ("push", flat(&tangent.values, &tangent.slack), flat(&expected_tangent.values, &expected_tangent.slack)),
    ];
    let gradients = parts(&gradient).into_iter().zip(parts(&expected_gradient));
    pairs.extend(INPUTS.into_iter().zip(gradients).map(|(input, (found, expected))| (input, found, expected)));

    let mut worst = 0.0_f64;
    for (what, found, expected) in pairs {
        assert_eq!(found.len(), expected.len(), "{} on {name}: length of {what}", method.name());
        // Entries may vanish; the size of cotangent and direction, 1, is the scale below which nothing is promised.
        let scale = expected.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
        let difference = found.iter().zip(&expected).fold(0.0_f64, |worst, (x, y)| worst.max((x - y).abs()));
        let is_close = difference <= TOLERANCE * scale; // false for a NaN
        assert!(
            is_close,
            "{} on {name} {:?} {:?}: {what} differs by {difference:e} at scale {scale:e}",
            method.name(),
            problem.sizes(),
            problem.scheme()
        );
        worst = worst.max(difference / scale);
    }
    worst
}

/// The inputs of one batch element.
fn only(inputs: &Inputs, element: usize) -> Inputs {
    fn select<D: Dimension + ndarray::RemoveAxis>(
        array: &ndarray::Array<f64, D>,
        element: usize,
    ) -> ndarray::Array<f64, D> {
        let index = if array.len_of(Axis(0)) == 1 { 0 } else { element };
        array.select(Axis(0), &[index])
    }
    Inputs {
        coefficients: select(&inputs.coefficients, element),
        forcing: select(&inputs.forcing, element),
        initial: select(&inputs.initial, element),
        steps: match &inputs.steps {
            StepsGradient::Shared(steps) => StepsGradient::Shared(select(steps, element)),
            StepsGradient::PerDimension(steps) => StepsGradient::PerDimension(select(steps, element)),
        },
        periodic_jump: inputs.periodic_jump.as_ref().map(|jump| select(jump, element)),
        boundary: inputs.boundary.as_ref().map(|boundary| {
            let values = select(&boundary.values().to_owned(), element);
            BoundaryValues::new(boundary.conditions().to_vec(), values)
        }),
        ..inputs.clone()
    }
}
