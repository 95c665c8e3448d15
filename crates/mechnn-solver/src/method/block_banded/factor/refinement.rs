//! The solution of one batch element, refined with the residuals of its rows.

use super::factored_element::{FactoredElement, singular};
use super::factored_group::FactoredGroup;
use super::null_space::NullSpace;
use crate::error::SolveError;
use crate::method::block_banded::rows::{
    ColumnSums, ElementView, PassSummary, RightHandSide, Signs, UnknownVector, Unknowns, add_rounding,
    add_rounding_of, add_transposed_residual, elimination_groups, relative_change,
};
use crate::problem::EquationRows;
use crate::solution::{Factorization, RowResiduals, SolveInfo};

/// Solution of one batch element.
pub(crate) struct SolvedElement {
    pub(crate) values: Vec<f64>,
    pub(crate) slack: f64,
    pub(crate) residuals: RowResiduals,
    pub(crate) pivot_ratio: f64,
    pub(crate) error_estimate: f64,
    pub(crate) refinements: usize,
    pub(crate) groups: usize,
    pub(crate) factorization: Factorization,
}

impl SolvedElement {
    /// Makes its evidence part of the batch's.
    pub(crate) fn add_to(&self, info: &mut SolveInfo) {
        info.add(self.residuals, self.pivot_ratio, self.error_estimate);
        info.refinements = info.refinements.max(self.refinements);
        info.factorization = info.factorization.max(self.factorization);
        info.independent_groups = info.independent_groups.max(self.groups);
    }
}

/// Above this estimated relative error a solution is refined.
const REFINE_ABOVE: f64 = 1e-11;

const MAX_REFINEMENTS: usize = 8;

