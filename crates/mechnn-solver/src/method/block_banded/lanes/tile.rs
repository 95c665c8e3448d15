//! K x K tiles and vectors of K: what the blocks of a point are made of, as straight-line code.

use crate::lanes::{Real, unroll};

pub(super) type Tile<V, const K: usize> = [[V; K]; K];

#[inline(always)]
pub(super) fn zero_tile<V: Real, const K: usize>() -> Tile<V, K> {
    [[V::splat(0.0); K]; K]
}

/// `A = L D Lᵀ` from the lower triangle; `1/d` on the diagonal.
#[inline(always)]
pub(super) fn factor<V: Real, const K: usize>(mut a: Tile<V, K>) -> Tile<V, K> {
    unroll!(j < K, {
        let inverse = a[j][j].recip();
        let mut column = [inverse; K];
        unroll!(i < K, {
            if i > j {
                column[i] = a[i][j];
            }
        });
        a[j][j] = inverse;
        unroll!(i < K, {
            if i > j {
                let l = column[i] * inverse;
                unroll!(k < K, {
                    if k > j && k <= i {
                        a[i][k] = l.neg_mul_add(column[k], a[i][k]);
                    }
                });
                a[i][j] = l;
            }
        });
    });
    a
}

/// `W L⁻ᵀ`.
#[inline(always)]
pub(super) fn solve_right<V: Real, const K: usize>(mut w: Tile<V, K>, l: &Tile<V, K>) -> Tile<V, K> {
    unroll!(j < K, {
        unroll!(i < K, {
            if i > j {
                unroll!(r < K, {
                    w[r][i] = l[i][j].neg_mul_add(w[r][j], w[r][i]);
                });
            }
        });
    });
    w
}

/// `W D⁻¹`, with `1/d` on the diagonal of `l`.
#[inline(always)]
pub(super) fn scale_columns<V: Real, const K: usize>(mut w: Tile<V, K>, l: &Tile<V, K>) -> Tile<V, K> {
    unroll!(r < K, {
        unroll!(j < K, {
            w[r][j] = w[r][j] * l[j][j];
        });
    });
    w
}

/// `A - B Wᵀ`.
#[inline(always)]
pub(super) fn subtract<V: Real, const K: usize>(mut a: Tile<V, K>, b: &Tile<V, K>, w: &Tile<V, K>) -> Tile<V, K> {
    unroll!(p < K, {
        unroll!(i < K, {
            unroll!(j < K, {
                a[i][j] = b[i][p].neg_mul_add(w[j][p], a[i][j]);
            });
        });
    });
    a
}

/// The same, its lower triangle only.
#[inline(always)]
pub(super) fn subtract_lower<V: Real, const K: usize>(
    mut a: Tile<V, K>,
    b: &Tile<V, K>,
    w: &Tile<V, K>,
) -> Tile<V, K> {
    unroll!(p < K, {
        unroll!(i < K, {
            unroll!(j < K, {
                if j <= i {
                    a[i][j] = b[i][p].neg_mul_add(w[j][p], a[i][j]);
                }
            });
        });
    });
    a
}

/// `A + b cᵀ`.
#[inline(always)]
pub(super) fn add_outer<V: Real, const K: usize>(mut a: Tile<V, K>, b: &[V; K], c: &[V; K]) -> Tile<V, K> {
    unroll!(i < K, {
        unroll!(j < K, {
            a[i][j] = b[i].mul_add(c[j], a[i][j]);
        });
    });
    a
}

/// `A + c cᵀ`, its lower triangle only.
#[inline(always)]
pub(super) fn add_square<V: Real, const K: usize>(mut a: Tile<V, K>, c: &[V; K]) -> Tile<V, K> {
    unroll!(i < K, {
        unroll!(j < K, {
            if j <= i {
                a[i][j] = c[i].mul_add(c[j], a[i][j]);
            }
        });
    });
    a
}

/// `A + B`, the lower triangles only.
#[inline(always)]
pub(super) fn add_lower<V: Real, const K: usize>(mut a: Tile<V, K>, b: &Tile<V, K>) -> Tile<V, K> {
    unroll!(i < K, {
        unroll!(j < K, {
            if j <= i {
                a[i][j] = a[i][j] + b[i][j];
            }
        });
    });
    a
}

/// `y - A x`.
#[inline(always)]
pub(super) fn subtract_times<V: Real, const K: usize>(mut y: [V; K], a: &Tile<V, K>, x: &[V; K]) -> [V; K] {
    unroll!(j < K, {
        unroll!(i < K, {
            y[i] = a[i][j].neg_mul_add(x[j], y[i]);
        });
    });
    y
}

/// `y - Aᵀ x`.
#[inline(always)]
pub(super) fn subtract_transposed_times<V: Real, const K: usize>(mut y: [V; K], a: &Tile<V, K>, x: &[V; K]) -> [V; K] {
    unroll!(i < K, {
        unroll!(j < K, {
            y[j] = a[i][j].neg_mul_add(x[i], y[j]);
        });
    });
    y
}

/// `L⁻¹ y`.
#[inline(always)]
pub(super) fn forward<V: Real, const K: usize>(l: &Tile<V, K>, mut y: [V; K]) -> [V; K] {
    unroll!(j < K, {
        unroll!(i < K, {
            if i > j {
                y[i] = l[i][j].neg_mul_add(y[j], y[i]);
            }
        });
    });
    y
}

/// `L⁻ᵀ y`.
#[inline(always)]
pub(super) fn backward<V: Real, const K: usize>(l: &Tile<V, K>, mut y: [V; K]) -> [V; K] {
    unroll!(r < K, {
        let i = K - 1 - r;
        unroll!(j < K, {
            if j < i {
                y[j] = l[i][j].neg_mul_add(y[i], y[j]);
            }
        });
    });
    y
}

/// `sum + a · b`.
#[inline(always)]
pub(super) fn dot<V: Real, const K: usize>(a: &[V; K], b: &[V; K], mut sum: V) -> V {
    unroll!(k < K, {
        sum = a[k].mul_add(b[k], sum);
    });
    sum
}

/// `y + s a`.
#[inline(always)]
pub(super) fn add_times<V: Real, const K: usize>(mut y: [V; K], s: V, a: &[V; K]) -> [V; K] {
    unroll!(k < K, {
        y[k] = a[k].mul_add(s, y[k]);
    });
    y
}
