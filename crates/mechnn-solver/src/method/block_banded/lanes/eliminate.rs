//! The way up: rows, normal matrix, factor and forward substitution, point by point.

use super::group::{Group, Source};
use super::interval::Interval;
use super::judgement::Lanes;
use super::point::{Point, carry_to_next, eliminate, solve_point, zero_block, zero_point};
use super::tile::{add_times, dot};
use super::workspace::{CHUNK, Workspace};
use crate::lanes::{Real, Task, unroll};

/// Whose right-hand sides: those of the data, or a cotangent `[B, N, D, K]`.
#[derive(Clone, Copy)]
pub(super) enum RightHandSide<'a> {
    Data,
    Cotangent(Source<'a>),
}

/// Leaves in the workspace the factors and the right-hand sides.
pub(super) struct Eliminate<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) right: RightHandSide<'a>,
    pub(super) work: &'a mut Workspace<V, D, K>,
}

/// What the elimination saw on its way, for each lane.
#[derive(Clone, Copy)]
pub(super) struct Monitor<V, const D: usize> {
    /// The largest ratio of a diagonal entry to its pivot.
    pub(super) growth: V,
    /// The largest |coefficient|, with its weight, of each dimension in each equation.
    pub(super) largest: [[V; D]; D],
    pub(super) largest_step: V,
}

impl<V: Real, const D: usize> Monitor<V, D> {
    pub(super) fn by_lane(&self) -> Monitor<Lanes, D> {
        Monitor {
            growth: self.growth.lanes(),
            largest: self.largest.map(|row| row.map(V::lanes)),
            largest_step: self.largest_step.lanes(),
        }
    }
}

impl<V: Real, const D: usize, const K: usize> Task for Eliminate<'_, V, D, K> {
    type Output = Monitor<V, D>;

    #[inline(always)]
    fn run(self) -> Monitor<V, D> {
        let Self { group, right: kind, work } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        let mut monitor = Monitor { growth: zero, largest: [[zero; D]; D], largest_step: zero };
        // What the interval before adds to the diagonal of each dimension.
        let mut before = [zero; K];
        let mut carried = zero_point::<V, D, K>();
        let mut interval = Interval::<V, K>::none();
        work.factors[0] = zero_block();
        group.initial.load(0, group.pinned_points, &mut work.initial);
        for start in (0..n).step_by(CHUNK) {
            let len = CHUNK.min(n - start);
            let intervals = len.min(n - 1 - start);
            load_equations(group, start, len, work);
            if let RightHandSide::Cotangent(source) = kind {
                source.load(start, len, work.points.as_flattened_mut().as_flattened_mut());
            }
            if start == 0 || !group.steps.is_constant() {
                group.steps.load(start, intervals, &mut work.steps[start..]);
            }
            for s in 0..len {
                let t = start + s;
                let c = &work.coefficients[group.coefficients.index(t)];
                let mut right = carried;
                match kind {
                    RightHandSide::Data => {
                        let f = &work.forcing[group.forcing.index(t)];
                        unroll!(e < D, {
                            unroll!(d < D, {
                                right[d] = add_times(right[d], f[e], &c[e][d]);
                            });
                        });
                    }
                    RightHandSide::Cotangent(_) => {
                        let g = &work.points[s];
                        unroll!(d < D, {
                            unroll!(k < K, {
                                right[d][k] = right[d][k] + g[d][k];
                            });
                        });
                    }
                }
                if t + 1 == n {
                    interval = Interval::none();
                } else if t == 0 || !group.steps.is_constant() {
                    let step = work.steps[t];
                    interval = Interval::new(table, table.powers(step, group.reference));
                    monitor.largest_step = monitor.largest_step.max(step);
                }
                if group.steps.is_constant() {
                    work.steps[t] = work.steps[0];
                }
                let (head, tail) = work.factors.split_at_mut(t + 1);
                let (own, next) = (&mut head[t], &mut tail[0]);
                let mut pinned = [[zero; K]; D];
                if t < group.pinned_points {
                    let weight = V::splat(group.initial_weight_squared);
                    for d in 0..D {
                        for q in 0..group.pinned_orders {
                            pinned[d][q] = weight;
                            own[d][d][q][q] = own[d][d][q][q] + weight;
                            if let RightHandSide::Data = kind {
                                let value = work.initial[(t * D + d) * group.pinned_orders + q];
                                right[d][q] = weight.mul_add(value, right[d][q]);
                            }
                        }
                    }
                }
                eliminate(c, &interval, own, next);
                unroll!(d < D, {
                    unroll!(k < K, {
                        let mut entry = before[k] + interval.start[k][k] + pinned[d][k];
                        unroll!(e < D, {
                            entry = c[e][d][k].mul_add(c[e][d][k], entry);
                            monitor.largest[e][d] = monitor.largest[e][d].max(c[e][d][k].abs());
                        });
                        monitor.growth = monitor.growth.max((entry * own[d][d][k][k]).abs());
                    });
                });
                unroll!(k < K, {
                    before[k] = interval.end[k][k];
                });
                work.right[t] = right;
                carried = carry_to_next(table, &interval.power, &solve_point(own, right));
            }
        }
        monitor
    }
}

/// Reads a chunk of equations, with their weight; those that are the same for all points only once.
#[inline(always)]
fn load_equations<V: Real, const D: usize, const K: usize>(
    group: &Group<'_, V, K>,
    start: usize,
    len: usize,
    work: &mut Workspace<V, D, K>,
) {
    let coefficients = work.coefficients[start..].as_flattened_mut().as_flattened_mut().as_flattened_mut();
    load_weighted(&group.coefficients, group.equation_weight, start, len, coefficients);
    load_weighted(&group.forcing, group.equation_weight, start, len, work.forcing[start..].as_flattened_mut());
}

#[inline(always)]
fn load_weighted<V: Real>(source: &Source<'_>, weight: f64, start: usize, len: usize, out: &mut [V]) {
    if source.is_constant() && start > 0 {
        return;
    }
    source.load(start, len, out);
    if weight != 1.0 {
        let weight = V::splat(weight);
        for number in &mut out[..source.count(len)] {
            *number = *number * weight;
        }
    }
}

/// Forward substitution with the factors that are there, for the right-hand sides in the workspace.
pub(super) struct Substitute<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) work: &'a mut Workspace<V, D, K>,
}

impl<V: Real, const D: usize, const K: usize> Task for Substitute<'_, V, D, K> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { group, work } = self;
        let (n, table) = (group.points, group.table);
        let mut carried = zero_point::<V, D, K>();
        for t in 0..n {
            let mut right = work.right[t];
            unroll!(d < D, {
                unroll!(k < K, {
                    right[d][k] = right[d][k] + carried[d][k];
                });
            });
            work.right[t] = right;
            if t + 1 < n {
                let power = table.powers(work.steps[t], group.reference);
                carried = carry_to_next(table, &power, &solve_point(&work.factors[t], right));
            }
        }
    }
}

/// The residuals of the equations at x, `d - C x` or `-C x`.
#[inline(always)]
pub(super) fn equation_residuals<V: Real, const D: usize, const K: usize>(
    c: &[Point<V, D, K>; D],
    forcing: Option<&[V; D]>,
    x: &Point<V, D, K>,
) -> [V; D] {
    let mut residuals = [V::splat(0.0); D];
    unroll!(e < D, {
        let mut applied = V::splat(0.0);
        unroll!(d < D, {
            applied = dot(&c[e][d], &x[d], applied);
        });
        residuals[e] = match forcing {
            Some(forcing) => forcing[e] - applied,
            None => -applied,
        };
    });
    residuals
}
