//! How many digits the gradients of the lanes have, against the dense reference.

use super::gradient_parts::{difference, gradient_parts};
use super::lane_run::evidence;
use super::random_problem::{Axes, RandomProblem, SCHEMES, random_seeds};
use crate::gradient::Cotangent;
use crate::method::Dense;
use crate::method::block_banded::BlockBanded;
use crate::method::block_banded::lanes::supports;
use crate::method::solver::OdeSolver;

/// The numbers of "What gradients lose" in `docs/src/concepts/lanes.md`: K, steps relative to 0.5, and what may be
/// lost.
fn documented(orders: usize, steps: f64) -> f64 {
    let are_short = usize::from(steps < 1.0);
    match orders {
        2 | 3 => [1e-11, 3e-10][are_short],
        // Mostly found one by one.
        _ => 1e-9,
    }
}

#[test]
fn gradients_have_the_digits_that_are_documented() {
    for (dims, orders) in [(1, 2), (1, 3), (1, 4), (1, 5), (2, 3)] {
        for scheme in SCHEMES {
            for seed in 0..6 {
                for relative in [1.0, 0.1] {
                    let shape = [1, 20, dims, orders];
                    let mut inputs = RandomProblem::new(seed, shape, scheme, Axes::Full);
                    inputs.steps *= relative;
                    let problem = inputs.problem();
                    if !supports(&problem) || evidence(&problem)[0].is_none() {
                        continue;
                    }
                    let cotangent = Cotangent { values: random_seeds(seed, shape), slack: None };
                    let methods: [&dyn OdeSolver; 2] = [&BlockBanded, &Dense];
                    let [found, expected] = methods.map(|method| {
                        let (_, pullback) = method.solve_with_pullback(&problem).expect("well posed");
                        gradient_parts(&pullback.pull(&cotangent).expect("finite"))
                    });
                    for ((input, found), (_, expected)) in found.iter().zip(&expected) {
                        let (error, limit) = (difference(found, expected), documented(orders, relative));
                        let name = format!("{shape:?} {} seed {seed} steps {relative}", scheme.name());
                        assert!(error <= limit, "{name}: gradient of {input} is {error:e} off, documented {limit:e}");
                    }
                }
            }
        }
    }
}
