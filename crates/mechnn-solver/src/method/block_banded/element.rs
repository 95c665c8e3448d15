//! One batch element, factored: its chains, the slack that joins them, and refinement.

use super::augmented::{Augmented, Sides};
use super::chain::Chain;
use super::change::relative_change;
use super::groups::{Group, independent_groups};
use super::null_space::NullSpace;
use super::row_pass::{Load, PassSummary, Unknowns, add_transposed_residual};
use super::slack_column::SlackColumn;
use super::view::ElementView;
use crate::engine::PivotError;
use crate::error::SolveError;
use crate::problem::EquationRows;
use crate::solution::{Factorization, RowResiduals};

/// The factored system of one batch element.
pub(super) struct FactoredElement {
    chains: Vec<Chain>,
    slack: Option<SlackColumn>,
    pivot_ratio: f64,
    factorization: Factorization,
    /// Where refinement starts: the solution that an orthogonal factorisation returns, else zero.
    start: UnknownVector,
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
    pub(super) factorization: Factorization,
}

/// A vector in the space of unknowns: a start, an adjoint, a tangent.
#[derive(Debug, Clone)]
pub(super) struct UnknownVector {
    pub(super) values: Vec<f64>,
    pub(super) slack: f64,
}

/// Above this estimated relative error a solution is refined.
const REFINE_ABOVE: f64 = 1e-11;

/// Above this estimated relative error variances are refused: two digits are enough for an error bar, fewer are not.
const REFUSE_VARIANCES_ABOVE: f64 = 1e-2;

/// Relative error of a variance, in units of eps times the largest inflation `A_ii (A⁻¹)_ii`: seen up to 6
/// (`tests/variances.rs`).
const VARIANCE_ERROR: f64 = 10.0;

const MAX_REFINEMENTS: usize = 8;

impl FactoredElement {
    pub(super) fn new(view: &ElementView<'_>, factorization: Factorization) -> Result<Self, SolveError> {
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
        let mut chains = Vec::with_capacity(groups.len());
        let mut start = UnknownVector { values: vec![0.0; view.unknowns()], slack: 0.0 };
        for group in groups {
            let null_space = null_space(view, &group)?;
            let chain = match factorization {
                Factorization::NormalEquations => Chain::new(view, group, null_space),
                // Its solution is found again, with its correction, from the start.
                Factorization::Orthogonal => Chain::orthogonal(view, group, null_space, None).map(|(chain, _)| chain),
            };
            let chain = chain.map_err(|error| singular(view, error))?;
            chain.add_particular(view, |t, e| view.forcing(t)[e], &mut start.values);
            chains.push(chain);
        }
        let pivot_ratio = chains.iter().map(Chain::pivot_ratio).fold(f64::INFINITY, f64::min);
        let mut element = Self { chains, slack: None, pivot_ratio, factorization, start };
        if factorization == Factorization::NormalEquations && view.scheme.gamma_alpha().is_some() {
            let solve = |x: &mut [f64]| element.solve_chains(view, x, &mut 0.0);
            let (slack, ratio) = SlackColumn::new(view, solve).map_err(|error| singular(view, error))?;
            element.pivot_ratio = element.pivot_ratio.min(ratio);
            element.slack = Some(slack);
        }
        Ok(element)
    }

