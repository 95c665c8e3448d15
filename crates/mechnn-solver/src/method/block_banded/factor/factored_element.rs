//! One batch element, factored: its groups of dimensions and the slack that joins them.

use super::factored_group::FactoredGroup;
use super::null_space::NullSpace;
use super::slack_column::SlackColumn;
use crate::engine::PivotError;
use crate::error::SolveError;
use crate::method::block_banded::rows::{ElementView, UnknownVector, elimination_groups, independent_groups};
use crate::problem::EquationRows;
use crate::solution::Factorization;

/// The factored system of one batch element.
pub(crate) struct FactoredElement {
    pub(super) groups: Vec<FactoredGroup>,
    slack: Option<SlackColumn>,
    pivot_ratio: f64,
    pub(super) factorization: Factorization,
    /// Where refinement starts: the solution that an orthogonal factorisation returns, else zero.
    pub(super) start: UnknownVector,
}

/// Above this estimated relative error variances are refused: two digits are enough for an error bar, fewer are not.
const REFUSE_VARIANCES_ABOVE: f64 = 1e-2;

/// Relative error of a variance, in units of eps times the largest inflation `A_ii (A⁻¹)_ii`: seen up to 6
/// (`tests/variances.rs`).
const VARIANCE_ERROR: f64 = 10.0;

impl FactoredElement {
    pub(crate) fn new(view: &ElementView<'_>, factorization: Factorization) -> Result<Self, SolveError> {
        let groups = match factorization {
            Factorization::NormalEquations => independent_groups(view),
            Factorization::Orthogonal => elimination_groups(view),
        };
        if view.equations == EquationRows::Hard
            && groups.iter().map(|group| group.equations.len()).sum::<usize>() < view.sizes.equations
        {
            // An equation without unknowns joins no group.
            return Err(SolveError::DependentEquations { batch: view.batch, point: 0, pivot: 0.0 });
        }
        let mut factored = Vec::with_capacity(groups.len());
        let mut start = UnknownVector { values: vec![0.0; view.unknowns()], slack: 0.0 };
        for group in groups {
            let null_space = NullSpace::of_hard_equations(view, &group)?;
            let group = match factorization {
                Factorization::NormalEquations => FactoredGroup::new(view, group, null_space),
                // Its solution is found again, with its correction, from the start.
                Factorization::Orthogonal => {
                    FactoredGroup::orthogonal(view, group, null_space, None).map(|(factored, _)| factored)
                }
            };
            let group = group.map_err(|error| singular(view, error))?;
            group.add_particular(view, |t, e| view.forcing(t)[e], &mut start.values);
            factored.push(group);
        }
        let pivot_ratio = factored.iter().map(FactoredGroup::pivot_ratio).fold(f64::INFINITY, f64::min);
        let mut element = Self { groups: factored, slack: None, pivot_ratio, factorization, start };
        if factorization == Factorization::NormalEquations && view.scheme.gamma_alpha().is_some() {
            let solve = |x: &mut [f64]| element.solve_groups(view, x, &mut 0.0);
            let (slack, ratio) = SlackColumn::new(view, solve).map_err(|error| singular(view, error))?;
            element.pivot_ratio = element.pivot_ratio.min(ratio);
            element.slack = Some(slack);
        }
        Ok(element)
    }

    /// The smallest change of `values` (zero if absent) with which `C x = right(t, e)` in hard equations, `[N, D, K]`;
    /// `None` if all are soft.
    pub(crate) fn satisfying(
        &self,
        view: &ElementView<'_>,
        right: impl Fn(usize, usize) -> f64,
        values: Option<&[f64]>,
    ) -> Option<Vec<f64>> {
        (view.equations == EquationRows::Hard).then(|| {
            let mut change = vec![0.0; view.unknowns()];
            match values {
                Some(values) => self.add_particular(view, right, values, &mut change),
                None => self.groups.iter().for_each(|group| group.add_particular(view, &right, &mut change)),
            }
            change
        })
    }

