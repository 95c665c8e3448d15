//! What integration makes of the highest derivatives of an element and of its first state.

use crate::lanes::{MAX_LANES, Real, unroll};
use crate::method::collocation::rules::Rule as Matrices;

/// The integration matrix A of an element of M intervals, with the powers in which it enters the lower derivatives:
///
/// ```text
/// u^(K-1-p)_i = sum_{q<p} (A^q 1)_i u_0^(K-1-p+q) + (A^p)_i0 y_0 + sum_{j>0} (A^p)_ij y_j,        y = u^(K-1)
/// ```
#[derive(Clone, Copy)]
pub(super) struct Rule<V, const M: usize, const K: usize> {
    /// `[p][i][j]`: (A^p)_ij for i, j > 0; p = 0 is not used.
    pub(super) powers: [[[V; M]; M]; K],
    /// `[p][i]`: (A^p)_i0; p = 0 is not used.
    pub(super) of_start: [[V; M]; K],
    /// `[q][i]`: (A^q 1)_i, about tau_i^q / q!.
    pub(super) times: [[V; M]; K],
    /// `[l][j]`: the derivative of the Lagrange polynomial of node j > 0 at node l.
    pub(super) slopes: [[V; M]; M],
    /// The same for node 0.
    pub(super) slopes_of_start: [V; M],
}

impl<V: Real, const M: usize, const K: usize> Rule<V, M, K> {
    #[inline(always)]
    pub(super) fn zero() -> Self {
        let (matrix, column) = ([[V::splat(0.0); M]; M], [V::splat(0.0); M]);
        Self {
            powers: [matrix; K],
            of_start: [column; K],
            times: [column; K],
            slopes: matrix,
            slopes_of_start: column,
        }
    }

    /// From the matrices of every lane.
    #[inline(always)]
    pub(super) fn from_lanes(matrices: &[Matrices<'_>; MAX_LANES]) -> Self {
        let mut integrals = [[V::splat(0.0); M]; M];
        let mut slopes = integrals;
        let (mut of_start, mut slopes_of_start) = ([V::splat(0.0); M], [V::splat(0.0); M]);
        let mut numbers = [0.0; MAX_LANES];
        for i in 0..M {
            for j in 0..=M {
                let at = i * (M + 1) + j;
                for l in 0..V::LANES {
                    numbers[l] = matrices[l].integrals[at];
                }
                let integral = V::from_lanes(&numbers[..V::LANES]);
                for l in 0..V::LANES {
                    numbers[l] = matrices[l].slopes[at];
                }
                let slope = V::from_lanes(&numbers[..V::LANES]);
                if j == 0 {
                    (of_start[i], slopes_of_start[i]) = (integral, slope);
                } else {
                    (integrals[i][j - 1], slopes[i][j - 1]) = (integral, slope);
                }
            }
        }
        Self::new(integrals, of_start, slopes, slopes_of_start)
    }

    /// From A `[M, M]`, its column 0, and the same of the differentiation matrix.
    #[inline(always)]
    pub(super) fn new(integrals: [[V; M]; M], of_start: [V; M], slopes: [[V; M]; M], slopes_of_start: [V; M]) -> Self {
        let mut rule = Self {
            powers: [integrals; K],
            of_start: [of_start; K],
            times: [[V::splat(1.0); M]; K],
            slopes,
            slopes_of_start,
        };
        // A 1 takes column 0 along; further powers have zeros in row 0 of what they are applied to.
        let ones = applied(&integrals, &rule.times[0]);
        unroll!(i < M, { rule.times[1][i] = ones[i] + of_start[i] });
        unroll!(p < K, {
            if p > 1 {
                rule.times[p] = applied(&integrals, &rule.times[p - 1]);
                rule.of_start[p] = applied(&integrals, &rule.of_start[p - 1]);
                rule.powers[p] = product(&integrals, &rule.powers[p - 1]);
            }
        });
        rule
    }
}

/// `A v`
#[inline(always)]
fn applied<V: Real, const M: usize>(a: &[[V; M]; M], v: &[V; M]) -> [V; M] {
    let mut out = *v;
    unroll!(i < M, {
        out[i] = a[i][0] * v[0];
        unroll!(j < M, {
            if j > 0 {
                out[i] = a[i][j].mul_add(v[j], out[i]);
            }
        });
    });
    out
}

/// `A B`
#[inline(always)]
fn product<V: Real, const M: usize>(a: &[[V; M]; M], b: &[[V; M]; M]) -> [[V; M]; M] {
    let mut out = *b;
    unroll!(i < M, { out[i] = combined(&a[i], b) });
    out
}

/// The rows of B in a linear combination.
#[inline(always)]
fn combined<V: Real, const M: usize>(weights: &[V; M], b: &[[V; M]; M]) -> [V; M] {
    let mut out = b[0];
    unroll!(j < M, {
        out[j] = weights[0] * b[0][j];
        unroll!(l < M, {
            if l > 0 {
                out[j] = weights[l].mul_add(b[l][j], out[j]);
            }
        });
    });
    out
}
