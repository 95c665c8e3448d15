//! One batch element: its chains, the slack that joins them, and refinement.

use super::chain::Chain;
use super::groups::independent_groups;
use super::row_pass::{Load, Unknowns, add_transposed_residual};
use super::view::ElementView;
use crate::error::SolveError;
use crate::solution::RowResiduals;

/// The factored system of one batch element.
pub(super) struct FactoredElement {
    chains: Vec<Chain>,
    slack: Option<SlackColumn>,
    pivot_ratio: f64,
}

/// The slack as a border of one column, with a = its column (ones on the smoothness rows):
/// `z = (AᵀA)⁻¹ Aᵀa`, and the Schur complement `|a - A z|²`.
struct SlackColumn {
    transposed: Vec<f64>,
    response: Vec<f64>,
    complement: f64,
}

/// Solution of one batch element.
pub(super) struct SolvedElement {
    pub(super) values: Vec<f64>,
    pub(super) slack: f64,
    pub(super) residuals: RowResiduals,
    pub(super) pivot_ratio: f64,
    pub(super) error_estimate: f64,
    pub(super) refinements: usize,
    pub(super) groups: usize,
}

/// Adjoint (or tangent) of one batch element.
pub(super) struct Adjoint {
    pub(super) values: Vec<f64>,
    pub(super) slack: f64,
}

/// Above this estimated relative error a solution is refined.
const REFINE_ABOVE: f64 = 1e-11;

/// Relative error of a solve, in units of `eps / pivot_ratio`: seen up to 50 in random problems (`tests/agreement.rs`).
const ERROR_PER_PIVOT: f64 = 10.0;

/// Above this estimated relative error after refinement the solve is refused.
const REFUSE_ABOVE: f64 = 1e-6;

/// Above this estimated relative error variances are refused: two digits are enough for an error bar, fewer are not.
const REFUSE_VARIANCES_ABOVE: f64 = 1e-2;

const MAX_REFINEMENTS: usize = 8;

