//! Linear least squares, for first guesses.

use mechnn_solver::engine::BandedMatrix;

/// Relative ridge: keeps collinear columns from cancelling each other with huge coefficients.
const RIDGE: f64 = 1e-8;

/// Coefficients that minimise `|A θ - y|²` plus a small ridge in units of each column.
///
/// # Shapes
/// - `rows`: each `[P]`
/// - result: `[P]`, zero for columns that are zero
pub(super) fn least_squares<'a>(columns: usize, rows: impl Iterator<Item = (&'a [f64], f64)>) -> Vec<f64> {
    let mut gram = vec![0.0; columns * columns];
    let mut right = vec![0.0; columns];
    for (row, y) in rows {
        for i in 0..columns {
            right[i] += row[i] * y;
            for j in 0..=i {
                gram[i * columns + j] += row[i] * row[j];
            }
        }
    }
    let scale: Vec<f64> = (0..columns).map(|i| gram[i * columns + i].sqrt().max(f64::MIN_POSITIVE)).collect();
    let mut matrix = BandedMatrix::zeros(1, columns, 1, 0);
    for i in 0..columns {
        for j in 0..=i {
            let ridge = if i == j { RIDGE } else { 0.0 };
            matrix.diagonal_mut(0)[i * columns + j] = gram[i * columns + j] / (scale[i] * scale[j]) + ridge;
        }
        right[i] /= scale[i];
    }
    // The ridge makes the matrix positive definite; should rounding win nevertheless, zero is a safe first guess.
    match matrix.factor(0.0) {
        Ok(factor) => factor.solve_in_place(1, &mut right, &mut []),
        Err(_) => right.fill(0.0),
    }
    right.iter().zip(&scale).map(|(theta, scale)| theta / scale).collect()
}

/// Which columns differ from every combination of those before them: a column of which less than this (squared,
/// relative) is left after projection is the same function on these rows.
const INDISTINCT: f64 = 1e-12;

/// Marks the columns that are no linear combination of the marked ones before them.
pub(super) fn distinct_columns<'a>(columns: usize, rows: impl Iterator<Item = &'a [f64]>) -> Vec<bool> {
    let mut gram = vec![0.0; columns * columns];
    for row in rows {
        for i in 0..columns {
            for j in 0..=i {
                gram[i * columns + j] += row[i] * row[j];
            }
        }
    }
    let scale: Vec<f64> = (0..columns).map(|i| gram[i * columns + i].sqrt()).collect();
    let mut distinct = vec![false; columns];
    // Cholesky of the normalised Gram matrix that leaves out dependent columns.
    let mut factor = vec![0.0; columns * columns];
    for i in 0..columns {
        if scale[i] <= 0.0 {
            continue;
        }
        let mut pivot = 1.0;
        for j in (0..i).filter(|&j| distinct[j]) {
            let product: f64 = (0..j).map(|k| factor[i * columns + k] * factor[j * columns + k]).sum();
            let entry = gram[i * columns + j] / (scale[i] * scale[j]) - product;
            factor[i * columns + j] = entry / factor[j * columns + j];
            pivot -= factor[i * columns + j].powi(2);
        }
        distinct[i] = pivot > INDISTINCT;
        factor[i * columns + i] = pivot.max(0.0).sqrt();
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_of_earlier_columns_is_not_distinct() {
        // 1, t, t^2, 3 - 2 t, 0, t^3 on twenty points
        let rows: Vec<[f64; 6]> =
            (0..20).map(|i| 0.1 * f64::from(i)).map(|t| [1.0, t, t * t, 3.0 - 2.0 * t, 0.0, t.powi(3)]).collect();
        let distinct = distinct_columns(6, rows.iter().map(|row| &row[..]));
        assert_eq!(distinct, [true, true, true, false, false, true]);
    }

    #[test]
    fn exact_coefficients_are_found() {
        let rows: Vec<[f64; 2]> = (0..10).map(|i| [1.0, f64::from(i)]).collect();
        let theta = least_squares(2, rows.iter().map(|row| (&row[..], 2.0 - 0.5 * row[1])));
        // The ridge of 1e-8 is what keeps it from being exact.
        assert!((theta[0] - 2.0).abs() < 1e-6 && (theta[1] + 0.5).abs() < 1e-6, "{theta:?}");
    }
}
