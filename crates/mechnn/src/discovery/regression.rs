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
