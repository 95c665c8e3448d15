//! One pass over all rows: residuals, and the transposed matrix applied to them.

use super::element_view::ElementView;
use super::unknowns::Unknowns;
use crate::rows::{MAX_WIDTH, scaled_ends};
use crate::solution::RowResiduals;

/// The right-hand side of the rows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RightHandSide {
    /// Forcing, initial values, periodic jump.
    Data,
    /// The slack's column of the matrix: ones on the smoothness rows.
    SlackColumn,
}

/// What a pass returns beside `Aᵀ W² (f - A z)` for the values.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PassSummary {
    /// The same for the slack's column: the weighted sum of the smoothness residuals.
    pub(crate) slack: f64,
    /// Weighted sum of squared residuals.
    pub(crate) squared_norm: f64,
    pub(crate) residuals: RowResiduals,
}

/// Adds `Aᵀ W² (f - A z)` to `out` `[N, D, K]`.
pub(crate) fn add_transposed_residual(
    view: &ElementView<'_>,
    z: Unknowns<'_>,
    right: RightHandSide,
    out: &mut [f64],
) -> PassSummary {
    let (dims, orders, points) = (view.sizes.dims, view.sizes.orders, view.sizes.points);
    let block = view.sizes.block();
    let mut summary = PassSummary::default();
    let data = right == RightHandSide::Data;

    let weight = view.equation_weight() * view.equation_weight();
    for t in 0..points {
        let x = &z.values[t * block..][..block];
        let target = &mut out[t * block..][..block];
        for (row, &forcing) in view.coefficients(t).chunks_exact(block).zip(view.forcing(t)) {
            let applied: f64 = row.iter().zip(x).map(|(c, x)| c * x).sum();
            let residual = if data { forcing } else { 0.0 } - applied;
            summary.squared_norm += weight * residual * residual;
            summary.residuals.equation = summary.residuals.equation.max(residual.abs());
            target.iter_mut().zip(row).for_each(|(target, c)| *target += weight * residual * c);
        }
    }

    let weight = view.weights.initial * view.weights.initial;
    for s in 0..view.pinned_points {
        for d in 0..dims {
            for q in 0..view.pinned_orders {
                let index = view.at(s, d) + q;
                let residual = if data { view.initial(s, d, q) } else { 0.0 } - z.values[index];
                summary.squared_norm += weight * residual * residual;
                summary.residuals.initial = summary.residuals.initial.max(residual.abs());
                out[index] += weight * residual;
            }
        }
    }
    if let Some(jump) = view.jump() {
        for d in 0..dims {
            for k in 0..orders - 1 {
                let (first, last) = (view.at(0, d) + k, view.at(points - 1, d) + k);
                let residual = if data { jump(d, k) } else { 0.0 } - (z.values[first] - z.values[last]);
                summary.squared_norm += weight * residual * residual;
                summary.residuals.periodic = summary.residuals.periodic.max(residual.abs());
                out[first] += weight * residual;
                out[last] -= weight * residual;
            }
        }
    }

    // At zero the data have no smoothness residual: nothing to add, and the pass that starts every solve is short.
    let at_zero = data && z.slack == 0.0 && z.values.iter().all(|&x| x == 0.0);
    if !at_zero {
        match orders {
            2 => add_smoothness(2, view, z, right, out, &mut summary),
            3 => add_smoothness(3, view, z, right, out, &mut summary),
            4 => add_smoothness(4, view, z, right, out, &mut summary),
            5 => add_smoothness(5, view, z, right, out, &mut summary),
            _ => add_smoothness(orders, view, z, right, out, &mut summary),
        }
    }
    summary
}

/// The smoothness rows; called with a literal number of orders its loops unroll.
#[inline(always)]
fn add_smoothness(
    orders: usize,
    view: &ElementView<'_>,
    z: Unknowns<'_>,
    right: RightHandSide,
    out: &mut [f64],
    summary: &mut PassSummary,
) {
    let weight = view.weights.smoothness * view.weights.smoothness;
    let offset = if right == RightHandSide::SlackColumn { 1.0 } else { 0.0 } - z.slack;
    let all: Vec<usize> = (0..view.sizes.dims).collect();
    view.for_each_interval(&all, |t, d, rows| {
        let width = 2 * orders;
        let (left, right) = (view.at(t, d), view.at(t + 1, d));
        let v = scaled_ends(&z.values[left..][..orders], &z.values[right..][..orders], rows.power());
        let mut sum = [0.0; MAX_WIDTH];
        for pattern in rows.pattern() {
            let applied: f64 = pattern[..width].iter().zip(&v[..width]).map(|(p, v)| p * v).sum();
            let residual = offset - applied;
            summary.slack += weight * residual;
            summary.squared_norm += weight * residual * residual;
            summary.residuals.smoothness = summary.residuals.smoothness.max(residual.abs());
            sum[..width].iter_mut().zip(pattern).for_each(|(sum, p)| *sum += residual * p);
        }
        for j in 0..orders {
            out[left + j] += weight * rows.power()[j] * sum[j];
            out[right + j] += weight * rows.power()[j] * sum[orders + j];
        }
    });
    view.for_each_central(&all, |t, d, row| {
        let at = [view.at(t - 1, d) + orders - 2, view.at(t, d) + orders - 1, view.at(t + 1, d) + orders - 2];
        let applied: f64 = (0..3).map(|i| row.entries[i] * z.values[at[i]]).sum();
        let residual = offset - applied;
        summary.slack += weight * residual;
        summary.squared_norm += weight * residual * residual;
        summary.residuals.smoothness = summary.residuals.smoothness.max(residual.abs());
        (0..3).for_each(|i| out[at[i]] += weight * residual * row.entries[i]);
    });
}
