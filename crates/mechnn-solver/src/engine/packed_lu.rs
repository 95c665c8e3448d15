//! LU factorisation of one small dense matrix with equilibrated rows and partial pivoting.
//!
//! All are `inline(always)`: called with a literal size they unroll completely.

/// Why a matrix could not be factored: the row is zero, or the column depends on those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SingularAt {
    pub(crate) index: usize,
    /// Relative pivot; not finite if the matrix is not.
    pub(crate) pivot: f64,
}

/// Below this pivot relative to its column a matrix is singular to working precision.
const SINGULAR: f64 = 8.0 * f64::EPSILON;

/// Numbers that a factorisation of size n needs: L and U `[n, n]`, then the factors of the rows `[n]`.
#[inline(always)]
pub(crate) fn length(n: usize) -> usize {
    n * n + n
}

/// Factors the matrix `[n, n]` at the start of `factors` in place; `exchanged[k]` is the row that became row k.
/// Returns the smallest pivot relative to the largest entry of its column.
#[inline(always)]
pub(crate) fn factor(n: usize, factors: &mut [f64], exchanged: &mut [u32]) -> Result<f64, SingularAt> {
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
        // The size of the column before elimination is at most 1, its entries being at most 1: compare with what is left
        // of it and of the multiples taken from it.
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
        if smallest < SINGULAR {
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

#[cfg(test)]
mod tests {
    use super::{SingularAt, factor, length, solve, solve_transposed};

    /// Rows of very different size, and a zero where the first pivot would be.
    const MATRIX: [f64; 9] = [0.0, 2e8, 1e8, 3.0, 1.0, -2.0, 4e-9, 5e-9, 6e-9];

    #[test]
    fn solutions_satisfy_both_systems() {
        let mut factors = MATRIX.to_vec();
        factors.resize(length(3), 0.0);
        let mut exchanged = [0; 3];
        factor(3, &mut factors, &mut exchanged).unwrap_or_else(|error| panic!("{error:?}"));
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
        assert_eq!(factor(2, &mut dependent, &mut [0; 2]), Err(SingularAt { index: 1, pivot: 0.0 }));
        let mut zero_row = vec![1.0, 2.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(factor(2, &mut zero_row, &mut [0; 2]), Err(SingularAt { index: 1, pivot: 0.0 }));
        for value in [f64::NAN, f64::INFINITY] {
            let mut broken = vec![1.0, 2.0, value, 4.0, 0.0, 0.0];
            assert!(factor(2, &mut broken, &mut [0; 2]).is_err_and(|error| error.pivot.is_nan()));
        }
    }
}
