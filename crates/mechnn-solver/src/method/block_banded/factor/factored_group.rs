//! The equations of one group of dimensions: factored, by normal equations or orthogonally, and solved.

use super::group_rows::GroupRows;
use super::normal_equations::assemble;
use super::null_space::NullSpace;
use crate::engine::{BandedCholesky, PivotError, RowElimination, SelectedInverse};
use crate::method::block_banded::rows::{ElementView, Group, UnknownVector, Unknowns};

/// The factored normal equations `AᵀA` of one group, without the slack.
///
/// The last point of a periodic problem is tied to the first and becomes the border; all others form the band.
pub(crate) struct FactoredGroup {
    dims: Vec<usize>,
    equations: Vec<usize>,
    /// True if the group is all dimensions in order: its vectors need no gathering.
    whole: bool,
    block: usize,
    banded_points: usize,
    /// True if the slack is the last column of the border.
    with_slack: bool,
    /// Where the equations are hard: the unknowns are what they leave free.
    null_space: Option<NullSpace>,
    /// Absent where hard equations leave nothing free.
    factor: Option<BandedCholesky>,
}

/// A pivot below this fraction of its diagonal entry is rounding error: solving on would return noise.
const MIN_PIVOT_RATIO: f64 = 16.0 * f64::EPSILON;

/// The same for the squares of the pivots of an orthogonal factorisation: `eps^2 = 5e-32`, times the growth by heavy
/// rows and along time. Where the rows do determine the solution these ratios stay above 1e-24 for K = 5 down to steps
/// of 1e-4 (`tests/conditioning.rs`).
const MIN_ORTHOGONAL_RATIO: f64 = 1e-25;

impl FactoredGroup {
    /// By the normal equations, without the slack.
    pub(crate) fn new(
        view: &ElementView<'_>,
        group: Group,
        null_space: Option<NullSpace>,
    ) -> Result<Self, PivotError> {
        if null_space.as_ref().is_some_and(|null_space| null_space.free() == 0) {
            return Ok(Self::from_factor(view, group, null_space, false, None));
        }
        let equations = assemble(view, &group);
        let matrix = match &null_space {
            None => equations.into_matrix(),
            Some(null_space) => equations.reduced(null_space, view.sizes.points),
        };
        let factor = matrix.factor(MIN_PIVOT_RATIO)?;
        Ok(Self::from_factor(view, group, null_space, false, Some(factor)))
    }

    /// By orthogonal elimination of the rows, with the slack if the scheme has one: the group must then be all
    /// dimensions. The least-squares solution comes with it, for the data or, given z, for the residuals at z.
    pub(crate) fn orthogonal(
        view: &ElementView<'_>,
        group: Group,
        null_space: Option<NullSpace>,
        residual_at: Option<Unknowns<'_>>,
    ) -> Result<(Self, UnknownVector), PivotError> {
        if null_space.as_ref().is_some_and(|null_space| null_space.free() == 0) {
            let factored = Self::from_factor(view, group, null_space, false, None);
            return Ok((factored, UnknownVector { values: vec![0.0; view.unknowns()], slack: 0.0 }));
        }
        let rows = GroupRows::new(view, &group, null_space.as_ref(), residual_at);
        let banded_points = view.sizes.points - usize::from(view.is_periodic());
        let (block, border, right) = (rows.block(), rows.border(), GroupRows::RIGHT_HAND_SIDES);
        let mut elimination =
            RowElimination::new(banded_points, block, view.half_bandwidth(), border, right, MIN_ORTHOGONAL_RATIO);
        for t in 0..banded_points {
            elimination.eliminate(rows.leading(t))?;
        }
        let (factor, mut solution, mut at_border) = elimination.finish()?;
        factor.backward_in_place(right, &mut solution, &mut at_border);
        let with_slack = rows.with_slack();
        let (last_point, slack) = if with_slack { split_slack(&at_border) } else { (&at_border[..], 0.0) };
        solution.extend_from_slice(last_point);
        let factored = Self::from_factor(view, group, null_space, with_slack, Some(factor));
        let mut values = vec![0.0; view.unknowns()];
        factored.scatter(view, &factored.expand(view, solution), &mut values);
        Ok((factored, UnknownVector { values, slack }))
    }

