//! The block-banded method on the shapes of neural training and of long series, beside what the processor can do.
//!
//! `cargo bench -p mechnn-solver --bench lanes` prints for each shape the nanoseconds of one core for each batch element
//! and point, forward and with the gradient, the share of the core's peak that is, and how many times longer the
//! method takes that solves element by element (it gets the same problem with one clock for each dimension). Shapes are
//! measured in rounds, one after the other; the numbers are the smallest and, for ratios, the median and the range.
//! Arguments that are numbers choose shapes by their batch, `-- 512 64`; `-- alone` leaves the other method out.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::Instant;

use mechnn_solver::lanes::peak_flops;
use mechnn_solver::method::BlockBanded;
use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, OdeSolver, TimeGrid};
use ndarray::{Array2, Array3, Array4, Array5};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::ThreadPoolBuilder;

/// Batch, points, dimensions, orders, and the reference flops of a refined solve with its refined gradient, for each
/// batch element and point.
const SHAPES: [(usize, usize, usize, usize, f64); 6] = [
    (512, 50, 3, 3, 4025.0),
    (1536, 50, 1, 3, 700.0),
    (8192, 10, 1, 5, 1750.0),
    (64, 1000, 3, 3, 4025.0),
    (16, 10_000, 1, 3, 700.0),
    (1, 10_000, 1, 3, 700.0),
];

const ROUNDS: usize = 5;

/// Solves of each round, of which the fastest counts.
const REPETITIONS: usize = 5;

fn main() {
    let alone = std::env::args().any(|argument| argument == "alone");
    let wanted: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let shapes = SHAPES.iter().filter(|shape| wanted.is_empty() || wanted.contains(&shape.0));
    let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    println!("ns for each batch element and point, one core; ratios to element by element: median [least, most]");
    println!("    B      N  D  K   forward   f + b   share of peak   ratio forward      ratio f + b        error");
    for &(batch, points, dims, orders, flops) in shapes {
        let count = (batch * points) as f64;
        let [in_lanes, one_by_one] = [false, true].map(|apart| problem(batch, points, dims, orders, apart));
        let mut best = [f64::INFINITY; 2];
        let mut ratios = [vec![], vec![]];
        let mut peak: f64 = 0.0;
        for _ in 0..ROUNDS {
            peak = peak.max(peak_flops());
            let own = pool.install(|| seconds(&in_lanes, REPETITIONS));
            let other = if alone { [f64::NAN; 2] } else { pool.install(|| seconds(&one_by_one, 1)) };
            for way in 0..2 {
                best[way] = best[way].min(own[way] * 1e9 / count);
                ratios[way].push(other[way] / own[way]);
            }
        }
        let [forward, both] = ratios.map(|mut ratios| {
            ratios.sort_by(f64::total_cmp);
            format!("{:.1} [{:.1}, {:.1}]", ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1])
        });
        println!(
            "{batch:>5} {points:>6} {dims:>2} {orders:>2} {:>9.1} {:>7.1}   {:>3.0} % of {:>3.0} GF/s  {forward:<18} {both:<18} {:.0e}",
            best[0],
            best[1],
            100.0 * flops / best[1] / peak * 1e9,
            peak * 1e-9,
            BlockBanded.solve(&in_lanes).expect("well posed").info.error_estimate,
        );
    }
}

/// Random coefficients and steps, different everywhere.
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
    let initial = Array4::from_shape_simple_fn((batch, 1, dims, orders - 1), || 2.0 * random());
    OdeProblem::new(&ode, &grid, &InitialValues::new(initial)).expect("well formed")
}

/// The fastest of several solves, and of several with a gradient.
fn seconds(problem: &OdeProblem, repetitions: usize) -> [f64; 2] {
    let sizes = problem.sizes();
    let cotangent =
        Cotangent { values: Array4::ones((sizes.batch, sizes.points, sizes.dims, sizes.orders)), slack: None };
    let mut solution = BlockBanded.solve(problem).expect("well posed");
    let mut gradient = OdeGradient::zeros(problem);
    let forward = fastest(repetitions, || {
        BlockBanded.solve_into(problem, &mut solution).expect("well posed");
    });
    let both = fastest(repetitions, || {
        let (_, pullback) = BlockBanded.solve_with_pullback(problem).expect("well posed");
        pullback.pull_into(&cotangent, &mut gradient).expect("the cotangent fits");
    });
    [forward, both]
}

fn fastest(repetitions: usize, mut work: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..repetitions).map(once).fold(f64::INFINITY, f64::min)
}