    /// Adds to `change` the smallest x with `C (values + x) = right` in hard equations; nothing for soft ones.
    pub(super) fn add_particular(
        &self,
        view: &ElementView<'_>,
        right: impl Fn(usize, usize) -> f64,
        values: &[f64],
        change: &mut [f64],
    ) {
        let block = view.sizes.block();
        let defect = |t: usize, e: usize| {
            let row = &view.coefficients(t)[e * block..][..block];
            let applied: f64 = row.iter().zip(&values[t * block..]).map(|(c, x)| c * x).sum();
            right(t, e) - applied
        };
        self.groups.iter().for_each(|group| group.add_particular(view, defect, change));
    }

    /// Multipliers of hard equations, `Cᵀ ν = w` at every point, `[N, E]`; `None` for soft ones.
    pub(crate) fn multipliers(&self, view: &ElementView<'_>, w: &[f64]) -> Option<Vec<f64>> {
        (view.equations == EquationRows::Hard).then(|| {
            let mut multipliers = vec![0.0; view.sizes.points * view.sizes.equations];
            self.groups.iter().for_each(|group| group.multipliers(view, w, &mut multipliers));
            multipliers
        })
    }

    pub(crate) fn pivot_ratio(&self) -> f64 {
        self.pivot_ratio
    }

    /// Diagonal of the inverse of the normal equations: that of the values `[N, D, K]`, and that of the slack.
    ///
    /// With the slack eliminated last, `z` its response and `den` its Schur complement, that of the values is
    /// `diag((AᵀA)⁻¹) + z² / den`, and that of the slack `1 / den`. There is no refinement: see
    /// [`REFUSE_VARIANCES_ABOVE`].
    pub(crate) fn variances(&self, view: &ElementView<'_>) -> Result<(Vec<f64>, f64), SolveError> {
        let mut values = vec![0.0; view.unknowns()];
        let mut slack = 0.0;
        // What the pivots say is a lower bound of what the inverse itself says; the slack is only in the pivots.
        let mut inflation = match self.factorization {
            Factorization::NormalEquations => self.pivot_ratio.recip(),
            Factorization::Orthogonal => self.pivot_ratio.sqrt().recip(),
        };
        for group in &self.groups {
            let own = group.variances_into(view, &mut values, &mut slack);
            inflation = inflation.max(if self.factorization == Factorization::Orthogonal { own.sqrt() } else { own });
        }
        let estimate = VARIANCE_ERROR * f64::EPSILON * inflation;
        if !estimate.is_finite() || estimate > REFUSE_VARIANCES_ABOVE {
            return Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements: 0 });
        }
        if let Some(column) = &self.slack {
            slack = column.add_variances(&mut values);
        }
        Ok((values, slack))
    }

    /// Solves the normal equations bordered by the slack in place; returns the slack.
    pub(crate) fn solve_bordered(&self, view: &ElementView<'_>, g: &mut [f64], g_slack: f64) -> f64 {
        let mut slack = g_slack;
        self.solve_groups(view, g, &mut slack);
        let Some(column) = &self.slack else {
            let in_group = self.factorization == Factorization::Orthogonal && view.scheme.gamma_alpha().is_some();
            return if in_group { slack } else { 0.0 };
        };
        column.eliminate(g, g_slack)
    }

    fn solve_groups(&self, view: &ElementView<'_>, x: &mut [f64], slack: &mut f64) {
        self.groups.iter().for_each(|group| group.solve_in_place(view, x, slack));
    }
}

/// The rows leave a direction open, or close it by no more than rounding.
pub(crate) fn singular(view: &ElementView<'_>, error: PivotError) -> SolveError {
    let pivot = if error.ratio.is_finite() { error.ratio } else { 0.0 };
    SolveError::NotPositiveDefinite { batch: view.batch, point: error.block, pivot }
}