impl FactoredElement {
    /// The solution by this factorisation, refined with the residuals of the rows until the rounding error is
    /// negligible or stops falling.
    ///
    /// The correction that would come next measures the error of what is there, so the last one is computed and not
    /// applied: it is the estimate.
    pub(crate) fn solve(&self, view: &ElementView<'_>) -> Result<SolvedElement, SolveError> {
        let linear_term = view.scheme.linear_term();
        let UnknownVector { mut values, mut slack } = self.start.clone();
        let mut right = vec![0.0; view.unknowns()];
        let mut refinements = 0;
        let mut last_change = f64::INFINITY;
        let mut is_start = true;
        loop {
            right.fill(0.0);
            let z = Unknowns { values: &values, slack };
            let pass = add_transposed_residual(view, z, RightHandSide::Data, &mut right);
            let slack_change = match self.factorization {
                Factorization::NormalEquations => self.solve_bordered(view, &mut right, pass.slack + linear_term),
                Factorization::Orthogonal if is_start => self.eliminate_residual(view, z, &mut right)?,
                // Eliminated once more, the residual would show the same rounding errors of the elimination again.
                Factorization::Orthogonal => {
                    let slack = accurate_transposed_residual(view, z, &mut right);
                    self.solve_bordered(view, &mut right, slack)
                }
            };
            if !is_start {
                self.add_particular(view, |t, e| view.forcing(t)[e], &values, &mut right);
                let change = relative_change(view, &right, &values);
                let stagnates = change > 0.5 * last_change;
                if change <= REFINE_ABOVE || stagnates || refinements == MAX_REFINEMENTS || change.is_nan() {
                    return Ok(self.solved(values, slack, pass, change, refinements));
                }
                refinements += 1;
                last_change = change;
            }
            is_start = false;
            values.iter_mut().zip(&right).for_each(|(value, change)| *value += change);
            slack += slack_change;
            if view.equations == EquationRows::Hard {
                // Large derivatives elsewhere leave their rounding errors in a change; equations hold to their own.
                right.fill(0.0);
                self.add_particular(view, |t, e| view.forcing(t)[e], &values, &mut right);
                values.iter_mut().zip(&right).for_each(|(value, change)| *value += change);
            }
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                return Err(SolveError::NotFinite { batch: view.batch, point: index / view.sizes.block() });
            }
        }
    }

    /// The solution corrected with residuals that are not rounded, and how far it may still be off: the correction
    /// that would come next, and what the rounding of the rows' entries moves.
    pub(crate) fn corrected(&self, view: &ElementView<'_>, solved: SolvedElement) -> SolvedElement {
        let SolvedElement { mut values, mut slack, .. } = solved;
        let mut right = vec![0.0; view.unknowns()];
        let mut last_change = f64::INFINITY;
        let change = loop {
            let of_slack = accurate_transposed_residual(view, Unknowns { values: &values, slack }, &mut right);
            let slack_change = self.solve_bordered(view, &mut right, of_slack);
            self.add_particular(view, |t, e| view.forcing(t)[e], &values, &mut right);
            let change = relative_change(view, &right, &values);
            // Written so that a NaN ends it, too.
            let is_useful = change > REFINE_ABOVE && change <= 0.5 * last_change;
            if !is_useful {
                break change;
            }
            last_change = change;
            values.iter_mut().zip(&right).for_each(|(value, change)| *value += change);
            slack += slack_change;
        };
        let of_rows = self.rounding_of_rows(view, &values, slack);
        let is_number = !change.is_nan() && !of_rows.is_nan();
        let estimate = if is_number { change.max(of_rows).max(f64::EPSILON) } else { f64::INFINITY };
        SolvedElement { values, slack, error_estimate: estimate, ..solved }
    }

    /// How far the rounding of the rows' entries moves the solution, relative to its values; where hard equations are
    /// eliminated, also that of the gradient that their multipliers balance.
    fn rounding_of_rows(&self, view: &ElementView<'_>, values: &[f64], slack: f64) -> f64 {
        let z = UnknownVector { values: values.to_vec(), slack };
        let mut rows = vec![0.0; view.layout.count()];
        view.for_each_row(|m, row| {
            rows[m] = row.times_squared_weight(row.accurate_residual(row.right, &z.values, z.slack));
        });
        let mut right = vec![0.0; view.unknowns()];
        let slack = add_rounding(view, Signs::Solution, &z, &mut rows, &mut right);
        if view.equations == EquationRows::Hard {
            let mut whole = vec![0.0; view.unknowns()];
            accurate_transposed_residual(view, Unknowns { values, slack: z.slack }, &mut whole);
            add_rounding_of(&whole, Signs::Solution, &mut right);
        }
        self.solve_bordered(view, &mut right, slack);
        if view.equations == EquationRows::Hard {
            add_rounding_of(values, Signs::Solution, &mut right);
        }
        relative_change(view, &right, values)
    }

    fn solved(
        &self,
        values: Vec<f64>,
        slack: f64,
        pass: PassSummary,
        estimate: f64,
        refinements: usize,
    ) -> SolvedElement {
        SolvedElement {
            values,
            slack,
            residuals: pass.residuals,
            pivot_ratio: self.pivot_ratio(),
            error_estimate: if estimate.is_nan() { f64::INFINITY } else { estimate.max(f64::EPSILON) },
            refinements,
            groups: self.groups.len(),
            factorization: self.factorization,
        }
    }

    /// Replaces `out` by the least-squares solution for the residuals of the rows at z, by eliminating the rows again:
    /// the normal equations cannot be trusted with it where the orthogonal factorisation was needed. Returns the
    /// slack.
    ///
    /// At the solution the residuals are orthogonal to all columns but the slack's, with which their product is minus
    /// gamma * alpha: the linear term enters the correction as it enters the solution.
    fn eliminate_residual(&self, view: &ElementView<'_>, z: Unknowns<'_>, out: &mut [f64]) -> Result<f64, SolveError> {
        let mut total = UnknownVector { values: vec![0.0; out.len()], slack: 0.0 };
        for group in elimination_groups(view) {
            let null_space = NullSpace::of_hard_equations(view, &group)?;
            let (_, solution) =
                FactoredGroup::orthogonal(view, group, null_space, Some(z)).map_err(|error| singular(view, error))?;
            total.add(&solution);
        }
        if let Some(gamma_alpha) = view.scheme.gamma_alpha().filter(|q| *q != 0.0) {
            let mut linear = vec![0.0; out.len()];
            total.slack += self.solve_bordered(view, &mut linear, gamma_alpha);
            total.values.iter_mut().zip(&linear).for_each(|(value, linear)| *value += linear);
        }
        out.copy_from_slice(&total.values);
        Ok(total.slack)
    }
}

/// Writes `q + Aᵀ W² (b - A z)` of the soft rows into `out` `[N, D, K]`, unrounded until then; returns the slack's
/// entry.
fn accurate_transposed_residual(view: &ElementView<'_>, z: Unknowns<'_>, out: &mut [f64]) -> f64 {
    let mut sums = ColumnSums::new(std::iter::repeat_n(0.0, out.len()), view.scheme.linear_term());
    view.for_each_row(|_, row| {
        sums.add(row, row.residual_sum(row.right, z.values, z.slack));
    });
    sums.write(out)
}
