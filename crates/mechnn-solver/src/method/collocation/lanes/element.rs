//! One collocation element in lanes: condensed, stepped over, and the transposed step.
//!
//! The same mathematics as [`crate::method::collocation::element`], with the spline rows inserted into each other
//! beforehand ([`Rule`]): all lower derivatives follow at once, without waiting for each other.

use super::elimination::{Elimination, Pivots};
use super::rule::Rule;
use crate::lanes::{Real, unroll};

/// The state at a point, `[D, K]`.
pub(super) type Node<V, const D: usize, const K: usize> = [[V; K]; D];

/// The coefficients of all equations at a point, `[E, D, K]` with E = D.
pub(super) type Equations<V, const D: usize, const K: usize> = [[[V; K]; D]; D];

/// The rule of each dimension.
pub(super) type Rules<'a, V, const D: usize, const M: usize, const K: usize> = [&'a Rule<V, M, K>; D];

/// Factors the matrix of the highest derivatives, rows (i, e), columns (j, d): `sum_k c_{i,e,d,k} (A^(K-1-k))_ij`.
#[inline(always)]
pub(super) fn condense<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    coefficients: &[Equations<V, D, K>; M],
    rules: Rules<'_, V, D, M, K>,
    pivots: &mut Pivots<V>,
) -> Elimination<V, N> {
    const { assert!(N == D * M, "an element has an unknown for each dimension and interval") };
    let mut matrix = [[V::splat(0.0); N]; N];
    unroll!(row < N, { matrix[row] = matrix_row(&coefficients[row / D][row % D], rules, row / D) });
    Elimination::new(matrix, pivots)
}

#[inline(always)]
fn matrix_row<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    equation: &Node<V, D, K>,
    rules: Rules<'_, V, D, M, K>,
    i: usize,
) -> [V; N] {
    let mut row = [V::splat(0.0); N];
    unroll!(column < N, {
        let (j, d) = (column / D, column % D);
        let c = &equation[d];
        let mut sum = c[0] * rules[d].powers[K - 1][i][j];
        unroll!(k < K, {
            if k > 0 && k < K - 1 {
                sum = c[k].mul_add(rules[d].powers[K - 1 - k][i][j], sum);
            }
        });
        row[column] = if i == j { sum + c[K - 1] } else { sum };
    });
    row
}

/// Given the first node, the others.
#[inline(always)]
pub(super) fn advance<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    start: &Node<V, D, K>,
    coefficients: &[Equations<V, D, K>; M],
    forcing: &[[V; D]; M],
    rules: Rules<'_, V, D, M, K>,
    matrix: &Elimination<V, N>,
) -> [Node<V, D, K>; M] {
    let mut nodes = [*start; M];
    let mut right = [V::splat(0.0); N];
    unroll!(i < M, {
        // What the lower derivatives are without the unknowns goes to the right-hand side.
        nodes[i] = known(start, rules, i);
        let sums = without_highest(&coefficients[i], &nodes[i], &forcing[i]);
        unroll!(e < D, { right[i * D + e] = sums[e] });
    });
    let highest = matrix.solve(right);
    unroll!(i < M, { complete(&mut nodes[i], &highest, rules, i) });
    nodes
}

/// Lower derivatives of node i from the start alone.
#[inline(always)]
fn known<V: Real, const D: usize, const M: usize, const K: usize>(
    start: &Node<V, D, K>,
    rules: Rules<'_, V, D, M, K>,
    i: usize,
) -> Node<V, D, K> {
    let mut node = *start;
    unroll!(d < D, { node[d] = known_of_dimension(&start[d], rules[d], i) });
    node
}

/// `sum_{q<p} (A^q 1)_i u_0^(k+q) + (A^p)_i0 y_0`, p = K - 1 - k.
#[inline(always)]
fn known_of_dimension<V: Real, const M: usize, const K: usize>(
    start: &[V; K],
    rule: &Rule<V, M, K>,
    i: usize,
) -> [V; K] {
    let mut lower = *start;
    unroll!(k < K, {
        if k < K - 1 {
            unroll!(q < K, {
                if q > 0 && q < K - 1 - k {
                    lower[k] = rule.times[q][i].mul_add(start[k + q], lower[k]);
                }
            });
            lower[k] = rule.of_start[K - 1 - k][i].mul_add(start[K - 1], lower[k]);
        }
    });
    lower
}

/// `b_e - sum_{d, k<K-1} c_{e,d,k} u_d^(k)`
#[inline(always)]
pub(super) fn without_highest<V: Real, const D: usize, const K: usize>(
    equations: &Equations<V, D, K>,
    node: &Node<V, D, K>,
    forcing: &[V; D],
) -> [V; D] {
    let mut sums = *forcing;
    unroll!(e < D, {
        unroll!(d < D, {
            let c = &equations[e][d];
            unroll!(k < K, {
                if k < K - 1 {
                    sums[e] = c[k].neg_mul_add(node[d][k], sums[e]);
                }
            });
        });
    });
    sums
}

