//! Whether a solution is the minimum it claims to be, judged from the rows of the dense reference and nothing else.
#![allow(dead_code)] // each test binary uses its part

use std::fmt;

use mechnn_solver::method::Dense;
use mechnn_solver::{EquationRows, OdeProblem, Solution};
use ndarray::Array2;

/// A solution passes if what is left of the conditions of optimality is below this, relative to the sizes of the
/// numbers summed, or below the error that it admits. A backward stable method leaves some 1e-14, and this check
/// itself 1e-11 where multipliers of hard equations are 1e6 times what is left of them; a wrong row or sign leaves
/// more than 1e-3.
pub(crate) const TOLERANCE: f64 = 1e-10;

/// How many solutions passed, and the worst of them.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) solved: usize,
    pub(crate) passed: usize,
    pub(crate) worst: f64,
    /// Solutions of problems whose rows overflow in the reference, where the steps are denormal: not counted as
    /// solved.
    pub(crate) unjudged: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} solutions are minima, worst violation {:.1e}", self.passed, self.solved, self.worst)?;
        if self.unjudged > 0 { write!(f, "; {} whose rows overflow in the reference", self.unjudged) } else { Ok(()) }
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.solved += other.solved;
        self.passed += other.passed;
        self.worst = nan_max(self.worst, other.worst);
        self.unjudged += other.unjudged;
    }

    /// Checks every batch element of a solution; the message says which failed.
    pub(crate) fn check(&mut self, problem: &OdeProblem, solution: &Solution, name: &str) -> Result<(), String> {
        for batch in 0..problem.sizes().batch {
            self.check_element(problem, solution, batch, name)?;
        }
        Ok(())
    }

    pub(crate) fn check_element(
        &mut self,
        problem: &OdeProblem,
        solution: &Solution,
        batch: usize,
        name: &str,
    ) -> Result<(), String> {
        if Dense::assemble(problem, batch).matrix.iter().any(|entry| !entry.is_finite()) {
            self.unjudged += 1;
            return Ok(());
        }
        self.solved += 1;
        let left = defect(problem, solution, batch);
        self.worst = nan_max(self.worst, left);
        let limit = TOLERANCE.max(solution.info.error_estimate);
        if left <= limit {
            self.passed += 1;
            return Ok(());
        }
        Err(format!("{name}, element {batch}: optimality violated by {left:e} > {limit:e}, {:?}", solution.info))
    }
}

