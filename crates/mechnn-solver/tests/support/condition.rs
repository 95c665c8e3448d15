//! Condition numbers, from the rows of the dense reference.

use mechnn_solver::OdeProblem;
use mechnn_solver::method::Dense;
use ndarray::{Array1, Array2};

/// Ratio of the largest to the smallest singular value of the matrix with its columns scaled to norm 1 (Cholesky does
/// not depend on their scale), the worst of the batch; infinite beyond 1e8, where the normal equations have no digits.
/// Hard equations count as rows like the others.
pub(crate) fn condition(problem: &OdeProblem) -> f64 {
    (0..problem.sizes().batch).map(|batch| element_condition(problem, batch)).fold(0.0, f64::max)
}

fn element_condition(problem: &OdeProblem, batch: usize) -> f64 {
    let mut matrix = Dense::assemble(problem, batch).matrix;
    for mut column in matrix.columns_mut() {
        let norm = column.dot(&column).sqrt();
        column /= norm;
    }
    let gram = matrix.t().dot(&matrix);
    let Some(factor) = cholesky(&gram) else { return f64::INFINITY };
    let largest = iterate(gram.ncols(), |x| gram.dot(x));
    let smallest = iterate(gram.ncols(), |x| solve(&factor, x)).recip();
    (largest / smallest).sqrt()
}

/// The largest eigenvalue of a positive definite map, by 30 steps of power iteration: within a few per cent.
fn iterate(n: usize, map: impl Fn(&Array1<f64>) -> Array1<f64>) -> f64 {
    let mut x = Array1::from_shape_fn(n, |i| 1.0 + 0.5 * (i as f64).sin());
    let mut size = 0.0;
    for _ in 0..30 {
        x = map(&(&x / x.dot(&x).sqrt()));
        size = x.dot(&x).sqrt();
    }
    size
}

/// L with `L L^T = matrix`, unless a pivot is lost to rounding.
fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let n = matrix.ncols();
    let mut l = Array2::zeros((n, n));
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = matrix[[i, j]] - (0..j).map(|k| l[[i, k]] * l[[j, k]]).sum::<f64>();
            if i == j && (sum.is_nan() || sum <= f64::EPSILON) {
                return None;
            }
            l[[i, j]] = if i == j { sum.sqrt() } else { sum / l[[j, j]] };
        }
    }
    Some(l)
}

fn solve(l: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    let n = l.ncols();
    let mut y = x.clone();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| l[[i, k]] * y[k]).sum();
        y[i] = (y[i] - known) / l[[i, i]];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| l[[k, i]] * y[k]).sum();
        y[i] = (y[i] - known) / l[[i, i]];
    }
    y
}
