//! Every method agrees with the dense reference, in values and in gradients, over all options.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::method::Dense;
use mechnn_solver::{Cotangent, OdeGradient, OdeProblem, OdeSolver, Sizes, Solution};
use ndarray::{Array1, Array4, Array5};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

#[path = "support/condition.rs"]
mod condition;
#[path = "support/long_run.rs"]
mod long_run;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/optimality.rs"]
mod optimality;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_direction.rs"]
mod random_direction;
#[path = "support/random_problem.rs"]
mod random_problem;

use condition::condition;
use long_run::count;
use methods::fast_methods_for;
use optimality::Tally;
use parts::{INPUTS, parts};
use random_collocation::random_problems;
use random_direction::random_direction;
use random_problem::{random_inputs, uniform};

/// Relative difference from the reference that is promised up to [`LARGEST_CONDITION`].
const TOLERANCE: f64 = 1e-9;

const LARGEST_CONDITION: f64 = 1e6;

#[test]
fn values_and_gradients_agree_with_the_reference() {
    let problems = random_problems(1000, count(2_000, 100_000));
    let compared = problems.par_iter().map(|(name, inputs)| {
        let problem = inputs.problem().unwrap();
        let mut tally = Tally::default();
        (compare(&problem, name, &mut tally), problem, tally)
    });
    let (mut worst, mut tally) = ([0.0_f64; 2], Tally::default());
    let mut beyond = 0;
    for (difference, problem, own) in compared.collect::<Vec<_>>() {
        tally.add(own);
        if difference.largest() <= TOLERANCE {
            worst = [0, 1].map(|i| worst[i].max(difference.relative[i]));
            continue;
        }
        let condition = condition(&problem);
        println!("condition {condition:.1e}: {}", difference.message);
        assert!(condition > LARGEST_CONDITION, "condition {condition:e}: {}", difference.message);
        beyond += 1;
    }
    let [of_values, of_derivatives] = worst;
    println!(
        "{} problems, largest relative difference of values {of_values:.1e}, of derivatives {of_derivatives:.1e}",
        problems.len()
    );
    println!("{beyond} with a condition above {LARGEST_CONDITION:e} are beyond {TOLERANCE:e}");
    println!("honest status: {tally}");
    // The random problems are well-conditioned by construction, with few exceptions.
    assert!(beyond * 500 < problems.len(), "{beyond} of {} problems differ", problems.len());
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
        let difference = compare(&problem, &format!("seed {seed}, separate dimensions"), &mut Tally::default());
        assert!(difference.largest() <= TOLERANCE, "{}", difference.message);
    }
}

/// The largest differences from the reference, and where the last of them is.
#[derive(Default)]
struct Difference {
    /// Of values, of derivatives.
    relative: [f64; 2],
    message: String,
}

impl Difference {
    fn largest(&self) -> f64 {
        self.relative[0].max(self.relative[1])
    }
}

/// Compares values, slack, a gradient and a forward derivative of every fast method with those of the reference, and
/// checks that all solutions are minima.
fn compare(problem: &OdeProblem, name: &str, tally: &mut Tally) -> Difference {
    let name = format!("{name} {:?} {:?} {:?}", problem.sizes(), problem.scheme(), problem.equation_rows());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let slack = problem.scheme().gamma_alpha().map(|_| uniform(problem.sizes().batch, &mut rng));
    let Sizes { batch, points, dims, orders, .. } = problem.sizes();
    let cotangent = Cotangent { values: uniform((batch, points, dims, orders), &mut rng), slack };
    let direction = random_direction(problem, &mut rng);
    let mut differentiate = |method: &dyn OdeSolver| {
        let refused = |error| panic!("{} on {name}: {error}", method.name());
        let (solution, pullback) = method.solve_with_pullback(problem).unwrap_or_else(refused);
        tally.check(problem, &solution, &format!("{} on {name}", method.name())).unwrap();
        let gradient =
            pullback.pull(&cotangent).unwrap_or_else(|error| panic!("{} on {name}: {error}", method.name()));
        let tangent = pullback.push(&direction).unwrap_or_else(|error| panic!("{} on {name}: {error}", method.name()));
        Derivatives { solution, gradient, tangent }
    };
    let expected = differentiate(&Dense);
    let mut worst = Difference::default();
    for method in fast_methods_for(problem) {
        let found = differentiate(&*method);
        found.compare(&expected, &format!("{} on {name}", method.name()), &mut worst);
    }
    worst
}

/// A solution and its derivatives.
struct Derivatives {
    solution: Solution,
    gradient: OdeGradient,
    tangent: Cotangent,
}

impl Derivatives {
    /// Each array by name, as a list of numbers.
    fn arrays(&self) -> Vec<(&'static str, Vec<f64>)> {
        let flat = |values: &Array4<f64>, slack: &Option<Array1<f64>>| -> Vec<f64> {
            values.iter().chain(slack.iter().flatten()).copied().collect()
        };
        let mut arrays = vec![
            ("solution", flat(&self.solution.values, &self.solution.slack)),
            ("push", flat(&self.tangent.values, &self.tangent.slack)),
        ];
        arrays.extend(INPUTS.into_iter().zip(parts(&self.gradient)));
        arrays
    }

    /// Differences relative to the largest entry of each array.
    fn compare(&self, expected: &Self, name: &str, worst: &mut Difference) {
        for ((what, found), (_, expected)) in self.arrays().into_iter().zip(expected.arrays()) {
            assert_eq!(found.len(), expected.len(), "{name}: length of {what}");
            // Entries may vanish; the size of cotangent and direction, 1, is the scale below which nothing is
            // promised.
            let scale = expected.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
            for (x, y) in found.iter().zip(&expected) {
                assert!(x.is_finite() && y.is_finite(), "{name}: {what} is {x} or {y}");
                let relative = (x - y).abs() / scale;
                let kind = usize::from(what != "solution");
                if relative > worst.relative[kind] {
                    worst.relative[kind] = relative;
                    worst.message = format!("{name}: {what} is {x:e}, the reference has {y:e}, off by {relative:e}");
                }
            }
        }
    }
}
