//! The way down of the adjoint: its correction, and the gradient with respect to every input.

use super::eliminate::equation_residuals;
use super::group::{Group, Source};
use super::interval::scaled;
use super::point::{Point, carry_back, solve_point, zero_point};
use super::workspace::{CHUNK, Workspace};
use crate::lanes::{LaneOffsets, Real, Task, unroll};

/// Where the gradient of an input goes, in natural layout.
pub(super) struct Target<'a> {
    pub(super) numbers: &'a mut [f64],
    pub(super) offsets: LaneOffsets,
    pub(super) width: usize,
    /// The input is the same for every point: its gradient is a sum over points.
    pub(super) is_constant: bool,
}

impl Target<'_> {
    #[inline(always)]
    fn write<V: Real>(&mut self, first: usize, values: &[V], lanes: usize) {
        let mut offsets = self.offsets;
        for offset in &mut offsets {
            *offset += first * self.width;
        }
        V::scatter(values, self.numbers, &offsets, lanes);
    }
}

/// Back substitution of the adjoint's correction, together with all gradients:
///
/// `dL/dC = ρ λᵀ - μ xᵀ`, `dL/dd = μ`, with `ρ = d - C x`, `μ = C λ`, and for a step `ρᵀ dP λ - μᵀ dP x` of the rows P of
/// its interval.
pub(super) struct PullBack<'a, V, const D: usize, const K: usize> {
    pub(super) group: &'a Group<'a, V, K>,
    pub(super) work: &'a mut Workspace<V, D, K>,
    /// The solution `[B, N, D, K]`.
    pub(super) solution: Source<'a>,
    pub(super) coefficients: Target<'a>,
    pub(super) forcing: Target<'a>,
    pub(super) steps: Target<'a>,
    pub(super) initial: Target<'a>,
    pub(super) lanes: usize,
}

/// What the gradients of the weights are made of, sums of `μ ρ` over the rows of each family; for each lane.
#[derive(Clone, Copy)]
pub(super) struct WeightSums<V> {
    pub(super) equation: V,
    pub(super) initial: V,
    pub(super) smoothness: V,
    /// Zero, or not finite if a number of the adjoint is not.
    pub(super) first: V,
}

impl<V: Real, const D: usize, const K: usize> Task for PullBack<'_, V, D, K> {
    type Output = WeightSums<V>;

    #[inline(always)]
    fn run(self) -> WeightSums<V> {
        let Self { group, work, solution, mut coefficients, mut forcing, mut steps, mut initial, lanes } = self;
        let (n, table) = (group.points, group.table);
        let zero = V::splat(0.0);
        let mut sums = WeightSums { equation: zero, initial: zero, smoothness: zero, first: zero };
        let (mut correction, mut next_adjoint, mut next_x) =
            (zero_point::<V, D, K>(), zero_point::<V, D, K>(), zero_point::<V, D, K>());
        // Sums over points of inputs that are the same for all.
        let (mut c_sum, mut f_sum, mut h_sum) = ([zero_point::<V, D, K>(); D], [zero; D], zero);
        let weight = V::splat(group.equation_weight);
        let mut start = (n - 1) / CHUNK * CHUNK;
        loop {
            let len = CHUNK.min(n - start);
            solution.load(start, len, work.points.as_flattened_mut().as_flattened_mut());
            for s in (0..len).rev() {
                let t = start + s;
                let power = table.powers(work.steps[t], group.reference);
                let right = work.right[t];
                let right = if t + 1 < n { carry_back(table, &power, &correction, right) } else { right };
                correction = solve_point(&work.factors[t], right);
                let mut adjoint: Point<V, D, K> = work.values[t];
                unroll!(d < D, {
                    unroll!(k < K, {
                        adjoint[d][k] = adjoint[d][k] + correction[d][k];
                    });
                });
                let x = work.points[s];
                let c = &work.coefficients[group.coefficients.index(t)];
                let f = &work.forcing[group.forcing.index(t)];
                let rho = equation_residuals(c, Some(f), &x);
                let minus_mu = equation_residuals(c, None, &adjoint);
                let mut of_coefficients = [zero_point::<V, D, K>(); D];
                let mut of_forcing = [zero; D];
                unroll!(e < D, {
                    sums.equation = minus_mu[e].neg_mul_add(rho[e], sums.equation);
                    // In units of the unweighted inputs.
                    let (own_rho, own_mu) = (rho[e] * weight, minus_mu[e] * weight);
                    of_forcing[e] = -own_mu;
                    unroll!(d < D, {
                        unroll!(k < K, {
                            of_coefficients[e][d][k] = own_rho.mul_add(adjoint[d][k], own_mu * x[d][k]);
                        });
                    });
                });
                if group.coefficients.is_constant() {
                    for e in 0..D {
                        unroll!(d < D, {
                            unroll!(k < K, {
                                c_sum[e][d][k] = c_sum[e][d][k] + of_coefficients[e][d][k];
                            });
                        });
                    }
                } else {
                    work.coefficients[t] = of_coefficients;
                }
                if group.forcing.is_constant() {
                    unroll!(e < D, {
                        f_sum[e] = f_sum[e] + of_forcing[e];
                    });
                } else {
                    work.forcing[t] = of_forcing;
                }
                if t + 1 < n {
                    let mut slope = zero;
                    for d in 0..D {
                        let q = scaled(&power, &x[d], &next_x[d]);
                        let p = scaled(&power, &adjoint[d], &next_adjoint[d]);
                        let (own, product) = table.gradient(&q, &p);
                        slope = slope + own;
                        sums.smoothness = sums.smoothness + product;
                    }
                    let slope = slope * work.steps[t].recip();
                    work.steps[t] = slope;
                    h_sum = h_sum + slope;
                }
                next_adjoint = adjoint;
                next_x = x;
                if t < group.pinned_points {
                    // The gradient of the initial values takes their place.
                    let squared = V::splat(group.initial_weight_squared);
                    for d in 0..D {
                        for q in 0..group.pinned_orders {
                            let value = &mut work.initial[(t * D + d) * group.pinned_orders + q];
                            let mu = squared * adjoint[d][q];
                            sums.initial = mu.mul_add(*value - x[d][q], sums.initial);
                            *value = mu;
                        }
                    }
                }
            }
            if !coefficients.is_constant {
                let own = work.coefficients[start..start + len].as_flattened().as_flattened().as_flattened();
                coefficients.write(start, own, lanes);
            }
            if !forcing.is_constant {
                forcing.write(start, work.forcing[start..start + len].as_flattened(), lanes);
            }
            let intervals = len.min(n - 1 - start);
            if !steps.is_constant && intervals > 0 {
                steps.write(start, &work.steps[start..start + intervals], lanes);
            }
            if start == 0 {
                break;
            }
            start -= CHUNK;
        }
        if coefficients.is_constant {
            coefficients.write(0, c_sum.as_flattened().as_flattened(), lanes);
        }
        if forcing.is_constant {
            forcing.write(0, &f_sum, lanes);
        }
        if steps.is_constant {
            steps.write(0, &[h_sum], lanes);
        }
        initial.write(0, &work.initial, lanes);
        unroll!(d < D, {
            unroll!(k < K, {
                sums.first = next_adjoint[d][k].mul_add(zero, sums.first);
            });
        });
        sums
    }
}