/// The largest violation of the conditions of optimality, each relative to the sizes of the numbers it is the sum of.
///
/// Soft: `A^T r + q e_0 = 0` with `r = b - A z`, relative to `|A|^T (|r| + |A| |z|) + |q|`.
/// Collocation: `A z = b`, relative to `|A| max |z| + |b|`, the largest of each derivative.
/// Hard: `C z = d` relative to `|C| |z| + |d|`, and `A^T r + q e_0` in the range of `C^T`.
///
/// All in units in which the entries of A and z are of order one, so that nothing overflows for scales of 1e300.
pub(crate) fn defect(problem: &OdeProblem, solution: &Solution, batch: usize) -> f64 {
    let system = Dense::assemble(problem, batch);
    let (m, n) = system.matrix.dim();
    let sizes = problem.sizes();
    let values = solution.values.index_axis(ndarray::Axis(0), batch);
    let slack = solution.slack.as_ref().map(|slack| slack[batch]);
    let z: Vec<f64> = slack.into_iter().chain(values.iter().copied()).collect();
    assert_eq!(z.len(), n);
    if z.iter().any(|z| !z.is_finite()) {
        return f64::NAN;
    }
    let hard = match problem.equation_rows() {
        EquationRows::Soft => 0,
        // The equations are the first rows.
        EquationRows::Hard => sizes.points * sizes.equations,
    };

    // Column j in units of 2^column[j], b and A z in units of 2^unit.
    let largest =
        |rows: std::ops::Range<usize>, j: usize| rows.map(|row| system.matrix[[row, j]].abs()).fold(0.0, f64::max);
    let column: Vec<i32> = (0..n).map(|j| exponent(largest(0..m, j))).collect();
    let of_data = system.rhs.iter().fold(0.0, |most: f64, b| most.max(b.abs()));
    let unit = (0..n).filter(|&j| z[j] != 0.0).map(|j| column[j] + exponent(z[j])).max().unwrap_or(i32::MIN);
    let unit = if of_data > 0.0 { unit.max(exponent(of_data)) } else { unit };
    if unit == i32::MIN {
        return if system.gamma_alpha == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let a = Array2::from_shape_fn((m, n), |(row, j)| scaled(system.matrix[[row, j]], -column[j]));
    let raw = z;
    let z: Vec<f64> = (0..n).map(|j| scaled(raw[j], column[j] - unit)).collect();
    let b: Vec<f64> = system.rhs.iter().map(|&b| scaled(b, -unit)).collect();

    let mut residual = b.clone();
    let mut size: Vec<f64> = b.iter().map(|b| b.abs()).collect();
    for ((row, j), &entry) in a.indexed_iter().filter(|(_, entry)| **entry != 0.0) {
        residual[row] -= entry * z[j];
        size[row] += (entry * z[j]).abs();
    }
    let ratio = |left: f64, size: f64| if left == 0.0 { 0.0 } else { left.abs() / size };
    if problem.scheme().collocation_nodes().is_some() {
        // A value is a sum of integrals over its element: its rounding error is that of the largest one.
        let largest = |j: usize| {
            let same = (0..n).filter(|i| i % sizes.block() == j % sizes.block());
            scaled(same.map(|i| raw[i].abs()).fold(0.0, f64::max), column[j] - unit)
        };
        let scales: Vec<f64> = (0..n).map(largest).collect();
        let of_row = |row: usize| b[row].abs() + (0..n).map(|j| a[[row, j]].abs() * scales[j]).sum::<f64>();
        return (0..m).map(|row| ratio(residual[row], of_row(row))).fold(0.0, nan_max);
    }
    let mut worst = (0..hard).map(|row| ratio(residual[row], size[row])).fold(0.0, nan_max);

    let mut gradient = vec![0.0; n];
    let mut scale = vec![0.0; n];
    if slack.is_some() {
        gradient[0] = scaled(system.gamma_alpha, -column[0] - unit);
        scale[0] = gradient[0].abs();
    }
    for ((row, j), &entry) in a.indexed_iter().filter(|((row, _), entry)| *row >= hard && **entry != 0.0) {
        gradient[j] += entry * residual[row];
        scale[j] += (entry * size[row]).abs();
    }
    if hard > 0 {
        let first = usize::from(slack.is_some());
        for point in 0..sizes.points {
            let equations = equation_rows(problem, point);
            let own = first + point * sizes.block()..first + (point + 1) * sizes.block();
            let rows = equations.map(|row| own.clone().map(|j| a[[row, j]]).collect()).collect();
            remove_range(rows, &mut gradient[own.clone()], &mut scale[own]);
        }
    }
    worst = (0..n).map(|j| ratio(gradient[j], scale[j])).fold(worst, nan_max);
    worst
}

/// Row numbers of the equations of a point, in the order of [`Dense::assemble`].
fn equation_rows(problem: &OdeProblem, point: usize) -> impl Iterator<Item = usize> {
    let sizes = problem.sizes();
    let by_equation = problem.scheme().gamma_alpha().is_some();
    (0..sizes.equations).map(move |e| if by_equation { e * sizes.points + point } else { point * sizes.equations + e })
}

/// Subtracts from `x` what lies in the span of the rows (multipliers of hard equations). What is subtracted has the
/// rounding errors of the largest entry it was computed from: `scale` grows accordingly.
fn remove_range(mut rows: Vec<Vec<f64>>, x: &mut [f64], scale: &mut [f64]) {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    // In units of each unknown's own scale, where every entry of x has the same absolute error.
    let unit: Vec<f64> = scale.iter().map(|s| if *s > 0.0 { *s } else { 1.0 }).collect();
    rows.iter_mut().for_each(|row| row.iter_mut().zip(&unit).for_each(|(r, u)| *r /= u));
    let mut y: Vec<f64> = x.iter().zip(&unit).map(|(x, u)| x / u).collect();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for mut row in rows {
        let largest = row.iter().fold(0.0, |most: f64, r| most.max(r.abs()));
        if largest == 0.0 {
            continue;
        }
        row.iter_mut().for_each(|r| *r /= largest);
        let before = dot(&row, &row).sqrt();
        for _ in 0..2 {
            for q in &basis {
                let along = dot(q, &row);
                row.iter_mut().zip(q).for_each(|(r, q)| *r -= along * q);
            }
        }
        let norm = dot(&row, &row).sqrt();
        if norm > 1e-13 * before {
            row.iter_mut().for_each(|r| *r /= norm);
            basis.push(row);
        }
    }
    for _ in 0..2 {
        for q in &basis {
            let along = dot(q, &y);
            y.iter_mut().zip(q).for_each(|(y, q)| *y -= along * q);
        }
    }
    for (j, y) in y.into_iter().enumerate() {
        (x[j], scale[j]) = (y * unit[j], unit[j]);
    }
}

/// The larger, or NaN if one is.
fn nan_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// e with `2^e <= |x| < 2^(e+1)`; 0 for 0.
fn exponent(x: f64) -> i32 {
    match x.abs() {
        0.0 => 0,
        x if x < f64::MIN_POSITIVE => exponent(x * 2f64.powi(64)) - 64,
        x => (x.to_bits() >> 52) as i32 - 1023,
    }
}

/// `x 2^e` without overflow on the way.
fn scaled(x: f64, e: i32) -> f64 {
    let (mut x, mut left) = (x, e);
    while left != 0 && x != 0.0 && x.is_finite() {
        let part = left.clamp(-1000, 1000);
        x *= 2f64.powi(part);
        left -= part;
    }
    x
}
