//! Operations on rows of the border. All are `inline(always)`: called with a literal block size they unroll.
//!
//! A panel is `[b, w]` groups of columns, row-major; `b` is the block size.

use super::columns::{Columns, WIDTH};
use crate::lanes::Real;

/// Y += Aᵀ X for A `[b, b]`, X and Y `[b, w]`.
#[inline(always)]
pub(super) fn add_transposed_product<V: Real>(b: usize, a: &[f64], w: usize, x: &[Columns], y: &mut [Columns]) {
    let (a, x, y) = (&a[..b * b], &x[..b * w], &mut y[..b * w]);
    for c in 0..w {
        for first in (0..WIDTH).step_by(V::LANES) {
            for i in 0..b {
                let mut sum: V = y[i * w + c].load(first);
                for k in 0..b {
                    sum = V::splat(a[k * b + i]).mul_add(x[k * w + c].load(first), sum);
                }
                y[i * w + c].store(first, sum);
            }
        }
    }
}

/// Y -= W X for W `[b, b]`, X and Y `[b, w]`.
#[inline(always)]
pub(super) fn subtract_product<V: Real>(b: usize, a: &[f64], w: usize, x: &[Columns], y: &mut [Columns]) {
    let (a, x, y) = (&a[..b * b], &x[..b * w], &mut y[..b * w]);
    for c in 0..w {
        for first in (0..WIDTH).step_by(V::LANES) {
            for i in 0..b {
                let mut sum: V = y[i * w + c].load(first);
                for k in 0..b {
                    sum = V::splat(a[i * b + k]).neg_mul_add(x[k * w + c].load(first), sum);
                }
                y[i * w + c].store(first, sum);
            }
        }
    }
}

/// X := L⁻¹ X for X `[b, w]`, L `[b, b]` with inverted diagonal.
#[inline(always)]
pub(super) fn forward<V: Real>(b: usize, l: &[f64], w: usize, x: &mut [Columns]) {
    let (l, x) = (&l[..b * b], &mut x[..b * w]);
    for c in 0..w {
        for first in (0..WIDTH).step_by(V::LANES) {
            for i in 0..b {
                let mut sum: V = x[i * w + c].load(first);
                for k in 0..i {
                    sum = V::splat(l[i * b + k]).neg_mul_add(x[k * w + c].load(first), sum);
                }
                x[i * w + c].store(first, sum * V::splat(l[i * b + i]));
            }
        }
    }
}

/// The product of a row `[w]` with a vector `[w]`. It is summed in the same order on all lanes.
#[inline(always)]
pub(super) fn dot<V: Real>(row: &[Columns], vector: &[Columns]) -> f64 {
    let mut sums = Columns::ZERO;
    for first in (0..WIDTH).step_by(V::LANES) {
        let mut sum = V::splat(0.0);
        for (row, vector) in row.iter().zip(vector) {
            sum = row.load::<V>(first).mul_add(vector.load(first), sum);
        }
        sums.store(first, sum);
    }
    let [a, b, c, d, e, f, g, h] = sums.0;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// Lower triangle of C += `sign` Xᵀ X for X `[rows, w]`, of which the first `columns` columns count; C is
/// `[8 w, w]`, `sign` 1 or -1.
#[inline(always)]
pub(crate) fn add_gram_of_rows<V: Real>(sign: f64, x: &[Columns], w: usize, columns: usize, corner: &mut [Columns]) {
    // As many sums at a time as hide the latency of an addition, but no more rows than there are.
    match columns {
        0..=4 => add_gram::<V, 4>(sign, x, w, columns, corner),
        _ => add_gram::<V, 8>(sign, x, w, columns, corner),
    }
}

#[inline(always)]
fn add_gram<V: Real, const R: usize>(sign: f64, x: &[Columns], w: usize, columns: usize, corner: &mut [Columns]) {
    for i in (0..columns).step_by(R) {
        let (group, within) = (i / WIDTH, i % WIDTH);
        for c in 0..=group {
            for first in (0..WIDTH).step_by(V::LANES) {
                if c * WIDTH + first >= i + R {
                    continue; // above the diagonal
                }
                // C[i..i+R, 8c+first..] += sign sum over rows of x[i..i+R] x[8c+first..]
                let mut sums = [V::splat(0.0); R];
                for row in x.chunks_exact(w) {
                    let factors = &row[group].0[within..within + R];
                    let values = row[c].load::<V>(first);
                    for r in 0..R {
                        sums[r] = V::splat(factors[r]).mul_add(values, sums[r]);
                    }
                }
                for r in 0..R {
                    let target = &mut corner[(i + r) * w + c];
                    let sum = V::splat(sign).mul_add(sums[r], target.load(first));
                    target.store(first, sum);
                }
            }
        }
    }
}
