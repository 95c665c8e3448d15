//! What the lanes notice on the way, and which of them are trusted.

use super::element::{Equations, Node, Rules, without_highest};
use super::elimination::Pivots;
use crate::lanes::{Real, unroll};
use crate::method::collocation::evidence::{ERROR_PER_PIVOT, Evidence};
use crate::solution::RowResiduals;

/// Pivots and residuals of every lane so far.
pub(super) struct Monitor<V, const D: usize, const K: usize> {
    pub(super) pivots: Pivots<V>,
    /// Largest |value| of each derivative so far.
    scales: Node<V, D, K>,
    /// Largest residual of an equation less what rounding accounts for: not positive where all are small.
    excess: V,
    equation: V,
    spline: V,
}

/// Without exchanges of rows a lane is trusted if every pivot is at least so large beside its column: rounding errors
/// are then magnified little, and whether they were is seen in the residuals.
const SMALLEST_PIVOT_RATIO: f64 = 1.0 / 32.0;

/// Residuals of equations up to this, relative to the sizes of their terms, add nothing to the error estimate, which
/// is at least [`ERROR_PER_PIVOT`] roundings. (Less, because those sizes are rounded, too.)
const RESIDUAL_OF_ROUNDING: f64 = 0.9 * ERROR_PER_PIVOT * f64::EPSILON;

impl<V: Real, const D: usize, const K: usize> Monitor<V, D, K> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        let zero = V::splat(0.0);
        Self { pivots: Pivots::none(), scales: [[zero; K]; D], excess: zero, equation: zero, spline: zero }
    }

    /// The equations of a point that has been solved for.
    ///
    /// The residual is relative to the sizes of the terms with every derivative as large as it was anywhere up to
    /// here. Sizes only grow from here on ([`crate::method::collocation::check`] has those of the end), so one pass
    /// suffices where the residual is small.
    #[inline(always)]
    pub(super) fn equations(&mut self, equations: &Equations<V, D, K>, forcing: &[V; D], node: &Node<V, D, K>) {
        unroll!(d < D, {
            unroll!(k < K, {
                self.scales[d][k] = node[d][k].abs().max(self.scales[d][k]);
            });
        });
        let sums = without_highest(equations, node, forcing);
        unroll!(e < D, {
            let (mut residual, mut size) = (sums[e], forcing[e].abs());
            unroll!(d < D, {
                residual = equations[e][d][K - 1].neg_mul_add(node[d][K - 1], residual);
                size = size_of_terms(&equations[e][d], &self.scales[d], size);
            });
            self.pivots.poison = residual.mul_add(V::splat(0.0), self.pivots.poison);
            let residual = residual.abs();
            self.equation = residual.max(self.equation);
            self.excess = size.neg_mul_add(V::splat(RESIDUAL_OF_ROUNDING), residual).max(self.excess);
        });
    }

    /// The spline rows of an element.
    #[inline(always)]
    pub(super) fn splines<const M: usize>(
        &mut self,
        start: &Node<V, D, K>,
        nodes: &[Node<V, D, K>; M],
        rules: Rules<'_, V, D, M, K>,
    ) {
        unroll!(i < M, {
            unroll!(d < D, {
                let row = SplineRow { integrals: &rules[d].powers[1][i], of_start: rules[d].of_start[1][i] };
                self.spline = row.largest_residual(start, nodes, i, d, self.spline);
            });
        });
    }

    /// True if no lane can be trusted any more.
    #[inline(always)]
    pub(super) fn has_lost_all(&self) -> bool {
        let mut any = false;
        for l in 0..V::LANES {
            any |= 1.0 / self.pivots.growth.lane(l) >= SMALLEST_PIVOT_RATIO && self.pivots.poison.lane(l) == 0.0;
        }
        !any
    }

    /// What is known of one lane, or nothing if it is not trusted and needs a closer look.
    #[inline(always)]
    pub(super) fn evidence(&self, lane: usize, amplification: f64) -> Option<Evidence> {
        let pivot_ratio = 1.0 / self.pivots.growth.lane(lane);
        let (equation, spline) = (self.equation.lane(lane), self.spline.lane(lane));
        let mut largest = V::splat(0.0);
        unroll!(d < D, {
            unroll!(k < K, {
                if k < K - 1 {
                    largest = self.scales[d][k].max(largest);
                }
            });
        });
        let of_splines = if spline > 0.0 { spline / largest.lane(lane) } else { 0.0 };
        let error_estimate = ERROR_PER_PIVOT * f64::EPSILON / pivot_ratio.min(amplification.recip());
        // Each comparison is false for a NaN.
        let is_trusted = self.pivots.poison.lane(lane) == 0.0
            && self.excess.lane(lane) <= 0.0
            && pivot_ratio >= SMALLEST_PIVOT_RATIO
            && of_splines <= RESIDUAL_OF_ROUNDING
            && equation.is_finite()
            && error_estimate <= LARGEST_ESTIMATE;
        if !is_trusted {
            return None;
        }
        let residuals = RowResiduals { equation, smoothness: spline, ..RowResiduals::default() };
        Some(Evidence { residuals, pivot_ratio, error_estimate, error_of_factors: error_estimate, refinements: 0 })
    }
}

/// Beyond it an element is judged, and perhaps refused, on the other path.
const LARGEST_ESTIMATE: f64 = 1e-9;

/// `size + sum_k |c_k| scale_k`
#[inline(always)]
fn size_of_terms<V: Real, const K: usize>(c: &[V; K], scales: &[V; K], mut size: V) -> V {
    unroll!(k < K, { size = c[k].abs().mul_add(scales[k], size) });
    size
}

/// Row i of the integration matrix.
struct SplineRow<'a, V, const M: usize> {
    integrals: &'a [V; M],
    of_start: V,
}

impl<V: Real, const M: usize> SplineRow<'_, V, M> {
    /// `u^(o)_0 - u^(o)_i + sum_j A_ij u^(o+1)_j`, the largest of all o and of what was before.
    #[inline(always)]
    fn largest_residual<const D: usize, const K: usize>(
        &self,
        start: &Node<V, D, K>,
        nodes: &[Node<V, D, K>; M],
        i: usize,
        d: usize,
        mut largest: V,
    ) -> V {
        unroll!(o < K, {
            if o < K - 1 {
                let mut residual = self.of_start.mul_add(start[d][o + 1], start[d][o] - nodes[i][d][o]);
                unroll!(j < M, { residual = self.integrals[j].mul_add(nodes[j][d][o + 1], residual) });
                largest = residual.abs().max(largest);
            }
        });
        largest
    }
}
