//! LU factors of one small dense matrix.

/// `P M = L U` with row exchanges; not symmetric positive definite, so the engine's Cholesky factors do not apply.
#[derive(Debug, Clone)]
pub(crate) struct Lu {
    n: usize,
    /// U on and above the diagonal, L (unit diagonal) below, `[n, n]` row-major.
    values: Vec<f64>,
    /// Row exchanged with row k in step k, `[n]`.
    exchanges: Vec<usize>,
}

/// A column without a usable pivot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Singular {
    /// Largest candidate relative to the largest entry of the column before elimination; NaN if not finite.
    pub(crate) ratio: f64,
}

impl Lu {
    /// Factors `values`, `[n, n]` row-major. Pivots at or below `min_ratio` times the column's largest entry are refused.
    pub(crate) fn factor(mut values: Vec<f64>, n: usize, min_ratio: f64) -> Result<Self, Singular> {
        let largest = |k: usize| (0..n).fold(0.0f64, |max, i| max.max(values[i * n + k].abs()));
        let columns: Vec<f64> = (0..n).map(largest).collect();
        let mut exchanges = Vec::with_capacity(n);
        for k in 0..n {
            let mut pivot = k;
            for i in k + 1..n {
                if values[i * n + k].abs() > values[pivot * n + k].abs() {
                    pivot = i;
                }
            }
            let size = values[pivot * n + k].abs();
            // Written so that NaN is refused; an infinite entry gives NaN or infinity here.
            if !(size > min_ratio * columns[k] && size.is_finite() && size > 0.0) {
                return Err(Singular { ratio: size / columns[k] });
            }
            exchanges.push(pivot);
            if pivot != k {
                (0..n).for_each(|j| values.swap(k * n + j, pivot * n + j));
            }
            let (upper, lower) = values.split_at_mut((k + 1) * n);
            let pivot_row = &upper[k * n..];
            for row in lower.chunks_exact_mut(n) {
                let factor = row[k] / pivot_row[k];
                row[k] = factor;
                if factor != 0.0 {
                    for j in k + 1..n {
                        row[j] -= factor * pivot_row[j];
                    }
                }
            }
        }
        Ok(Self { n, values, exchanges })
    }

    /// log |det M|
    pub(crate) fn log_determinant(&self) -> f64 {
        (0..self.n).map(|i| self.values[i * self.n + i].abs().ln()).sum()
    }

    /// `x <- M^-1 x`
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let n = self.n;
        for k in 0..n {
            x.swap(k, self.exchanges[k]);
        }
        for i in 0..n {
            let row = &self.values[i * n..(i + 1) * n];
            let sum: f64 = row[..i].iter().zip(&*x).map(|(l, x)| l * x).sum();
            x[i] -= sum;
        }
        for i in (0..n).rev() {
            let row = &self.values[i * n..(i + 1) * n];
            let sum: f64 = row[i + 1..].iter().zip(&x[i + 1..]).map(|(u, x)| u * x).sum();
            x[i] = (x[i] - sum) / row[i];
        }
    }

    /// `x <- M^-T x`
    pub(crate) fn solve_transposed(&self, x: &mut [f64]) {
        let n = self.n;
        // M' = U' L' P: U' y = x, L' z = y, x = P' z.
        for i in 0..n {
            x[i] /= self.values[i * n + i];
            for j in i + 1..n {
                x[j] -= self.values[i * n + j] * x[i];
            }
        }
        for i in (0..n).rev() {
            for j in 0..i {
                x[j] -= self.values[i * n + j] * x[i];
            }
        }
        for k in (0..n).rev() {
            x.swap(k, self.exchanges[k]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_transposed_solves_agree_with_the_matrix() {
        // Zero diagonal: wrong without row exchanges.
        let matrix = vec![0.0, 2.0, -1.0, 3.0, 0.0, 1.0, 1.0, 4.0, 0.0];
        let factor = Lu::factor(matrix.clone(), 3, 0.0).expect("regular");
        let solution = [1.0, -2.0, 0.5];
        let entry = |i: usize, j: usize| matrix[3 * i + j];
        let mut plain: Vec<f64> = (0..3).map(|i| (0..3).map(|j| entry(i, j) * solution[j]).sum()).collect();
        let mut transposed: Vec<f64> = (0..3).map(|i| (0..3).map(|j| entry(j, i) * solution[j]).sum()).collect();
        factor.solve(&mut plain);
        factor.solve_transposed(&mut transposed);
        for d in 0..3 {
            assert!((plain[d] - solution[d]).abs() < 1e-14 && (transposed[d] - solution[d]).abs() < 1e-14);
        }
    }

    #[test]
    fn singular_and_non_finite_matrices_are_refused() {
        assert!(Lu::factor(vec![1.0, 2.0, 2.0, 4.0], 2, 1e-14).is_err());
        assert!(Lu::factor(vec![1.0, f64::NAN, 2.0, 4.0], 2, 0.0).is_err());
        assert!(Lu::factor(vec![f64::INFINITY, 1.0, 2.0, 4.0], 2, 0.0).is_err());
    }
}
