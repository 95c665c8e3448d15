//! The small dense systems of every lane: L U without exchanges of rows, and how far they may be trusted.

use crate::lanes::{Real, unroll};

/// L (unit diagonal) and U of a matrix `[N, N]`; the diagonal holds the reciprocals of U's.
#[derive(Clone, Copy)]
pub(super) struct Elimination<V, const N: usize>([[V; N]; N]);

/// How the pivots of every lane compare with their columns.
#[derive(Clone, Copy)]
pub(super) struct Pivots<V> {
    /// The largest of a column over its pivot, rows divided by their largest entry: 1 or more, `1 / pivot_ratio`.
    pub(super) growth: V,
    /// A NaN as soon as any number that it met was not finite, else 0: [`Real::max`] may lose a NaN.
    pub(super) poison: V,
}

impl<V: Real> Pivots<V> {
    #[inline(always)]
    pub(super) fn none() -> Self {
        Self { growth: V::splat(1.0), poison: V::splat(0.0) }
    }

    #[inline(always)]
    fn meet(&mut self, growth: V) {
        self.growth = self.growth.max(growth);
        self.poison = growth.mul_add(V::splat(0.0), self.poison);
    }
}

impl<V: Real, const N: usize> Elimination<V, N> {
    /// Not yet a matrix.
    #[inline(always)]
    pub(super) fn empty() -> Self {
        Self([[V::splat(0.0); N]; N])
    }

    /// Factors a matrix. A pivot that is small beside its column makes `pivots` large, and the lane worthless.
    #[inline(always)]
    pub(super) fn new(matrix: [[V; N]; N], pivots: &mut Pivots<V>) -> Self {
        let mut a = matrix;
        // With one unknown the pivot is all there is.
        let (mut sizes, mut weights) = ([V::splat(1.0); N], [V::splat(1.0); N]);
        if N > 1 {
            unroll!(i < N, {
                sizes[i] = largest(&a[i]);
                weights[i] = sizes[i].recip();
            });
        }
        unroll!(k < N, {
            let inverse = a[k][k].recip();
            if N == 1 {
                pivots.meet(a[k][k] * inverse);
            } else {
                pivots.meet(size_of_column(&a, &weights, k) * (sizes[k] * inverse.abs()));
            }
            a[k][k] = inverse;
            let row = a[k];
            unroll!(i < N, {
                if i > k {
                    eliminate(&mut a[i], &row, k);
                }
            });
        });
        Self(a)
    }

    /// `A^-1 x`
    #[inline(always)]
    pub(super) fn solve(&self, mut x: [V; N]) -> [V; N] {
        let a = &self.0;
        unroll!(i < N, {
            unroll!(j < N, {
                if j < i {
                    x[i] = a[i][j].neg_mul_add(x[j], x[i]);
                }
            });
        });
        unroll!(from_end < N, {
            let i = N - 1 - from_end;
            unroll!(j < N, {
                if j > i {
                    x[i] = a[i][j].neg_mul_add(x[j], x[i]);
                }
            });
            x[i] = x[i] * a[i][i];
        });
        x
    }

    /// `A^-T x`
    #[inline(always)]
    pub(super) fn solve_transposed(&self, mut x: [V; N]) -> [V; N] {
        let a = &self.0;
        unroll!(i < N, {
            unroll!(j < N, {
                if j < i {
                    x[i] = a[j][i].neg_mul_add(x[j], x[i]);
                }
            });
            x[i] = x[i] * a[i][i];
        });
        unroll!(from_end < N, {
            let i = N - 1 - from_end;
            unroll!(j < N, {
                if j > i {
                    x[i] = a[j][i].neg_mul_add(x[j], x[i]);
                }
            });
        });
        x
    }
}

/// Largest |entry| of a row.
#[inline(always)]
fn largest<V: Real, const N: usize>(row: &[V; N]) -> V {
    let mut size = row[0].abs();
    unroll!(j < N, {
        if j > 0 {
            size = size.max(row[j].abs());
        }
    });
    size
}

/// Largest |entry| of column k, rows times their weights.
#[inline(always)]
fn size_of_column<V: Real, const N: usize>(a: &[[V; N]; N], weights: &[V; N], k: usize) -> V {
    let mut size = a[0][k].abs() * weights[0];
    unroll!(i < N, {
        if i > 0 {
            size = size.max(a[i][k].abs() * weights[i]);
        }
    });
    size
}

/// `row -= row_k / pivot * pivot_row` right of column k, where the pivot is already a reciprocal; the factor stays in
/// column k.
#[inline(always)]
fn eliminate<V: Real, const N: usize>(row: &mut [V; N], pivot_row: &[V; N], k: usize) {
    let factor = row[k] * pivot_row[k];
    row[k] = factor;
    unroll!(j < N, {
        if j > k {
            row[j] = factor.neg_mul_add(pivot_row[j], row[j]);
        }
    });
}