/// Adds the integrals of the highest derivatives to the known part of node i.
#[inline(always)]
fn complete<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    node: &mut Node<V, D, K>,
    highest: &[V; N],
    rules: Rules<'_, V, D, M, K>,
    i: usize,
) {
    unroll!(d < D, {
        unroll!(k < K, {
            if k < K - 1 {
                unroll!(j < M, {
                    node[d][k] = rules[d].powers[K - 1 - k][i][j].mul_add(highest[j * D + d], node[d][k]);
                });
            }
        });
        node[d][K - 1] = highest[i * D + d];
    });
}

/// What the transposed step gives.
pub(super) struct Multipliers<V, const D: usize, const M: usize, const K: usize, const N: usize> {
    /// Of the equation rows (i, e).
    pub(super) equations: [V; N],
    /// The cotangents of the nodes less what the equations take: slots below K - 1.
    pub(super) rest: [Node<V, D, K>; M],
    /// What the first node owes.
    pub(super) start: Node<V, D, K>,
}

/// The transpose of [`advance`], from the cotangents of the nodes but the first.
#[inline(always)]
pub(super) fn advance_transposed<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    cotangents: &[Node<V, D, K>; M],
    coefficients: &[Equations<V, D, K>; M],
    rules: Rules<'_, V, D, M, K>,
    matrix: &Elimination<V, N>,
) -> Multipliers<V, D, M, K, N> {
    let mut right = [V::splat(0.0); N];
    unroll!(n < N, { right[n] = of_highest(cotangents, rules[n % D], n / D, n % D) });
    let equations = matrix.solve_transposed(right);
    let mut rest = *cotangents;
    unroll!(i < M, {
        let mut of_point = [V::splat(0.0); D];
        unroll!(e < D, { of_point[e] = equations[i * D + e] });
        take_equations(&mut rest[i], &coefficients[i], &of_point);
    });
    let mut start = [[V::splat(0.0); K]; D];
    unroll!(d < D, { start[d] = owed_by_start(&rest, rules[d], d) });
    Multipliers { equations, rest, start }
}

/// `g^(K-1)_i + sum_{k<K-1} sum_l (A^(K-1-k))_li g^(k)_l`
#[inline(always)]
fn of_highest<V: Real, const D: usize, const M: usize, const K: usize>(
    cotangents: &[Node<V, D, K>; M],
    rule: &Rule<V, M, K>,
    i: usize,
    d: usize,
) -> V {
    let mut sum = cotangents[i][d][K - 1];
    unroll!(l < M, {
        unroll!(k < K, {
            if k < K - 1 {
                sum = rule.powers[K - 1 - k][l][i].mul_add(cotangents[l][d][k], sum);
            }
        });
    });
    sum
}

/// `g^(k)_d -= sum_e c_{e,d,k} lambda_e` below the highest derivative.
#[inline(always)]
pub(super) fn take_equations<V: Real, const D: usize, const K: usize>(
    cotangent: &mut Node<V, D, K>,
    equations: &Equations<V, D, K>,
    multipliers: &[V; D],
) {
    unroll!(d < D, {
        unroll!(k < K, {
            if k < K - 1 {
                unroll!(e < D, {
                    cotangent[d][k] = equations[e][d][k].neg_mul_add(multipliers[e], cotangent[d][k]);
                });
            }
        });
    });
}

/// `sum_i sum_{q<=o} (A^q 1)_i g^(o-q)_i` for o < K - 1, and `sum_i sum_k (A^(K-1-k))_i0 g^(k)_i`.
#[inline(always)]
fn owed_by_start<V: Real, const D: usize, const M: usize, const K: usize>(
    rest: &[Node<V, D, K>; M],
    rule: &Rule<V, M, K>,
    d: usize,
) -> [V; K] {
    let mut owed = [V::splat(0.0); K];
    unroll!(i < M, { add_owed(&mut owed, &rest[i][d], rule, i) });
    owed
}

#[inline(always)]
fn add_owed<V: Real, const M: usize, const K: usize>(
    owed: &mut [V; K],
    rest: &[V; K],
    rule: &Rule<V, M, K>,
    i: usize,
) {
    unroll!(o < K, {
        if o < K - 1 {
            owed[o] = owed[o] + rest[o];
            unroll!(q < K, {
                if q > 0 && q <= o {
                    owed[o] = rule.times[q][i].mul_add(rest[o - q], owed[o]);
                }
            });
            owed[K - 1] = rule.of_start[K - 1 - o][i].mul_add(rest[o], owed[K - 1]);
        }
    });
}
