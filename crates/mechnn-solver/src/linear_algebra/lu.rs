//! LU factorisation of one small dense matrix with equilibrated rows and partial pivoting.
//!
//! Every row is divided by its largest entry first, so that the choice of pivots does not depend on the units of the
//! equations. The functions on slices write into memory of the caller, for many matrices of one size; called with a
//! literal size they unroll completely. [`Lu`] owns its memory.

/// Why a matrix could not be factored: the row is zero, or the column depends on those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SingularAt {
    pub(crate) index: usize,
    /// Relative pivot; not finite if the matrix is not.
    pub(crate) pivot: f64,
}

/// Below this pivot relative to its column a matrix is singular to working precision.
pub(crate) const SINGULAR: f64 = 8.0 * f64::EPSILON;

/// Numbers that a factorisation of size n needs: L and U `[n, n]`, then the factors of the rows `[n]`.
#[inline(always)]
pub(crate) fn length(n: usize) -> usize {
    n * n + n
}

/// Factors the matrix `[n, n]` at the start of `factors` in place; `exchanged[k]` is the row that became row k.
/// Returns the smallest pivot relative to the largest entry of its column.
///
/// # Errors
/// [`SingularAt`] if that is below `min_ratio`, or zero, or a number is not finite.
#[inline(always)]
pub(crate) fn factor(n: usize, factors: &mut [f64], exchanged: &mut [u32], min_ratio: f64) -> Result<f64, SingularAt> {
    let (a, scale) = factors.split_at_mut(n * n);
    for i in 0..n {
        let row = &mut a[i * n..][..n];
        let mut largest = 0.0_f64;
        for value in row.iter() {
            // A NaN is not lost: `max` would ignore it.
            largest = if value.abs() > largest || value.is_nan() { value.abs() } else { largest };
        }
        if largest == 0.0 {
            return Err(SingularAt { index: i, pivot: 0.0 });
        }
        scale[i] = 1.0 / largest;
        row.iter_mut().for_each(|value| *value *= scale[i]);
    }
    let mut smallest = 1.0_f64;
    for k in 0..n {
        // The size of the column before elimination is at most 1, its entries being at most 1: compare with what is
        // left of it and of the multiples taken from it.
        let mut size = 0.0_f64;
        for i in 0..n {
            size = size.max(a[i * n + k].abs());
        }
        let (mut pivot_row, mut pivot) = (k, a[k * n + k].abs());
        for i in k + 1..n {
            if a[i * n + k].abs() > pivot {
                (pivot_row, pivot) = (i, a[i * n + k].abs());
            }
        }
        exchanged[k] = pivot_row as u32;
        if pivot_row != k {
            for j in 0..n {
                a.swap(k * n + j, pivot_row * n + j);
            }
        }
        if !(pivot.is_finite() && size.is_finite()) {
            return Err(SingularAt { index: k, pivot: f64::NAN });
        }
        if pivot < smallest * size || pivot == 0.0 {
            smallest = if size > 0.0 { pivot / size } else { 0.0 };
        }
        if smallest < min_ratio || smallest == 0.0 {
            return Err(SingularAt { index: k, pivot: smallest });
        }
        let reciprocal = 1.0 / a[k * n + k];
        a[k * n + k] = reciprocal;
        for i in k + 1..n {
            let factor = a[i * n + k] * reciprocal;
            a[i * n + k] = factor;
            for j in k + 1..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
        }
    }
    Ok(smallest)
}

/// `x := A^-1 x`
#[inline(always)]
pub(crate) fn solve(n: usize, factors: &[f64], exchanged: &[u32], x: &mut [f64]) {
    let (a, scale) = factors.split_at(n * n);
    for i in 0..n {
        x[i] *= scale[i];
    }
    for k in 0..n {
        x.swap(k, exchanged[k] as usize);
    }
    for i in 1..n {
        let mut sum = x[i];
        for j in 0..i {
            sum -= a[i * n + j] * x[j];
        }
        x[i] = sum;
    }
    for i in (0..n).rev() {
        let mut sum = x[i];
        for j in i + 1..n {
            sum -= a[i * n + j] * x[j];
        }
        x[i] = sum * a[i * n + i];
    }
}

/// `x := A^-T x`
#[inline(always)]
pub(crate) fn solve_transposed(n: usize, factors: &[f64], exchanged: &[u32], x: &mut [f64]) {
    let (a, scale) = factors.split_at(n * n);
    for i in 0..n {
        let mut sum = x[i];
        for j in 0..i {
            sum -= a[j * n + i] * x[j];
        }
        x[i] = sum * a[i * n + i];
    }
    for i in (0..n).rev() {
        let mut sum = x[i];
        for j in i + 1..n {
            sum -= a[j * n + i] * x[j];
        }
        x[i] = sum;
    }
    for k in (0..n).rev() {
        x.swap(k, exchanged[k] as usize);
    }
    for i in 0..n {
        x[i] *= scale[i];
    }
}

/// The factors of one matrix.
#[derive(Debug, Clone)]
pub(crate) struct Lu {
    size: usize,
    /// See [`length`].
    factors: Vec<f64>,
    /// `[n]`
    exchanged: Vec<u32>,
}

