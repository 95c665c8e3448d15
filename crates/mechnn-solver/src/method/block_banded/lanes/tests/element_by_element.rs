//! The lanes against the code that solves one element at a time, over everything that the lanes accept.

use ndarray::Array4;

use super::gradient_parts::{difference, gradient_parts};
use super::lane_run::evidence;
use super::random_problem::{Axes, RandomProblem, SCHEMES, random_seeds};
use crate::gradient::Cotangent;
use crate::method::block_banded::BlockBanded;
use crate::method::block_banded::lanes::supports;
use crate::method::solver::OdeSolver;
use crate::problem::Scheme;

/// All shapes for which there is a kernel, D and K.
const SHAPES: [(usize, usize); 8] = [(1, 2), (1, 3), (1, 4), (1, 5), (2, 2), (2, 3), (3, 2), (3, 3)];

/// More than two groups of the widest lanes, and every number of lanes in the last one.
const LARGEST_BATCH: usize = 17;

/// How many times the sum of both estimates the values may differ, whose larger one is the difference, mostly: single
/// elements with pivots above 1e-2 are not refined.
const TIMES_ESTIMATES: f64 = 2.0;

/// How much gradients may differ, relative to the largest of an input: a loss that is known, and written down in
/// `docs/src/concepts/lanes.md`. The lanes compute the residuals ρ and the rows μ from rounded values, single elements
/// carry them as unknowns of their own. In the sums `ρ λ - μ x` a large λ magnifies the difference.
fn gradient_tolerance(orders: usize) -> f64 {
    if orders > 3 { 1e-7 } else { 1e-10 }
}

#[test]
fn lanes_and_single_elements_agree_for_all_shapes_schemes_axes_and_batches() {
    for (dims, orders) in SHAPES {
        for (index, scheme) in SCHEMES.into_iter().enumerate() {
            for batch in 1..=LARGEST_BATCH {
                // Two points, whole chunks, and more.
                let points = [2, 5, 8, 9, 16, 20][batch % 6];
                let shape = [batch, points, dims, orders];
                let seed = (100 * batch + 10 * index + orders) as u64;
                let inputs = RandomProblem::new(seed, shape, scheme, Axes::SomeBroadcast);
                let name = format!("{shape:?} {} seed {seed}", scheme.name());
                let (problem, apart) = (inputs.problem(), inputs.with_clocks());
                assert!(!supports(&apart), "{name}");
                if scheme == Scheme::IntegratedWiener && orders > 3 {
                    assert!(!supports(&problem), "{name}");
                    continue;
                }
                assert!(supports(&problem), "{name}");
                assert!(evidence(&problem).iter().all(Option::is_some), "{name}: left by the lanes");
                let cotangent = Cotangent { values: random_seeds(seed, shape), slack: None };
                let [found, expected] = [problem, apart].map(|problem| {
                    let (solution, pullback) = BlockBanded.solve_with_pullback(&problem).expect("well posed");
                    (solution, pullback.pull(&cotangent).expect("finite"))
                });
                let numbers = |values: &Array4<f64>| values.iter().copied().collect::<Vec<_>>();
                let error = difference(&numbers(&found.0.values), &numbers(&expected.0.values));
                let estimate = found.0.info.error_estimate + expected.0.info.error_estimate;
                assert!(
                    error <= TIMES_ESTIMATES * estimate,
                    "{name}: values differ by {error:e}, estimates {estimate:e}"
                );
                for ((input, found), (_, expected)) in gradient_parts(&found.1).iter().zip(gradient_parts(&expected.1))
                {
                    let error = difference(found, &expected);
                    assert!(error <= gradient_tolerance(orders), "{name}: gradients of {input} differ by {error:e}");
                }
            }
        }
    }
}
