//! The smoothness rows of an interval, for all schemes that join two neighbouring points.

use super::tile::{Tile, zero_tile};
use crate::lanes::{Real, unroll};
use crate::problem::Scheme;
use crate::rows::{IntervalRows, ReferenceStep};

/// The constant rows P of an interval in the scaled unknowns `f h^k u^(k)` of both ends, and their products.
///
/// In every scheme a row begins at some derivative i: its entries of lower derivatives are zero, at both ends. Two rows
/// for each i (the forward and the backward Taylor row) or one hold all of them.
#[derive(Debug, Clone)]
pub(super) struct IntervalTable<const K: usize> {
    /// Entries of the row of derivative i, `[end][j]`, zero for j < i; the second set is absent where `sets` is 1.
    rows: [[[[f64; K]; 2]; K]; 2],
    sets: usize,
    /// `PᵀP` by ends: first with first, last with last, last with first.
    start: [[f64; K]; K],
    end: [[f64; K]; K],
    pub(super) across: [[f64; K]; K],
    /// `h d(f h^k)/dh / (f h^k)`, the reference step held fixed.
    pub(super) slope: [f64; K],
    /// Highest derivative k of the integrated Wiener process, whose rows carry `f = (r/h)^(k + 1/2)`; otherwise f is 1.
    weighed_by_step: bool,
}

impl<const K: usize> IntervalTable<K> {
    pub(super) fn new(scheme: Scheme) -> Self {
        let rows = IntervalRows::new(scheme, K, ReferenceStep::new(Scheme::Taylor, K, &[]));
        let mut sets = [[[[0.0; K]; 2]; K]; 2];
        let mut used = [0; K];
        for pattern in rows.pattern() {
            let is_free = |j: &usize| pattern[*j] != 0.0 || pattern[K + j] != 0.0;
            let Some(first) = (0..K).find(is_free) else { unreachable!("a row has entries") };
            let set = used[first];
            used[first] += 1;
            sets[set][first][0].copy_from_slice(&pattern[..K]);
            sets[set][first][1].copy_from_slice(&pattern[K..2 * K]);
        }
        let mut products = [[[0.0; K]; K]; 3];
        for pattern in rows.pattern() {
            for i in 0..K {
                for j in 0..K {
                    products[0][i][j] += pattern[i] * pattern[j];
                    products[1][i][j] += pattern[K + i] * pattern[K + j];
                    products[2][i][j] += pattern[K + i] * pattern[j];
                }
            }
        }
        let [start, end, across] = products;
        let weighed_by_step = matches!(scheme, Scheme::IntegratedWiener);
        let exponent = if weighed_by_step { K as f64 - 0.5 } else { 0.0 };
        let slope = std::array::from_fn(|k| k as f64 - exponent);
        let sets_used = used.into_iter().fold(1, usize::max);
        Self { rows: sets, sets: sets_used, start, end, across, slope, weighed_by_step }
    }

    /// `f h^k` for k < K, with the reference step r.
    #[inline(always)]
    pub(super) fn powers<V: Real>(&self, step: V, reference: V) -> [V; K] {
        let mut power = [V::splat(1.0); K];
        if self.weighed_by_step {
            let ratio = reference * step.recip();
            let mut factor = ratio.sqrt();
            unroll!(k < K, {
                if k > 0 {
                    factor = factor * ratio;
                }
            });
            power[0] = factor;
        }
        unroll!(k < K, {
            if k > 0 {
                power[k] = power[k - 1] * step;
            }
        });
        power
    }

    /// The residual `ρ = -P q` of the rows at the scaled values q of both ends; `largest` and `squares` are what was
    /// seen of other rows before.
    #[inline(always)]
    pub(super) fn residual<V: Real>(&self, q: &[[V; K]; 2], mut largest: V, mut squares: V) -> OwnRows<V, K> {
        let mut out = [[V::splat(0.0); K]; 2];
        for set in &self.rows[..self.sets] {
            unroll!(i < K, {
                let mut residual = V::splat(0.0);
                unroll!(j < K, {
                    if j >= i {
                        residual = q[0][j].neg_mul_add(V::splat(set[i][0][j]), residual);
                        residual = q[1][j].neg_mul_add(V::splat(set[i][1][j]), residual);
                    }
                });
                largest = largest.max(residual.abs());
                squares = residual.mul_add(residual, squares);
                unroll!(j < K, {
                    if j >= i {
                        out[0][j] = residual.mul_add(V::splat(set[i][0][j]), out[0][j]);
                        out[1][j] = residual.mul_add(V::splat(set[i][1][j]), out[1][j]);
                    }
                });
            });
        }
        OwnRows { transposed: out, largest, squares }
    }

