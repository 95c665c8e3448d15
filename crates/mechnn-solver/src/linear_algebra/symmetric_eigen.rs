//! Eigenvalues and eigenvectors of a small symmetric matrix.

/// Sweeps after which off-diagonal entries are rounding, for any matrix met in practice.
const SWEEPS: usize = 60;

/// Eigenvalues with their eigenvectors of unit length, in no particular order, by cyclic Jacobi rotations.
///
/// `matrix` is `[P, P]`, row-major and symmetric. Golub & Van Loan, Matrix Computations, section 8.5.
pub fn symmetric_eigen(mut matrix: Vec<f64>, p: usize) -> Vec<(f64, Vec<f64>)> {
    let mut vectors: Vec<f64> = (0..p * p).map(|index| if index / p == index % p { 1.0 } else { 0.0 }).collect();
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for i in 0..p {
            for j in i + 1..p {
                let (a, b, c) = (matrix[i * p + i], matrix[j * p + j], matrix[i * p + j]);
                let small = f64::EPSILON * (a * b).abs().sqrt();
                if c.is_nan() || small.is_nan() || c.abs() <= small || c.abs() <= f64::MIN_POSITIVE {
                    continue;
                }
                rotated = true;
                let tau = (b - a) / (2.0 * c);
                let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
                let cos = t.hypot(1.0).recip();
                let sin = t * cos;
                for k in 0..p {
                    // A ← A J, V ← V J
                    for rows in [&mut matrix, &mut vectors] {
                        let (left, right) = (rows[k * p + i], rows[k * p + j]);
                        rows[k * p + i] = cos * left - sin * right;
                        rows[k * p + j] = sin * left + cos * right;
                    }
                }
                for k in 0..p {
                    // A ← J' A
                    let (upper, lower) = (matrix[i * p + k], matrix[j * p + k]);
                    matrix[i * p + k] = cos * upper - sin * lower;
                    matrix[j * p + k] = sin * upper + cos * lower;
                }
            }
        }
        if !rotated {
            break;
        }
    }
    (0..p).map(|k| (matrix[k * p + k], (0..p).map(|i| vectors[i * p + k]).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::symmetric_eigen;

    #[test]
    fn a_v_is_lambda_v() {
        let p = 6;
        // Symmetric, indefinite, of entries between -1 and 1.
        let entry = |i: usize, j: usize| ((i * j + i + j) as f64 * 12.9898).sin();
        let matrix: Vec<f64> = (0..p * p).map(|index| entry(index / p, index % p)).collect();
        let found = symmetric_eigen(matrix.clone(), p);
        for (value, vector) in &found {
            assert!((vector.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-13);
            for i in 0..p {
                let product: f64 = (0..p).map(|j| matrix[i * p + j] * vector[j]).sum();
                assert!((product - value * vector[i]).abs() < 1e-13, "{product} and {}", value * vector[i]);
            }
        }
        let trace: f64 = (0..p).map(|i| matrix[i * p + i]).sum();
        assert!((found.iter().map(|(value, _)| value).sum::<f64>() - trace).abs() < 1e-13);
    }

    #[test]
    fn equal_eigenvalues_and_rounding_end() {
        let found = symmetric_eigen(vec![1.0, 1.0, 1.0, 1.0], 2);
        let mut values: Vec<f64> = found.iter().map(|(value, _)| *value).collect();
        values.sort_by(f64::total_cmp);
        assert!(values[0].abs() < 1e-15 && (values[1] - 2.0).abs() < 1e-15, "{values:?}");
        assert!(symmetric_eigen(Vec::new(), 0).is_empty());
    }
}
