//! What a factor and a solution are worth: two more right-hand sides, solved together.
//!
//! - The correction that would come next shows how far rounding leaves the solution off.
//! - A right-hand side of random numbers times the norms of the columns, in which every unknown has its part, shows
//!   whether the factor is noise along a direction that the rows leave open: its solution y is then mostly that
//!   direction, and the rows make next to nothing of it, `|W A y|² << rᵀ y`.

use super::eliminate::equation_residuals;
use super::group::Group;
use super::interval::{Interval, scaled};
use super::judgement::Lanes;
use super::point::{Point, carry_back, carry_to_next, solve_point, zero_point};
use super::tile::{add_times, dot};
use super::workspace::Workspace;
use crate::lanes::{Real, Task, unroll};

/// The way up: residuals of the rows at the values in the workspace, and forward substitution of both right-hand sides.
/// Returns `rᵀ M⁻¹ r` of the random one.
pub(super) struct MeasureUp<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) work: &'a mut Workspace<V, D, K>,
}

impl<V: Real, const D: usize, const K: usize> Task for MeasureUp<'_, V, D, K> {
    type Output = V;

    #[inline(always)]
    fn run(self) -> V {
        let Self { group, work } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        work.random.resize(n, zero_point());
        let mut product = zero;
        let mut diagonal = [zero; K];
        let (mut right, mut random) = (zero_point::<V, D, K>(), zero_point::<V, D, K>());
        // The same for all lanes: an element's evidence does not depend on the lane it is in.
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for t in 0..n {
            let x = work.values[t];
            let c = &work.coefficients[group.coefficients.index(t)];
            let left = equation_residuals(c, Some(&work.forcing[group.forcing.index(t)]), &x);
            unroll!(e < D, {
                unroll!(d < D, {
                    right[d] = add_times(right[d], left[e], &c[e][d]);
                });
            });
            let power = table.powers(work.steps[t], group.reference);
            let interval = if t + 1 < n { Interval::new(table, power) } else { Interval::none() };
            let mut next_right = zero_point::<V, D, K>();
            if t + 1 < n {
                let after = work.values[t + 1];
                for d in 0..D {
                    let sums = table.residual(&scaled(&power, &x[d], &after[d]), zero, zero).transposed;
                    unroll!(k < K, {
                        right[d][k] = power[k].mul_add(sums[0][k], right[d][k]);
                        next_right[d][k] = power[k] * sums[1][k];
                    });
                }
            }
            for d in 0..D {
                unroll!(k < K, {
                    let mut square = diagonal[k] + interval.start[k][k];
                    if t < group.pinned_points && k < group.pinned_orders {
                        let weight = V::splat(group.initial_weight_squared);
                        let value = work.initial[(t * D + d) * group.pinned_orders + k];
                        right[d][k] = weight.mul_add(value - x[d][k], right[d][k]);
                        square = square + weight;
                    }
                    for row in c {
                        square = row[d][k].mul_add(row[d][k], square);
                    }
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let number = (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
                    random[d][k] = square.sqrt().mul_add(V::splat(number), random[d][k]);
                });
            }
            unroll!(k < K, {
                diagonal[k] = interval.end[k][k];
            });
            (work.right[t], work.random[t]) = (right, random);
            let solved = solve_point(&work.factors[t], right);
            let random_solved = solve_point(&work.factors[t], random);
            unroll!(d < D, {
                product = dot(&random[d], &random_solved[d], product);
            });
            right = carry_to_next(table, &power, &solved);
            random = carry_to_next(table, &power, &random_solved);
            unroll!(d < D, {
                unroll!(k < K, {
                    right[d][k] = right[d][k] + next_right[d][k];
                });
            });
        }
        product
    }
}

/// The way down: back substitution of both.
pub(super) struct MeasureDown<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) work: &'a mut Workspace<V, D, K>,
}

/// For each lane.
#[derive(Clone, Copy)]
pub(super) struct Measured<V, const K: usize> {
    /// The largest |change| of each derivative by another correction.
    pub(super) change: [V; K],
    /// `|W A y|²` of the solution y for the random right-hand side.
    pub(super) squares: V,
}

impl<V: Real, const K: usize> Measured<V, K> {
    pub(super) fn by_lane(&self) -> Measured<Lanes, K> {
        Measured { change: self.change.map(V::lanes), squares: self.squares.lanes() }
    }
}

impl<V: Real, const D: usize, const K: usize> Task for MeasureDown<'_, V, D, K> {
    type Output = Measured<V, K>;

    #[inline(always)]
    fn run(self) -> Measured<V, K> {
        let Self { group, work } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        let mut measured = Measured { change: [zero; K], squares: zero };
        let (mut x, mut y): (Point<V, D, K>, Point<V, D, K>) = (zero_point(), zero_point());
        for t in (0..n).rev() {
            let after = y;
            let power = table.powers(work.steps[t], group.reference);
            let (mut right, mut random) = (work.right[t], work.random[t]);
            if t + 1 < n {
                right = carry_back(table, &power, &x, right);
                random = carry_back(table, &power, &y, random);
            }
            x = solve_point(&work.factors[t], right);
            y = solve_point(&work.factors[t], random);
            unroll!(d < D, {
                unroll!(k < K, {
                    measured.change[k] = measured.change[k].max(x[d][k].abs());
                });
            });
            let c = &work.coefficients[group.coefficients.index(t)];
            let left = equation_residuals(c, None, &y);
            unroll!(e < D, {
                measured.squares = left[e].mul_add(left[e], measured.squares);
            });
            if t + 1 < n {
                for d in 0..D {
                    let rows = table.residual(&scaled(&power, &y[d], &after[d]), zero, measured.squares);
                    measured.squares = rows.squares;
                }
            }
            if t < group.pinned_points {
                let weight = V::splat(group.initial_weight_squared);
                for d in 0..D {
                    for q in 0..group.pinned_orders {
                        measured.squares = (weight * y[d][q]).mul_add(y[d][q], measured.squares);
                    }
                }
            }
        }
        measured
    }
}