impl Lu {
    /// Factors `matrix`, `[n, n]` row-major.
    ///
    /// # Errors
    /// As [`factor`].
    pub(crate) fn factor(mut matrix: Vec<f64>, size: usize, min_ratio: f64) -> Result<Self, SingularAt> {
        matrix.resize(length(size), 0.0);
        let mut exchanged = vec![0; size];
        factor(size, &mut matrix, &mut exchanged, min_ratio)?;
        Ok(Self { size, factors: matrix, exchanged })
    }

    /// log |det A|
    pub(crate) fn log_determinant(&self) -> f64 {
        let (a, scale) = self.factors.split_at(self.size * self.size);
        // The diagonal holds reciprocals, and the rows were multiplied by their scales.
        -(0..self.size).map(|i| a[i * self.size + i].abs().ln() + scale[i].ln()).sum::<f64>()
    }

    /// `x := A^-1 x`
    pub(crate) fn solve(&self, x: &mut [f64]) {
        solve(self.size, &self.factors, &self.exchanged, x);
    }

    /// `x := A^-T x`
    pub(crate) fn solve_transposed(&self, x: &mut [f64]) {
        solve_transposed(self.size, &self.factors, &self.exchanged, x);
    }
}

#[cfg(test)]
mod tests {
    use super::{Lu, SINGULAR, SingularAt, factor, length, solve, solve_transposed};

    /// Rows of very different size, and a zero where the first pivot would be.
    const MATRIX: [f64; 9] = [0.0, 2e8, 1e8, 3.0, 1.0, -2.0, 4e-9, 5e-9, 6e-9];

    #[test]
    fn solutions_satisfy_both_systems() {
        let mut factors = MATRIX.to_vec();
        factors.resize(length(3), 0.0);
        let mut exchanged = [0; 3];
        factor(3, &mut factors, &mut exchanged, SINGULAR).expect("regular");
        let right = [1e8, 2.0, 3e-9];
        let mut x = right;
        solve(3, &factors, &exchanged, &mut x);
        for i in 0..3 {
            let applied: f64 = (0..3).map(|j| MATRIX[3 * i + j] * x[j]).sum();
            assert!((applied - right[i]).abs() < 1e-14 * right[i].abs(), "row {i}: {applied:e}");
        }
        let right = [1.0, 2.0, 3.0];
        let mut x = right;
        solve_transposed(3, &factors, &exchanged, &mut x);
        for j in 0..3 {
            let applied: f64 = (0..3).map(|i| MATRIX[3 * i + j] * x[i]).sum();
            // Terms of size 1 to 10.
            assert!((applied - right[j]).abs() < 1e-14 * 10.0, "column {j}: {applied:e}");
        }
    }

    #[test]
    fn dependent_and_infinite_columns_are_found() {
        let mut dependent = vec![1.0, 2.0, 2.0, 4.0, 0.0, 0.0];
        assert_eq!(factor(2, &mut dependent, &mut [0; 2], SINGULAR), Err(SingularAt { index: 1, pivot: 0.0 }));
        let mut zero_row = vec![1.0, 2.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(factor(2, &mut zero_row, &mut [0; 2], SINGULAR), Err(SingularAt { index: 1, pivot: 0.0 }));
        for value in [f64::NAN, f64::INFINITY] {
            let mut broken = vec![1.0, 2.0, value, 4.0, 0.0, 0.0];
            assert!(factor(2, &mut broken, &mut [0; 2], SINGULAR).is_err_and(|error| error.pivot.is_nan()));
        }
    }

    #[test]
    fn the_owner_solves_as_the_slices_do_and_knows_the_determinant() {
        let lu = Lu::factor(MATRIX.to_vec(), 3, SINGULAR).expect("regular");
        let mut factors = MATRIX.to_vec();
        factors.resize(length(3), 0.0);
        let mut exchanged = [0; 3];
        factor(3, &mut factors, &mut exchanged, SINGULAR).expect("regular");
        let (mut owned, mut plain) = ([1e8, 2.0, 3e-9], [1e8, 2.0, 3e-9]);
        lu.solve(&mut owned);
        solve(3, &factors, &exchanged, &mut plain);
        assert_eq!(owned, plain);
        // 2e8 (-2 4e-9 - 3 6e-9) + 1e8 (3 5e-9 - 4e-9) = -4.1
        assert!((lu.log_determinant() - 4.1_f64.ln()).abs() < 1e-14, "{}", lu.log_determinant());
    }

    #[test]
    fn small_pivots_are_taken_where_they_are_allowed_and_zeros_never() {
        let nearly_singular = vec![1.0, 1.0, 1.0, 1.0 + 2.0 * f64::EPSILON];
        assert!(Lu::factor(nearly_singular.clone(), 2, SINGULAR).is_err());
        assert!(Lu::factor(nearly_singular, 2, 1e-30).is_ok());
        assert!(Lu::factor(vec![1.0, 2.0, 2.0, 4.0], 2, 0.0).is_err());
    }
}
