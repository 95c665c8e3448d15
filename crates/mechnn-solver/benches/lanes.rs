//! The block-banded method on the shapes that neural training and long series have, beside the floor of the machine.
//!
//! `cargo bench -p mechnn-solver --bench lanes` first measures what one core can do (fused multiply-adds in the widest
//! registers), then prints for each shape nanoseconds per batch element and point and the share of that peak.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::Instant;

use mechnn_solver::method::BlockBanded;
use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid};
use ndarray::{Array2, Array3, Array4, Array5};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Batch, points, dimensions, orders, and the flops of a solve with its gradient, for each batch element and point.
const SHAPES: [(usize, usize, usize, usize, f64); 5] = [
    (512, 50, 3, 3, 4025.0),
    (1536, 50, 1, 3, 700.0),
    (8192, 10, 1, 5, 1750.0),
    (64, 1000, 3, 3, 4025.0),
    (16, 10_000, 1, 3, 700.0),
];

fn problem(batch: usize, points: usize, dims: usize, orders: usize, per_dimension: bool) -> OdeProblem {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut random = || rng.random_range(-0.5..0.5);
    let coefficients = Array5::from_shape_fn((batch, points, dims, dims, orders), |(_, _, e, d, k)| {
        if e == d && k + 1 == orders { 1.0 } else { random() }
    });
    let ode = LinearOde::new(coefficients, Array3::from_shape_simple_fn((batch, points, dims), &mut random));
    let steps = Array2::from_shape_simple_fn((batch, points - 1), || 0.05 * (1.0 + 0.5 * random()));
    let grid = if per_dimension {
        TimeGrid::per_dimension(points, Array3::from_shape_fn((batch, points - 1, dims), |(b, t, _)| steps[[b, t]]))
    } else {
        TimeGrid::shared(points, steps)
    };
    let initial = InitialValues::new(Array4::from_shape_simple_fn((batch, 1, dims, orders - 1), || 2.0 * random()));
    OdeProblem::new(&ode, &grid, &initial).expect("well formed")
}

/// Smallest of several times, in seconds.
fn fastest(repetitions: usize, mut work: impl FnMut()) -> f64 {
    (0..repetitions)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| argument.parse::<usize>().is_ok());
    for (batch, points, dims, orders, flops) in SHAPES {
        if wanted.as_ref().is_some_and(|wanted| *wanted != batch.to_string()) {
            continue;
        }
        for per_dimension in [false] {
            let peak = mechnn_solver::lanes::peak_flops();
            let problem = problem(batch, points, dims, orders, per_dimension);
            let count = (batch * points) as f64;
            let repetitions = if per_dimension { 2 } else { 9 };
            let forward = fastest(repetitions, || {
                BlockBanded.solve(&problem).expect("well posed");
            });
            let cotangent = Cotangent { values: Array4::ones((batch, points, dims, orders)), slack: None };
            let both = fastest(repetitions, || {
                let (_, pullback) = BlockBanded.solve_with_pullback(&problem).expect("well posed");
                pullback.pull(&cotangent).expect("cotangent fits");
            });
            let info = BlockBanded.solve(&problem).expect("well posed").info;
            println!(
                "{batch:>5} {points:>6} {dims} {orders} {} {:>9.1} {:>9.1} ns  {:.0} % of {:.0} GF/s; pivot {:.1e} error {:.1e} {:?}",
                if per_dimension { "scalar" } else { "lanes " },
                forward * 1e9 / count,
                both * 1e9 / count,
                100.0 * flops * count / both / peak,
                peak / 1e9,
                info.pivot_ratio,
                info.error_estimate,
                info.factorization
            );
        }
    }
}
