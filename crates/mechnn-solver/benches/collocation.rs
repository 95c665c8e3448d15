//! Collocation against least squares with Taylor rows: time per point and error at the same points.
//!
//! `cargo bench -p mechnn-solver --bench collocation` solves 1536 copies of y'' + y = 0 on [0, 2 pi] (one dimension, K
//! = 3, every coefficient given for every batch element and point) for a few grids, forward and with the gradient.
//! Each time is the smallest of several repetitions, divided by batch and points.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::f64::consts::PI;
use std::time::Instant;

use mechnn_solver::method::{BlockBanded, Collocation};
use mechnn_solver::{CollocationNodes, Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, TimeGrid};
use ndarray::{Array3, Array4, Array5};

const BATCH: usize = 1536;

fn main() {
    println!("{:>6} {:>22} {:>9} {:>14} {:>14} {:>12}", "N", "scheme", "error", "forward", "fwd+bwd", "ratio");
    // 49 = 1 + 4 * 12 = 1 + 6 * 8 = 1 + 2 * 24
    for points in [49, 51, 201] {
        let (_, forward, both) = report(&BlockBanded, "Taylor rows", Scheme::Taylor, points, None);
        for nodes in CollocationNodes::ALL {
            if (points - 1) % nodes.intervals() == 0 {
                let name = format!("collocation, {} nodes", nodes.count());
                report(&Collocation, &name, Scheme::Collocation { nodes }, points, Some((forward, both)));
            }
        }
    }
}

/// Prints and returns error, and nanoseconds per batch element and point, forward and with the gradient.
fn report(
    method: &dyn OdeSolver,
    name: &str,
    scheme: Scheme,
    points: usize,
    reference: Option<(f64, f64)>,
) -> (f64, f64, f64) {
    let step = 2.0 * PI / (points - 1) as f64;
    let coefficients = Array5::from_shape_fn((BATCH, points, 1, 1, 3), |(.., k)| [1.0, 0.0, 1.0][k]);
    let ode = LinearOde::new(coefficients, Array3::zeros((BATCH, points, 1)));
    let initial = InitialValues::new(Array4::from_shape_fn((BATCH, 1, 1, 2), |(.., q)| 1.0 - q as f64));
    let problem = OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &initial).expect("valid problem");
    let problem = problem.with_scheme(scheme).expect("valid scheme");
    let solution = method.solve(&problem).expect("well posed");
    let error =
        (0..points).map(|i| (solution.values[[0, i, 0, 0]] - (i as f64 * step).cos()).abs()).fold(0.0, f64::max);
    let cotangent = Cotangent { values: Array4::ones(solution.values.dim()), slack: None };
    let forward = fastest(&mut || {
        method.solve(&problem).expect("well posed");
    });
    let both = fastest(&mut || {
        let (_, pullback) = method.solve_with_pullback(&problem).expect("well posed");
        pullback.pull(&cotangent).expect("cotangent fits");
    });
    let [forward, both] = [forward, both].map(|seconds| seconds * 1e9 / (BATCH * points) as f64);
    let ratio = reference.map_or_else(String::new, |(f, b)| format!("{:.1}x {:.1}x", f / forward, b / both));
    println!("{points:>6} {name:>22} {error:>9.1e} {forward:>11.2} ns {both:>11.2} ns {ratio:>12}");
    (error, forward, both)
}

fn fastest(work: &mut dyn FnMut()) -> f64 {
    let mut once = || {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..40).map(|_| once()).fold(f64::INFINITY, f64::min)
}
