//! How far the rows of a problem are from leaving a direction open.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::OdeProblem;
use mechnn_solver::method::Dense;

/// The smallest singular value of the rows relative to the largest, after rows and columns are divided by their
/// sizes, which changes no rank. By rotations of pairs of columns (one-sided Jacobi), which find small singular values
/// as accurately as large ones; nothing is shared with the factorisations of the methods.
pub(crate) fn smallest_singular_value(problem: &OdeProblem) -> f64 {
    let matrix = Dense::assemble(problem, 0).matrix;
    let (rows, columns) = matrix.dim();
    let mut a: Vec<Vec<f64>> = (0..columns).map(|j| matrix.column(j).to_vec()).collect();
    for _ in 0..10 {
        for row in 0..rows {
            let largest = a.iter().fold(0.0, |most: f64, column| most.max(column[row].abs()));
            if largest > 0.0 {
                a.iter_mut().for_each(|column| column[row] /= largest);
            }
        }
        for column in &mut a {
            let size = norm(column);
            if size == 0.0 {
                return 0.0;
            }
            column.iter_mut().for_each(|entry| *entry /= size);
        }
    }
    for _ in 0..30 {
        let mut largest_cosine = 0.0_f64;
        for i in 0..columns {
            for j in i + 1..columns {
                let (head, tail) = a.split_at_mut(j);
                largest_cosine = largest_cosine.max(rotate(&mut head[i], &mut tail[0]));
            }
        }
        if largest_cosine < 1e-15 {
            break;
        }
    }
    let sizes = a.iter().map(|column| norm(column));
    let (least, most) = sizes.fold((f64::INFINITY, 0.0_f64), |(least, most), s| (least.min(s), most.max(s)));
    if rows < columns { 0.0 } else { least / most }
}

/// Makes two columns orthogonal; returns the cosine of the angle between them before.
fn rotate(x: &mut [f64], y: &mut [f64]) -> f64 {
    let (xx, yy) = (norm(x), norm(y));
    if xx == 0.0 || yy == 0.0 {
        return 0.0;
    }
    let xy: f64 = x.iter().zip(&*y).map(|(x, y)| (x / xx) * (y / yy)).sum();
    if xy.abs() < 1e-16 {
        return 0.0;
    }
    // tan of the angle that annihilates the product, the smaller one.
    let zeta = (yy / xx - xx / yy) / (2.0 * xy);
    let t = zeta.signum() / (zeta.abs() + 1.0_f64.hypot(zeta));
    let c = 1.0 / 1.0_f64.hypot(t);
    let s = c * t;
    x.iter_mut().zip(y).for_each(|(x, y)| (*x, *y) = (c * *x - s * *y, s * *x + c * *y));
    xy.abs()
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}