    /// Whether the rows determine the unknowns of the group, whatever their weights: elimination of the rows divided
    /// by their norms. Rounding of heavy rows that depend on each other would otherwise fill a direction that the
    /// light ones leave open.
    pub(crate) fn check_rank(
        view: &ElementView<'_>,
        group: &Group,
        null_space: Option<&NullSpace>,
    ) -> Result<(), PivotError> {
        if null_space.is_some_and(|null_space| null_space.free() == 0) {
            return Ok(());
        }
        let rows = GroupRows::new(view, group, null_space, None).equilibrated();
        let banded_points = view.sizes.points - usize::from(view.is_periodic());
        let (block, border, right) = (rows.block(), rows.border(), GroupRows::RIGHT_HAND_SIDES);
        let mut elimination =
            RowElimination::new(banded_points, block, view.half_bandwidth(), border, right, MIN_ORTHOGONAL_RATIO);
        for t in 0..banded_points {
            elimination.eliminate(rows.leading(t))?;
        }
        elimination.finish().map(|_| ())
    }

    fn from_factor(
        view: &ElementView<'_>,
        group: Group,
        null_space: Option<NullSpace>,
        with_slack: bool,
        factor: Option<BandedCholesky>,
    ) -> Self {
        let block = null_space.as_ref().map_or(group.dims.len() * view.sizes.orders, NullSpace::free);
        let banded_points = view.sizes.points - usize::from(view.is_periodic());
        let whole = group.dims.len() == view.sizes.dims && null_space.is_none();
        let Group { dims, equations } = group;
        Self { dims, equations, whole, block, banded_points, with_slack, null_space, factor }
    }

    /// Adds to `x` `[N, D, K]` the smallest change that satisfies hard equations exactly, where `defect(t, e)` is what
    /// equation e lacks at point t. Nothing for soft ones.
    pub(crate) fn add_particular(&self, view: &ElementView<'_>, defect: impl Fn(usize, usize) -> f64, x: &mut [f64]) {
        let Some(null_space) = &self.null_space else { return };
        for t in 0..view.sizes.points {
            let own: Vec<f64> = self.equations.iter().map(|&e| defect(t, e)).collect();
            let change = null_space.particular(t, &own);
            for (entries, &d) in change.chunks_exact(view.sizes.orders).zip(&self.dims) {
                x[view.at(t, d)..][..entries.len()].iter_mut().zip(entries).for_each(|(x, change)| *x += change);
            }
        }
    }

    /// Writes the multipliers ν of `C_tᵀ ν_t = w_t` for hard equations into `multipliers` `[N, E]`.
    pub(crate) fn multipliers(&self, view: &ElementView<'_>, w: &[f64], multipliers: &mut [f64]) {
        let Some(null_space) = &self.null_space else { return };
        for t in 0..view.sizes.points {
            let own: Vec<f64> =
                self.dims.iter().flat_map(|&d| &w[view.at(t, d)..][..view.sizes.orders]).copied().collect();
            for (&e, value) in self.equations.iter().zip(null_space.multipliers(t, &own)) {
                multipliers[t * view.sizes.equations + e] = value;
            }
        }
    }

    pub(crate) fn pivot_ratio(&self) -> f64 {
        self.factor.as_ref().map_or(1.0, BandedCholesky::pivot_ratio)
    }

    /// Replaces the group's entries of `x` `[N, D, K]`, and the slack if it is the last column of the border, by the
    /// solution of `AᵀA y = x`.
    pub(crate) fn solve_in_place(&self, view: &ElementView<'_>, x: &mut [f64], slack: &mut f64) {
        if self.whole {
            self.solve_contiguous(x, slack);
            return;
        }
        let orders = view.sizes.orders;
        let mut gathered = Vec::with_capacity(view.sizes.points * self.dims.len() * orders);
        for t in 0..view.sizes.points {
            for &d in &self.dims {
                gathered.extend_from_slice(&x[view.at(t, d)..][..orders]);
            }
        }
        if self.factor.is_none() {
            let zeros = vec![0.0; gathered.len()];
            self.scatter(view, &zeros, x);
            return;
        }
        let mut own = self.reduce(view, gathered);
        self.solve_contiguous(&mut own, slack);
        self.scatter(view, &self.expand(view, own), x);
    }