impl FactoredElement {
    pub(super) fn new(view: &ElementView<'_>) -> Result<Self, SolveError> {
        let singular = |point: usize, pivot: f64| {
            let pivot = if pivot.is_finite() { pivot } else { 0.0 };
            SolveError::NotPositiveDefinite { batch: view.batch, point, pivot }
        };
        let chains = independent_groups(view)
            .into_iter()
            .map(|group| Chain::new(view, group).map_err(|error| singular(error.block, error.ratio)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut pivot_ratio = chains.iter().map(Chain::pivot_ratio).fold(f64::INFINITY, f64::min);
        let mut element = Self { chains, slack: None, pivot_ratio };
        if view.scheme.gamma_alpha().is_some() {
            let zero = vec![0.0; view.unknowns()];
            let start = Unknowns { values: &zero, slack: 0.0 };
            let mut transposed = vec![0.0; view.unknowns()];
            let rows = add_transposed_residual(view, start, Load::SlackColumn, &mut transposed).squared_norm;
            let mut response = transposed.clone();
            element.solve_chains(view, &mut response);
            let mut correction = vec![0.0; view.unknowns()];
            let z = Unknowns { values: &response, slack: 0.0 };
            let complement = add_transposed_residual(view, z, Load::SlackColumn, &mut correction).squared_norm;
            let ratio = complement / rows;
            if ratio.is_nan() || ratio < f64::EPSILON {
                return Err(singular(view.sizes.points, ratio));
            }
            pivot_ratio = pivot_ratio.min(ratio);
            element.slack = Some(SlackColumn { transposed, response, complement });
            element.pivot_ratio = pivot_ratio;
        }
        Ok(element)
    }

    /// Solves the normal equations, then refines with the residuals of the rows until the rounding error is negligible
    /// or stops falling.
    pub(super) fn solve(&self, view: &ElementView<'_>) -> Result<SolvedElement, SolveError> {
        let gamma_alpha = view.scheme.gamma_alpha().unwrap_or(0.0);
        let mut values = vec![0.0; view.unknowns()];
        let mut slack = 0.0;
        let mut refinements = 0;
        let mut estimate = ERROR_PER_PIVOT * f64::EPSILON / self.pivot_ratio;
        // cond(A) eps: what remains after any number of refinements.
        let floor = ERROR_PER_PIVOT * f64::EPSILON / self.pivot_ratio.sqrt();
        // Relative size of the last change of the solution: all of it at first.
        let mut last_change = 1.0;
        let mut solved_once = false;
        let mut stagnates = false;
        let mut right = vec![0.0; view.unknowns()];
        loop {
            right.fill(0.0);
            let z = Unknowns { values: &values, slack };
            let pass = add_transposed_residual(view, z, Load::Data, &mut right);
            let accurate = estimate <= REFINE_ABOVE.max(floor);
            if solved_once && (accurate || stagnates || refinements == MAX_REFINEMENTS) {
                if estimate.is_nan() || estimate > REFUSE_ABOVE {
                    return Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements });
                }
                let (pivot_ratio, groups) = (self.pivot_ratio, self.chains.len());
                let error_estimate = estimate.max(f64::EPSILON);
                let residuals = pass.residuals;
                return Ok(SolvedElement {
                    values,
                    slack,
                    residuals,
                    pivot_ratio,
                    error_estimate,
                    refinements,
                    groups,
                });
            }
            slack += self.solve_bordered(view, &mut right, pass.slack + gamma_alpha);
            values.iter_mut().zip(&right).for_each(|(value, change)| *value += change);
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                return Err(SolveError::NotFinite { batch: view.batch, point: index / view.sizes.block() });
            }
            if !solved_once {
                solved_once = true;
                continue;
            }
            refinements += 1;
            let change = relative_change(view, &right, &values);
            // Linear convergence: the next change would be smaller by the same factor.
            let contraction = (change / last_change).min(1.0);
            // Where the changes no longer fall, they are the level of the rounding error.
            stagnates = refinements > 1 && contraction > 0.5;
            estimate = if stagnates { change } else { (change * contraction).max(floor) };
            last_change = change;
        }
    }

    /// `(AᵀA)⁻¹ g` over values and slack, refined as often as the solution was.
    pub(super) fn solve_adjoint(&self, view: &ElementView<'_>, g: &[f64], g_slack: f64, refinements: usize) -> Adjoint {
        let mut values = g.to_vec();
        let mut slack = self.solve_bordered(view, &mut values, g_slack);
        let mut residual = vec![0.0; g.len()];
        for _ in 0..refinements {
            residual.copy_from_slice(g);
            let z = Unknowns { values: &values, slack };
            let pass = add_transposed_residual(view, z, Load::Zero, &mut residual);
            slack += self.solve_bordered(view, &mut residual, g_slack + pass.slack);
            values.iter_mut().zip(&residual).for_each(|(value, change)| *value += change);
        }
        Adjoint { values, slack }
    }

    /// Diagonal of the inverse of the normal equations: that of the values `[N, D, K]`, and that of the slack.
    ///
    /// With the slack eliminated last, `z` its response and `den` its Schur complement, that of the values is
    /// `diag((AᵀA)⁻¹) + z² / den`, and that of the slack `1 / den`. There is no refinement: see [`REFUSE_VARIANCES_ABOVE`].
    pub(super) fn variances(&self, view: &ElementView<'_>) -> Result<(Vec<f64>, f64), SolveError> {
        let mut values = vec![0.0; view.unknowns()];
        // What the pivots say is a lower bound of what the inverse itself says; the slack is only in the pivots.
        let mut inflation = self.pivot_ratio.recip();
        for chain in &self.chains {
            inflation = inflation.max(chain.variances_into(view, &mut values));
        }
        let estimate = ERROR_PER_PIVOT * f64::EPSILON * inflation;
        if !estimate.is_finite() || estimate > REFUSE_VARIANCES_ABOVE {
            return Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements: 0 });
        }
        let Some(SlackColumn { response, complement, .. }) = &self.slack else { return Ok((values, 0.0)) };
        values.iter_mut().zip(response).for_each(|(variance, z)| *variance += z * z / complement);
        Ok((values, complement.recip()))
    }

    /// Solves the normal equations bordered by the slack in place; returns the slack.
    fn solve_bordered(&self, view: &ElementView<'_>, g: &mut [f64], g_slack: f64) -> f64 {
        self.solve_chains(view, g);
        let Some(SlackColumn { transposed, response, complement }) = &self.slack else { return 0.0 };
        // eps = (q - s·y) / den;  x = y - eps z
        let product: f64 = transposed.iter().zip(&*g).map(|(s, y)| s * y).sum();
        let slack = (g_slack - product) / complement;
        g.iter_mut().zip(response).for_each(|(value, z)| *value -= slack * z);
        slack
    }

    fn solve_chains(&self, view: &ElementView<'_>, x: &mut [f64]) {
        self.chains.iter().for_each(|chain| chain.solve_in_place(view, x));
    }
}

/// Largest change of each derivative order relative to the largest value of that order, the worst of all orders.
/// An order that is zero up to rounding is measured against the largest `h^k u^(k)` instead.
fn relative_change(view: &ElementView<'_>, change: &[f64], values: &[f64]) -> f64 {
    let orders = view.sizes.orders;
    let step = (0..view.sizes.points - 1).map(|t| view.step(t, 0)).fold(0.0, f64::max);
    let largest = |x: &[f64], k: usize| x.iter().skip(k).step_by(orders).fold(0.0, |m: f64, v| m.max(v.abs()));
    let scaled = (0..orders).map(|k| largest(values, k) * step.powi(k as i32)).fold(0.0, f64::max);
    (0..orders)
        .map(|k| {
            let scale = largest(values, k) + 1e-6 * scaled / step.powi(k as i32);
            if scale > 0.0 { largest(change, k) / scale } else { 0.0 }
        })
        .fold(0.0, f64::max)
}
