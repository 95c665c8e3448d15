//! Operations on one block. All are `inline(always)`: called with a literal block size they unroll completely.
//!
//! Matrices are row-major slices; `b` is the block size, `m` a number of columns.

/// Cholesky factor of the lower triangle of `a` `[b, b]`, in place: A = L Lᵀ. The diagonal holds 1 / l_ii.
/// Returns the smallest pivot relative to the diagonal entries in `original` `[b]`.
#[inline(always)]
pub(super) fn cholesky(b: usize, a: &mut [f64], original: &[f64]) -> f64 {
    let mut smallest = f64::INFINITY;
    for i in 0..b {
        for j in 0..i {
            let mut sum = a[i * b + j];
            for k in 0..j {
                sum -= a[i * b + k] * a[j * b + k];
            }
            a[i * b + j] = sum * a[j * b + j];
        }
        let mut pivot = a[i * b + i];
        for k in 0..i {
            pivot -= a[i * b + k] * a[i * b + k];
        }
        let ratio = pivot / original[i];
        // A NaN ratio (0/0 for an empty column, or NaN input) must count as the smallest.
        smallest = if ratio < smallest || ratio.is_nan() { ratio } else { smallest };
        a[i * b + i] = 1.0 / pivot.sqrt();
    }
    smallest
}

/// X := L⁻¹ X for X `[b, m]`, L with inverted diagonal.
#[inline(always)]
pub(super) fn forward(b: usize, l: &[f64], m: usize, x: &mut [f64]) {
    for i in 0..b {
        let (above, row) = x.split_at_mut(i * m);
        let row = &mut row[..m];
        for k in 0..i {
            let factor = l[i * b + k];
            for (value, other) in row.iter_mut().zip(&above[k * m..][..m]) {
                *value -= factor * other;
            }
        }
        let scale = l[i * b + i];
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

/// X := L⁻ᵀ X for X `[b, m]`.
#[inline(always)]
pub(super) fn backward(b: usize, l: &[f64], m: usize, x: &mut [f64]) {
    for i in (0..b).rev() {
        let (upper, below) = x.split_at_mut((i + 1) * m);
        let row = &mut upper[i * m..];
        for k in i + 1..b {
            let factor = l[k * b + i];
            for (value, other) in row.iter_mut().zip(&below[(k - i - 1) * m..][..m]) {
                *value -= factor * other;
            }
        }
        let scale = l[i * b + i];
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

/// W := W L⁻ᵀ for W `[b, b]`: every row w solves L x = w.
#[inline(always)]
pub(super) fn solve_rows(b: usize, l: &[f64], w: &mut [f64]) {
    for row in 0..b {
        let w = &mut w[row * b..][..b];
        for i in 0..b {
            let mut sum = w[i];
            for k in 0..i {
                sum -= l[i * b + k] * w[k];
            }
            w[i] = sum * l[i * b + i];
        }
    }
}

/// Lower triangle of D -= W Wᵀ.
#[inline(always)]
pub(super) fn subtract_gram(b: usize, w: &[f64], d: &mut [f64]) {
    for i in 0..b {
        for j in 0..=i {
            let mut sum = 0.0;
            for k in 0..b {
                sum += w[i * b + k] * w[j * b + k];
            }
            d[i * b + j] -= sum;
        }
    }
}

/// D -= V Wᵀ, all `[b, b]`.
#[inline(always)]
pub(super) fn subtract_product_transposed(b: usize, v: &[f64], w: &[f64], d: &mut [f64]) {
    for i in 0..b {
        for j in 0..b {
            let mut sum = 0.0;
            for k in 0..b {
                sum += v[i * b + k] * w[j * b + k];
            }
            d[i * b + j] -= sum;
        }
    }
}

/// Y -= W X for W `[b, b]`, X and Y `[b, m]`.
#[inline(always)]
pub(super) fn subtract_product(b: usize, w: &[f64], m: usize, x: &[f64], y: &mut [f64]) {
    for i in 0..b {
        let row = &mut y[i * m..][..m];
        for k in 0..b {
            let factor = w[i * b + k];
            for (value, other) in row.iter_mut().zip(&x[k * m..][..m]) {
                *value -= factor * other;
            }
        }
    }
}

/// Y -= Wᵀ X for W `[b, b]`, X and Y `[b, m]`.
#[inline(always)]
pub(super) fn subtract_transposed_product(b: usize, w: &[f64], m: usize, x: &[f64], y: &mut [f64]) {
    for k in 0..b {
        for i in 0..b {
            let factor = w[k * b + i];
            let row = &mut y[i * m..][..m];
            for (value, other) in row.iter_mut().zip(&x[k * m..][..m]) {
                *value -= factor * other;
            }
        }
    }
}

/// C -= Bᵀ B on the lower triangle of C `[m, m]`, B `[b, m]`.
#[inline(always)]
pub(super) fn subtract_border_gram(b: usize, m: usize, border: &[f64], corner: &mut [f64]) {
    for i in 0..m {
        let row = &mut corner[i * m..][..=i];
        for k in 0..b {
            let factor = border[k * m + i];
            for (value, other) in row.iter_mut().zip(&border[k * m..][..=i]) {
                *value -= factor * other;
            }
        }
    }
}

/// Y -= Bᵀ X for B `[b, m]`, X `[b, r]`, Y `[m, r]`.
#[inline(always)]
pub(super) fn subtract_border_transposed(b: usize, m: usize, border: &[f64], r: usize, x: &[f64], y: &mut [f64]) {
    for k in 0..b {
        let x = &x[k * r..][..r];
        for i in 0..m {
            let factor = border[k * m + i];
            for (value, other) in y[i * r..][..r].iter_mut().zip(x) {
                *value -= factor * other;
            }
        }
    }
}

/// X -= B Y for B `[b, m]`, Y `[m, r]`, X `[b, r]`.
#[inline(always)]
pub(super) fn subtract_border(b: usize, m: usize, border: &[f64], r: usize, y: &[f64], x: &mut [f64]) {
    for k in 0..b {
        let x = &mut x[k * r..][..r];
        for i in 0..m {
            let factor = border[k * m + i];
            for (value, other) in x.iter_mut().zip(&y[i * r..][..r]) {
                *value -= factor * other;
            }
        }
    }
}

/// Calls `$body` with `$b` a literal for the block sizes that occur most, so that every loop above unrolls.
macro_rules! with_literal_block {
    ($size:expr, $b:ident => $body:expr) => {
        match $size {
            1 => {
                let $b = 1;
                $body
            }
            2 => {
                let $b = 2;
                $body
            }
            3 => {
                let $b = 3;
                $body
            }
            4 => {
                let $b = 4;
                $body
            }
            5 => {
                let $b = 5;
                $body
            }
            6 => {
                let $b = 6;
                $body
            }
            9 => {
                let $b = 9;
                $body
            }
            other => {
                let $b = other;
                $body
            }
        }
    };
}
pub(super) use with_literal_block;
