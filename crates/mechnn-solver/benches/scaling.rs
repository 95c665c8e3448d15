//! Time and memory against the number of points: both must be linear.
//!
//! `cargo bench -p mechnn-solver --bench scaling` prints, for N from 1e3 to 1e6 (batch 1, one dimension, order 2), the
//! time of a forward solve and of a solve with its gradient, per point, and the peak memory of the process so far.
//! Each time is the smallest of several repetitions.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::time::{Duration, Instant};

use mechnn_solver::method::BlockBanded;
use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid};
use ndarray::{Array2, Array3, Array4, Array5};

fn main() {
    println!(
        "{:>9} {:>13} {:>13} {:>13} {:>13} {:>11}",
        "points", "forward", "per point", "fwd+bwd", "per point", "peak RSS"
    );
    for points in [1_000, 10_000, 100_000, 1_000_000] {
        let problem = damped_oscillator(points);
        let repetitions = (2_000_000 / points).clamp(3, 50);
        let forward = fastest(repetitions, || {
            BlockBanded.solve(&problem).expect("well posed");
        });
        let cotangent = Cotangent { values: Array4::ones((1, points, 1, 3)), slack: None };
        let both = fastest(repetitions, || {
            let (_, pullback) = BlockBanded.solve_with_pullback(&problem).expect("well posed");
            pullback.pull(&cotangent).expect("cotangent fits");
        });
        let per_point = |time: Duration| format!("{:.1} ns", time.as_secs_f64() * 1e9 / points as f64);
        println!(
            "{points:>9} {:>10.3} ms {:>13} {:>10.3} ms {:>13} {:>11}",
            forward.as_secs_f64() * 1e3,
            per_point(forward),
            both.as_secs_f64() * 1e3,
            per_point(both),
            peak_memory()
        );
    }
}

/// u'' + 0.1 (1 + sin t) u' + u = cos 2t with coefficients and steps of their own at every point (nothing broadcast).
/// The forcing keeps the solution from decaying into subnormal numbers, which are slow.
fn damped_oscillator(points: usize) -> OdeProblem {
    let step = 0.05;
    let coefficients = Array5::from_shape_fn((1, points, 1, 1, 3), |(_, t, _, _, k)| match k {
        1 => 0.1 * (1.0 + (step * t as f64).sin()),
        _ => 1.0,
    });
    let forcing = Array3::from_shape_fn((1, points, 1), |(_, t, _)| (2.0 * step * t as f64).cos());
    let ode = LinearOde::new(coefficients, forcing);
    let steps = Array2::from_shape_fn((1, points - 1), |(_, t)| step * (1.0 + 0.1 * (t as f64).sin()));
    let initial = InitialValues::new(Array4::from_shape_fn((1, 1, 1, 2), |(_, _, _, q)| 1.0 - q as f64));
    OdeProblem::new(&ode, &TimeGrid::shared(points, steps), &initial).expect("valid problem")
}

fn fastest(repetitions: usize, mut work: impl FnMut()) -> Duration {
    let once = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..repetitions).map(|_| once(&mut work)).min().unwrap_or_default()
}

/// Peak resident set size of this process, where the system tells (Linux).
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.map_or_else(|| "unknown".to_owned(), |kib| format!("{:.0} MiB", kib / 1024.0))
}