    /// `Zᵀ x` at every point, `[N, D K]` to `[N, D K - E]`; the identity for soft equations.
    fn reduce(&self, view: &ElementView<'_>, x: Vec<f64>) -> Vec<f64> {
        let Some(null_space) = &self.null_space else { return x };
        let mut y = vec![0.0; view.sizes.points * self.block];
        let points = x.chunks_exact(x.len() / view.sizes.points).zip(y.chunks_exact_mut(self.block));
        points.enumerate().for_each(|(t, (x, y))| null_space.reduce(t, x, y));
        y
    }

    /// `Z y` at every point, `[N, D K - E]` to `[N, D K]`; the identity for soft equations.
    fn expand(&self, view: &ElementView<'_>, y: Vec<f64>) -> Vec<f64> {
        let Some(null_space) = &self.null_space else { return y };
        let full = self.dims.len() * view.sizes.orders;
        let mut x = vec![0.0; view.sizes.points * full];
        let points = x.chunks_exact_mut(full).zip(y.chunks_exact(self.block));
        points.enumerate().for_each(|(t, (x, y))| null_space.expand(t, y, x));
        x
    }

    /// Writes the group's vector `[N, group, K]` into `x` `[N, D, K]`.
    fn scatter(&self, view: &ElementView<'_>, own: &[f64], x: &mut [f64]) {
        let orders = view.sizes.orders;
        let mut entries = own.chunks_exact(orders);
        for t in 0..view.sizes.points {
            for (&d, entry) in self.dims.iter().zip(&mut entries) {
                x[view.at(t, d)..][..orders].copy_from_slice(entry);
            }
        }
    }

    fn solve_contiguous(&self, x: &mut [f64], slack: &mut f64) {
        let Some(factor) = &self.factor else { return };
        let (band, last) = x.split_at_mut(self.banded_points * self.block);
        if self.with_slack {
            let mut border = last.to_vec();
            border.push(*slack);
            factor.solve_in_place(1, band, &mut border);
            let (last_point, solved) = split_slack(&border);
            *slack = solved;
            last.copy_from_slice(last_point);
        } else {
            factor.solve_in_place(1, band, last);
        }
    }

    /// Writes the diagonal of `(AᵀA)⁻¹` into the group's entries of `out` `[N, D, K]`, and the slack's if it is
    /// the last it; returns its largest inflation. Under hard equations the covariance of a point is `Z C Zᵀ`.
    pub(crate) fn variances_into(&self, view: &ElementView<'_>, out: &mut [f64], slack: &mut f64) -> f64 {
        // Nothing is free: hard equations fix every value.
        let Some(factor) = &self.factor else { return 1.0 };
        let SelectedInverse { diagonal, border, inflation } = factor.selected_inverse();
        let (block, full) = (self.block, self.dims.len() * view.sizes.orders);
        let border_width = border.len().isqrt();
        if self.with_slack {
            (_, *slack) = split_slack(&border);
        }
        for t in 0..view.sizes.points {
            let covariance = |i: usize, j: usize| match t < self.banded_points {
                true => diagonal[(t * block + i) * block + j],
                // The border's first columns are the last point.
                false => border[i * border_width + j],
            };
            for i in 0..full {
                let variance = match &self.null_space {
                    None => covariance(i, i),
                    Some(null_space) => {
                        let along = |a: usize| -> f64 {
                            (0..block).map(|b| covariance(a, b) * null_space.basis(t, i, b)).sum()
                        };
                        (0..block).map(|a| null_space.basis(t, i, a) * along(a)).sum()
                    }
                };
                let (d, k) = (self.dims[i / view.sizes.orders], i % view.sizes.orders);
                out[view.at(t, d) + k] = variance;
            }
        }
        inflation
    }
}

/// The border's entries of the last point, and the slack's, which comes last.
fn split_slack(border: &[f64]) -> (&[f64], f64) {
    match border.split_last() {
        Some((slack, last_point)) => (last_point, *slack),
        None => unreachable!("a border with the slack has at least its column"),
    }
}
