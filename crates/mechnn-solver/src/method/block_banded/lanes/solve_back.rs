//! The way down: back substitution, and what is left of the rows at the solution.

use super::eliminate::{RightHandSide, equation_residuals};
use super::group::Group;
use super::interval::scaled;
use super::judgement::Lanes;
use super::point::{Point, carry_back, solve_point, zero_point};
use super::tile::add_times;
use super::workspace::{CHUNK, Workspace};
use crate::lanes::{LaneOffsets, Real, Task, unroll};

/// Leaves in the workspace the solution, and as right-hand sides those of its correction, `q + Aᵀ W² (b - A x)`: the
/// residuals of the rows, not of the normal equations, so that the corrected solution has an error of order
/// `eps cond`.
pub(super) struct SolveBack<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) right: RightHandSide<'a>,
    pub(super) work: &'a mut Workspace<V, D, K>,
}

/// The largest |residual| of each family of rows, for each lane.
#[derive(Clone, Copy)]
pub(super) struct Residuals<V> {
    pub(super) equation: V,
    pub(super) initial: V,
    pub(super) smoothness: V,
}

impl<V: Real> Residuals<V> {
    pub(super) fn by_lane(&self) -> Residuals<Lanes> {
        let Self { equation, initial, smoothness } = self;
        Residuals { equation: equation.lanes(), initial: initial.lanes(), smoothness: smoothness.lanes() }
    }
}

impl<V: Real, const D: usize, const K: usize> Task for SolveBack<'_, V, D, K> {
    type Output = Residuals<V>;

    #[inline(always)]
    fn run(self) -> Residuals<V> {
        let Self { group, right: kind, work } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        let mut residuals = Residuals { equation: zero, initial: zero, smoothness: zero };
        let mut x = zero_point::<V, D, K>();
        // The part of the next point's right-hand side that is known already.
        let mut of_next = x;
        let mut start = (n - 1) / CHUNK * CHUNK;
        loop {
            let len = CHUNK.min(n - start);
            if let RightHandSide::Cotangent(source) = kind {
                source.load(start, len, work.points.as_flattened_mut().as_flattened_mut());
            }
            for s in (0..len).rev() {
                let t = start + s;
                let after = x;
                let power = table.powers(work.steps[t], group.reference);
                let right = work.right[t];
                let right = if t + 1 < n { carry_back(table, &power, &after, right) } else { right };
                x = solve_point(&work.factors[t], right);
                work.values[t] = x;
                let c = &work.coefficients[group.coefficients.index(t)];
                let (mut own, forcing) = match kind {
                    RightHandSide::Data => (zero_point(), Some(&work.forcing[group.forcing.index(t)])),
                    RightHandSide::Cotangent(_) => (work.points[s], None),
                };
                let left = equation_residuals(c, forcing, &x);
                unroll!(e < D, {
                    residuals.equation = residuals.equation.max(left[e].abs());
                    unroll!(d < D, {
                        own[d] = add_times(own[d], left[e], &c[e][d]);
                    });
                });
                if t + 1 < n {
                    for d in 0..D {
                        let ends = scaled(&power, &x[d], &after[d]);
                        let rows = table.residual(&ends, residuals.smoothness, zero);
                        let sums = rows.transposed;
                        residuals.smoothness = rows.largest;
                        unroll!(k < K, {
                            own[d][k] = power[k].mul_add(sums[0][k], own[d][k]);
                            of_next[d][k] = power[k].mul_add(sums[1][k], of_next[d][k]);
                        });
                    }
                    work.right[t + 1] = of_next;
                }
                of_next = own;
            }
            if start == 0 {
                break;
            }
            start -= CHUNK;
        }
        work.right[0] = of_next;
        let weight = V::splat(group.initial_weight_squared);
        for t in 0..group.pinned_points {
            for d in 0..D {
                for q in 0..group.pinned_orders {
                    let value = match kind {
                        RightHandSide::Data => work.initial[(t * D + d) * group.pinned_orders + q],
                        RightHandSide::Cotangent(_) => zero,
                    };
                    let residual = value - work.values[t][d][q];
                    residuals.initial = residuals.initial.max(residual.abs());
                    work.right[t][d][q] = weight.mul_add(residual, work.right[t][d][q]);
                }
            }
        }
        residuals
    }
}

/// Back substitution of the correction, added to the solution, which is written out.
pub(super) struct Correct<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) work: &'a mut Workspace<V, D, K>,
    /// `[lane, N, D, K]`
    pub(super) out: &'a mut [f64],
    pub(super) offsets: LaneOffsets,
    pub(super) lanes: usize,
}

/// How far the correction went, for each lane.
#[derive(Clone, Copy)]
pub(super) struct Change<V, const K: usize> {
    /// The largest |change| of each derivative.
    pub(super) change: [V; K],
    /// The largest |value| of each derivative.
    pub(super) size: [V; K],
    /// Zero times the numbers of the first point: not zero if any number is not finite, since every number on the way
    /// down depends on those of later points.
    pub(super) first: V,
}

impl<V: Real, const K: usize> Change<V, K> {
    pub(super) fn by_lane(&self) -> Change<Lanes, K> {
        Change { change: self.change.map(V::lanes), size: self.size.map(V::lanes), first: self.first.lanes() }
    }
}

impl<V: Real, const D: usize, const K: usize> Task for Correct<'_, V, D, K> {
    type Output = Change<V, K>;

    #[inline(always)]
    fn run(self) -> Change<V, K> {
        let Self { group, work, out, offsets, lanes } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        let mut seen = Change { change: [zero; K], size: [zero; K], first: zero };
        let mut x = zero_point::<V, D, K>();
        let mut start = (n - 1) / CHUNK * CHUNK;
        loop {
            let len = CHUNK.min(n - start);
            for s in (0..len).rev() {
                let t = start + s;
                let power = table.powers(work.steps[t], group.reference);
                let right = work.right[t];
                let right = if t + 1 < n { carry_back(table, &power, &x, right) } else { right };
                x = solve_point(&work.factors[t], right);
                let mut value: Point<V, D, K> = work.values[t];
                unroll!(d < D, {
                    unroll!(k < K, {
                        value[d][k] = value[d][k] + x[d][k];
                        seen.change[k] = seen.change[k].max(x[d][k].abs());
                        seen.size[k] = seen.size[k].max(value[d][k].abs());
                    });
                });
                work.values[t] = value;
                work.points[s] = value;
            }
            let mut from = offsets;
            for offset in &mut from {
                *offset += start * D * K;
            }
            V::scatter(work.points[..len].as_flattened().as_flattened(), out, &from, lanes);
            if start == 0 {
                break;
            }
            start -= CHUNK;
        }
        unroll!(d < D, {
            unroll!(k < K, {
                seen.first = work.values[0][d][k].mul_add(zero, seen.first);
            });
        });
        seen
    }
}