    /// The solution by this factorisation, refined with the residuals of the rows until the rounding error is negligible
    /// or stops falling.
    ///
    /// The correction that would come next measures the error of what is there, so the last one is computed and not
    /// applied: it is the estimate.
    pub(super) fn solve(&self, view: &ElementView<'_>) -> Result<SolvedElement, SolveError> {
        let gamma_alpha = view.scheme.gamma_alpha().unwrap_or(0.0);
        let UnknownVector { mut values, mut slack } = self.start.clone();
        let mut right = vec![0.0; view.unknowns()];
        let mut refinements = 0;
        let mut last_change = f64::INFINITY;
        let mut is_start = true;
        loop {
            right.fill(0.0);
            let z = Unknowns { values: &values, slack };
            let pass = add_transposed_residual(view, z, Load::Data, &mut right);
            let slack_change = match self.factorization {
                Factorization::NormalEquations => self.solve_bordered(view, &mut right, pass.slack + gamma_alpha),
                Factorization::Orthogonal => self.eliminate_residual(view, z, &mut right)?,
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

    /// The smallest change of `values` (zero if absent) with which `C x = right(t, e)` in hard equations, `[N, D, K]`;
    /// `None` if all are soft.
    pub(super) fn satisfying(
        &self,
        view: &ElementView<'_>,
        right: impl Fn(usize, usize) -> f64,
        values: Option<&[f64]>,
    ) -> Option<Vec<f64>> {
        (view.equations == EquationRows::Hard).then(|| {
            let mut change = vec![0.0; view.unknowns()];
            match values {
                Some(values) => self.add_particular(view, right, values, &mut change),
                None => self.chains.iter().for_each(|chain| chain.add_particular(view, &right, &mut change)),
            }
            change
        })
    }

    /// Adds to `change` the smallest x with `C (values + x) = right` in hard equations; nothing for soft ones.
    fn add_particular(
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
        self.chains.iter().for_each(|chain| chain.add_particular(view, defect, change));
    }

    /// Multipliers of hard equations, `Cᵀ ν = w` at every point, `[N, E]`; `None` for soft ones.
    pub(super) fn multipliers(&self, view: &ElementView<'_>, w: &[f64]) -> Option<Vec<f64>> {
        (view.equations == EquationRows::Hard).then(|| {
            let mut multipliers = vec![0.0; view.sizes.points * view.sizes.equations];
            self.chains.iter().for_each(|chain| chain.multipliers(view, w, &mut multipliers));
            multipliers
        })
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
            pivot_ratio: self.pivot_ratio,
            error_estimate: if estimate.is_nan() { f64::INFINITY } else { estimate.max(f64::EPSILON) },
            refinements,
            groups: self.chains.len(),
            factorization: self.factorization,
        }
    }

    /// The solution with its row multipliers.
    pub(super) fn solution(&self, view: &ElementView<'_>, solved: &SolvedElement) -> Augmented {
        let start = UnknownVector { values: solved.values.clone(), slack: solved.slack };

        Augmented::refine(view, self, &Sides::of_solution(view), start)
    }

    pub(super) fn pivot_ratio(&self) -> f64 {
        self.pivot_ratio
    }

    /// Diagonal of the inverse of the normal equations: that of the values `[N, D, K]`, and that of the slack.
    ///
    /// With the slack eliminated last, `z` its response and `den` its Schur complement, that of the values is
    /// `diag((AᵀA)⁻¹) + z² / den`, and that of the slack `1 / den`. There is no refinement: see [`REFUSE_VARIANCES_ABOVE`].
    pub(super) fn variances(&self, view: &ElementView<'_>) -> Result<(Vec<f64>, f64), SolveError> {
        let mut values = vec![0.0; view.unknowns()];
        let mut slack = 0.0;
        // What the pivots say is a lower bound of what the inverse itself says; the slack is only in the pivots.
        let mut inflation = match self.factorization {
            Factorization::NormalEquations => self.pivot_ratio.recip(),
            Factorization::Orthogonal => self.pivot_ratio.sqrt().recip(),
        };
        for chain in &self.chains {
            let own = chain.variances_into(view, &mut values, &mut slack);
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
    pub(super) fn solve_bordered(&self, view: &ElementView<'_>, g: &mut [f64], g_slack: f64) -> f64 {
        let mut slack = g_slack;
        self.solve_chains(view, g, &mut slack);
        let Some(column) = &self.slack else {
            let in_chain = self.factorization == Factorization::Orthogonal && view.scheme.gamma_alpha().is_some();
            return if in_chain { slack } else { 0.0 };
        };
        column.eliminate(g, g_slack)
    }

    fn solve_chains(&self, view: &ElementView<'_>, x: &mut [f64], slack: &mut f64) {
        self.chains.iter().for_each(|chain| chain.solve_in_place(view, x, slack));
    }

    /// Replaces `out` by the least-squares solution for the residuals of the rows at z, by eliminating the rows again:
    /// the normal equations cannot be trusted with it where the orthogonal factorisation was needed. Returns the slack.
    ///
    /// At the solution the residuals are orthogonal to all columns but the slack's, with which their product is minus
    /// gamma * alpha: the linear term enters the correction as it enters the solution.
    fn eliminate_residual(&self, view: &ElementView<'_>, z: Unknowns<'_>, out: &mut [f64]) -> Result<f64, SolveError> {
        let mut total = UnknownVector { values: vec![0.0; out.len()], slack: 0.0 };
        for group in elimination_groups(view) {
            let null_space = null_space(view, &group)?;
            let (_, solution) =
                Chain::orthogonal(view, group, null_space, Some(z)).map_err(|error| singular(view, error))?;
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

impl UnknownVector {
    pub(super) fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(value, other)| *value += other);
        self.slack += other.slack;
    }
}

/// The slack joins all dimensions: with it they are eliminated as one group.
pub(super) fn elimination_groups(view: &ElementView<'_>) -> Vec<Group> {
    match view.scheme.gamma_alpha() {
        Some(_) => {
            let (dims, equations) = ((0..view.sizes.dims).collect(), (0..view.sizes.equations).collect());
            vec![Group { dims, equations }]
        }
        None => independent_groups(view),
    }
}

pub(super) fn null_space(view: &ElementView<'_>, group: &Group) -> Result<Option<NullSpace>, SolveError> {
    let dependent = |error: PivotError| SolveError::DependentEquations {
        batch: view.batch,
        point: error.block,
        pivot: error.ratio,
    };
    match view.equations {
        EquationRows::Soft => Ok(None),
        EquationRows::Hard => NullSpace::new(view, group).map(Some).map_err(dependent),
    }
}

pub(super) fn singular(view: &ElementView<'_>, error: PivotError) -> SolveError {
    let pivot = if error.ratio.is_finite() { error.ratio } else { 0.0 };
    SolveError::NotPositiveDefinite { batch: view.batch, point: error.block, pivot }
}
