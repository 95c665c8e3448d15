//! The blocks of one point, and its elimination.

use super::interval::{Interval, IntervalTable};
use super::tile::{
    Tile, add_lower, add_outer, add_square, backward, factor, forward, scale_columns, solve_right, subtract,
    subtract_lower, subtract_times, subtract_transposed_times, zero_tile,
};
use crate::lanes::{Real, unroll};

/// The unknowns of a point, or anything else with a number for each of them: `[D, K]`.
pub(super) type Point<V, const D: usize, const K: usize> = [[V; K]; D];

/// A symmetric matrix over the unknowns of a point, by tiles of dimensions; only the lower ones are used.
///
/// As a factor `A = L D Lᵀ` it has L below the diagonal and `1/d` on it.
pub(super) type Block<V, const D: usize, const K: usize> = [[Tile<V, K>; D]; D];

#[inline(always)]
pub(super) fn zero_point<V: Real, const D: usize, const K: usize>() -> Point<V, D, K> {
    [[V::splat(0.0); K]; D]
}

#[inline(always)]
pub(super) fn zero_block<V: Real, const D: usize, const K: usize>() -> Block<V, D, K> {
    [[zero_tile(); D]; D]
}

#[allow(unused_assignments)] // The last of what one dimension leaves for the next.
/// Eliminates the unknowns of a point with the equations c `[E = D, D, K]`.
///
/// `own` holds what the points before left of the point's block, and becomes its factor
///
/// `L D Lᵀ = own + CᵀC + start`
///
/// `next` becomes what is left of the next point's block, `end - B (L D Lᵀ)⁻¹ Bᵀ`, where the block B that joins both has
/// the tile `across` for each dimension. Rows of dimension i of `B L⁻ᵀ` begin at dimension i, since L is triangular.
/// Every tile is summed in registers and written once.
#[inline(always)]
pub(super) fn eliminate<V: Real, const D: usize, const K: usize>(
    c: &[Point<V, D, K>; D],
    interval: &Interval<V, K>,
    own: &mut Block<V, D, K>,
    next: &mut Block<V, D, K>,
) {
    // L D below the diagonal; B L⁻ᵀ and B L⁻ᵀ D⁻¹.
    let (mut unscaled, mut below, mut scaled) =
        (zero_block::<V, D, K>(), zero_block::<V, D, K>(), zero_block::<V, D, K>());
    unroll!(j < D, {
        let mut tile = add_lower(own[j][j], &interval.start);
        unroll!(e < D, {
            tile = add_square(tile, &c[e][j]);
        });
        unroll!(m < D, {
            if m < j {
                tile = subtract_lower(tile, &own[j][m], &unscaled[j][m]);
            }
        });
        let pivot = factor(tile);
        own[j][j] = pivot;
        unroll!(i < D, {
            if i > j {
                let mut tile = own[i][j];
                unroll!(e < D, {
                    tile = add_outer(tile, &c[e][i], &c[e][j]);
                });
                unroll!(m < D, {
                    if m < j {
                        tile = subtract(tile, &own[i][m], &unscaled[j][m]);
                    }
                });
                tile = solve_right(tile, &pivot);
                unscaled[i][j] = tile;
                own[i][j] = scale_columns(tile, &pivot);
            }
        });
        unroll!(i < D, {
            if i <= j {
                let mut tile = if i == j { interval.across } else { zero_tile() };
                unroll!(m < D, {
                    if m >= i && m < j {
                        tile = subtract(tile, &below[i][m], &own[j][m]);
                    }
                });
                tile = solve_right(tile, &pivot);
                below[i][j] = tile;
                scaled[i][j] = scale_columns(tile, &pivot);
            }
        });
    });
    unroll!(i < D, {
        unroll!(p < D, {
            if p < i {
                let mut tile = zero_tile();
                unroll!(j < D, {
                    if j >= i {
                        tile = subtract(tile, &scaled[i][j], &below[p][j]);
                    }
                });
                next[i][p] = tile;
            }
        });
        let mut tile = interval.end;
        unroll!(j < D, {
            if j >= i {
                tile = subtract_lower(tile, &scaled[i][j], &below[i][j]);
            }
        });
        next[i][i] = tile;
    });
}

/// `A⁻¹ y` with the factor of A.
#[inline(always)]
pub(super) fn solve_point<V: Real, const D: usize, const K: usize>(
    a: &Block<V, D, K>,
    mut y: Point<V, D, K>,
) -> Point<V, D, K> {
    unroll!(j < D, {
        unroll!(m < D, {
            if m < j {
                y[j] = subtract_times(y[j], &a[j][m], &y[m]);
            }
        });
        y[j] = forward(&a[j][j], y[j]);
    });
    unroll!(r < D, {
        let j = D - 1 - r;
        unroll!(k < K, {
            y[j][k] = y[j][k] * a[j][j][k][k];
        });
        unroll!(i < D, {
            if i > j {
                y[j] = subtract_transposed_times(y[j], &a[i][j], &y[i]);
            }
        });
        y[j] = backward(&a[j][j], y[j]);
    });
    y
}

/// What a solution z of this point leaves of the right-hand side of the next: `-B z`.
#[inline(always)]
pub(super) fn carry_to_next<V: Real, const D: usize, const K: usize>(
    table: &IntervalTable<K>,
    power: &[V; K],
    z: &Point<V, D, K>,
) -> Point<V, D, K> {
    let mut out = zero_point::<V, D, K>();
    unroll!(d < D, {
        let mut scaled = z[d];
        unroll!(k < K, {
            scaled[k] = scaled[k] * power[k];
        });
        unroll!(i < K, {
            let mut sum = scaled[0] * V::splat(table.across[i][0]);
            unroll!(j < K, {
                if j > 0 {
                    sum = scaled[j].mul_add(V::splat(table.across[i][j]), sum);
                }
            });
            out[d][i] = -(power[i] * sum);
        });
    });
    out
}

/// The right-hand side y of this point once the next has the solution z: `y - Bᵀ z`.
#[inline(always)]
pub(super) fn carry_back<V: Real, const D: usize, const K: usize>(
    table: &IntervalTable<K>,
    power: &[V; K],
    z: &Point<V, D, K>,
    mut y: Point<V, D, K>,
) -> Point<V, D, K> {
    unroll!(d < D, {
        let mut scaled = z[d];
        unroll!(k < K, {
            scaled[k] = scaled[k] * power[k];
        });
        unroll!(i < K, {
            let mut sum = scaled[0] * V::splat(table.across[0][i]);
            unroll!(j < K, {
                if j > 0 {
                    sum = scaled[j].mul_add(V::splat(table.across[j][i]), sum);
                }
            });
            y[d][i] = power[i].neg_mul_add(sum, y[d][i]);
        });
    });
    y
}
