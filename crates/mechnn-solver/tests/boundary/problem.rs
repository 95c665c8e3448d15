//! What is posed on an interval, solved and printed.

use mechnn_solver::nonlinear::{BoundarySolution, BoundarySolver, LinearConditions};
use ndarray::Array2;

use crate::equations::Equations;

pub(crate) fn uniform(end: f64, count: usize) -> Vec<f64> {
    (0..=count).map(|k| end * k as f64 / count as f64).collect()
}

/// A straight line from `first` to `last`, and its slope.
pub(crate) fn line(times: &[f64], first: f64, last: f64) -> Array2<f64> {
    let (start, length) = (times[0], times[times.len() - 1] - times[0]);
    let slope = (last - first) / length;
    Array2::from_shape_fn((times.len(), 2), |(n, d)| [first + slope * (times[n] - start), slope][d])
}

pub(crate) fn dirichlet(first: f64, last: f64) -> LinearConditions {
    LinearConditions::separated(2, &[(0, first)], &[(0, last)]).unwrap()
}

/// Bratu's solutions: `u = -2 ln(cosh((x - 1/2) q / 2) / cosh(q / 4))` with `q = sqrt(2 λ) cosh(q / 4)`.
pub(crate) fn bratu(lambda: f64, is_upper: bool) -> impl Fn(f64) -> f64 {
    // The two roots of g(q) are on either side of its maximum, where q / 4 = coth(q / 4): q = 4.7987.
    let g = |q: f64| q - (2.0 * lambda).sqrt() * (q / 4.0).cosh();
    let (mut low, mut high) = if is_upper { (4.798_714_561_030_936, 60.0) } else { (0.0, 4.798_714_561_030_936) };
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        let is_low = if is_upper { g(middle) > 0.0 } else { g(middle) < 0.0 };
        if is_low { low = middle } else { high = middle }
    }
    let q = 0.5 * (low + high);
    move |x| -2.0 * (((x - 0.5) * q / 2.0).cosh() / (q / 4.0).cosh()).ln()
}

pub(crate) fn solve<'a>(
    equations: &'a Equations,
    theta: &[f64],
    conditions: &LinearConditions,
    times: &[f64],
    guess: &Array2<f64>,
    tolerance: f64,
) -> BoundarySolution<'a> {
    let solver = BoundarySolver::with_tolerance(tolerance, tolerance);
    solver.solve(equations, theta, conditions, times, guess.view()).unwrap()
}

pub(crate) fn report(name: &str, tolerance: f64, error: f64, solution: &BoundarySolution<'_>) {
    println!(
        "{name:>22}, tolerance {tolerance:.0e}: error {error:.1e}, estimate {:.1e}, {:?}",
        solution.info.largest_error * tolerance,
        solution.info
    );
}