    /// With the residuals `ρ = -P q` of a solution and the rows `μ = P p` of an adjoint, both scaled: the sum of
    /// `ρ_r (P S p)_r - μ_r (P S q)_r`, S the diagonal of slopes (h times the gradient in h), and the sum of `μ_r ρ_r`.
    #[inline(always)]
    pub(super) fn gradient<V: Real>(&self, q: &[[V; K]; 2], p: &[[V; K]; 2]) -> (V, V) {
        let (mut of_solution, mut of_adjoint) = ([[V::splat(0.0); K]; 2], [[V::splat(0.0); K]; 2]);
        let mut product = V::splat(0.0);
        for set in &self.rows[..self.sets] {
            unroll!(i < K, {
                let (mut rho, mut mu) = (V::splat(0.0), V::splat(0.0));
                unroll!(j < K, {
                    if j >= i {
                        let (left, right) = (V::splat(set[i][0][j]), V::splat(set[i][1][j]));
                        rho = q[1][j].neg_mul_add(right, q[0][j].neg_mul_add(left, rho));
                        mu = p[1][j].mul_add(right, p[0][j].mul_add(left, mu));
                    }
                });
                product = rho.mul_add(mu, product);
                unroll!(j < K, {
                    if j >= i {
                        let (left, right) = (V::splat(set[i][0][j]), V::splat(set[i][1][j]));
                        of_solution[0][j] = rho.mul_add(left, of_solution[0][j]);
                        of_solution[1][j] = rho.mul_add(right, of_solution[1][j]);
                        of_adjoint[0][j] = mu.mul_add(left, of_adjoint[0][j]);
                        of_adjoint[1][j] = mu.mul_add(right, of_adjoint[1][j]);
                    }
                });
            });
        }
        let mut sum = V::splat(0.0);
        unroll!(j < K, {
            let slope = V::splat(self.slope[j]);
            let mut own = of_solution[0][j] * p[0][j];
            own = of_solution[1][j].mul_add(p[1][j], own);
            own = of_adjoint[0][j].neg_mul_add(q[0][j], own);
            own = of_adjoint[1][j].neg_mul_add(q[1][j], own);
            sum = own.mul_add(slope, sum);
        });
        (sum, product)
    }
}

/// What the rows of an interval leave at some values.
pub(super) struct OwnRows<V, const K: usize> {
    /// `Pᵀ ρ`, by ends.
    pub(super) transposed: [[V; K]; 2],
    /// The larger of |ρ| and what it was before.
    pub(super) largest: V,
    /// The sum of squares, with what it was before.
    pub(super) squares: V,
}

/// Values of both ends times `f h^k`.
#[inline(always)]
pub(super) fn scaled<V: Real, const K: usize>(power: &[V; K], left: &[V; K], right: &[V; K]) -> [[V; K]; 2] {
    let mut ends = [*left, *right];
    unroll!(k < K, {
        ends[0][k] = left[k] * power[k];
        ends[1][k] = right[k] * power[k];
    });
    ends
}

/// The normal matrix of an interval's rows, by ends.
#[derive(Clone, Copy)]
pub(super) struct Interval<V, const K: usize> {
    pub(super) power: [V; K],
    pub(super) start: Tile<V, K>,
    pub(super) end: Tile<V, K>,
    /// Rows of the last end, columns of the first.
    pub(super) across: Tile<V, K>,
}

impl<V: Real, const K: usize> Interval<V, K> {
    /// No interval: the last point joins no next one.
    #[inline(always)]
    pub(super) fn none() -> Self {
        Self { power: [V::splat(0.0); K], start: zero_tile(), end: zero_tile(), across: zero_tile() }
    }

    #[inline(always)]
    pub(super) fn new(table: &IntervalTable<K>, power: [V; K]) -> Self {
        let mut interval = Self { power, ..Self::none() };
        unroll!(i < K, {
            unroll!(j < K, {
                // The product depends on i + j only.
                let product = if i + j < K { power[0] * power[i + j] } else { power[i + j + 1 - K] * power[K - 1] };
                interval.start[i][j] = product * V::splat(table.start[i][j]);
                interval.end[i][j] = product * V::splat(table.end[i][j]);
                interval.across[i][j] = product * V::splat(table.across[i][j]);
            });
        });
        interval
    }
}
