//! Values and row multipliers together: what derivatives are made of.
//!
//! $$ W^{-2} s + R z = f, \qquad R^\top s = -q $$
//!
//! is the minimum of `1/2 |W (f - R z)|^2 - q z`; hard rows are those with `W^{-2} = 0`, whose `s` is minus the
//! multiplier. The solution has `f` from the data, the adjoint of a cotangent g `f = 0, q = g`. One solve with the
//! factor leaves `eps cond^2`, too much for derivatives from a condition of 1e3 on; each correction with the residuals
//! of the rows, the values' and the adjoint's alike, removes as many digits of that as the first solve has.
//!
//! References: Björck, BIT 7 (1967); Björck, Linear Algebra Appl. 88/89 (1987) (corrected semi-normal equations).

use crate::method::block_banded::factor::{FactoredElement, SolvedElement};
use crate::method::block_banded::rows::{
    ColumnSums, ElementView, Signs, UnknownVector, WeightedRow, add_rounding, add_rounding_of, relative_change,
};
use crate::problem::EquationRows;

/// z and s.
#[derive(Debug, Clone)]
pub(crate) struct Augmented {
    pub(crate) z: UnknownVector,
    /// s, in the order of [`ElementView::layout`].
    pub(crate) rows: Vec<f64>,
}

/// Right-hand sides f and -q of the augmented system.
pub(crate) struct RightHandSides {
    pub(crate) rows: RowRightHandSides,
    pub(crate) columns: UnknownVector,
}

/// The right-hand sides of the rows.
pub(crate) enum RowRightHandSides {
    /// Forcing, initial values, periodic jump.
    Data,
    Zero,
    /// In the order of [`ElementView::layout`].
    Given(Vec<f64>),
}

/// Refinement ends when what is left after a correction is expected to be below this.
const NEGLIGIBLE: f64 = 1e-15;

const MAX_REFINEMENTS: usize = 8;

/// With a larger relative pivot one solve with the factor is good enough, up to about 1e-13.
const LARGE_PIVOT: f64 = 1e-2;

/// With a smaller relative pivot adjoints are so large that they magnify the rounding errors of residuals.
const SMALL_PIVOT: f64 = 1e-5;

impl RightHandSides {
    /// Those of the solution: the data, and `q = gamma alpha` for the slack.
    pub(crate) fn of_solution(view: &ElementView<'_>) -> Self {
        let slack = -view.scheme.linear_term();
        Self { rows: RowRightHandSides::Data, columns: UnknownVector { values: vec![0.0; view.unknowns()], slack } }
    }

    /// Those of the adjoint of a cotangent.
    pub(crate) fn of_adjoint(g: &[f64], g_slack: f64) -> Self {
        let values = g.iter().map(|g| -g).collect();
        Self { rows: RowRightHandSides::Zero, columns: UnknownVector { values, slack: -g_slack } }
    }

    /// That of equation e at point t.
    fn of_equation(&self, view: &ElementView<'_>, t: usize, e: usize) -> f64 {
        match &self.rows {
            RowRightHandSides::Data => view.forcing(t)[e],
            RowRightHandSides::Zero => 0.0,
            RowRightHandSides::Given(rows) => rows[view.layout.equation(t, e)],
        }
    }

    #[inline(always)]
    fn of_row(&self, m: usize, row: &WeightedRow<'_>) -> f64 {
        match &self.rows {
            RowRightHandSides::Data => row.right,
            RowRightHandSides::Zero => 0.0,
            RowRightHandSides::Given(rows) => rows[m],
        }
    }
}

impl Augmented {
    /// The solution with its row multipliers.
    pub(crate) fn of_solution(view: &ElementView<'_>, factored: &FactoredElement, solved: &SolvedElement) -> Self {
        let start = UnknownVector { values: solved.values.clone(), slack: solved.slack };
        Self::refine(view, factored, &RightHandSides::of_solution(view), start)
    }

    /// Solves and refines.
    pub(crate) fn solve(view: &ElementView<'_>, factored: &FactoredElement, sides: &RightHandSides) -> Self {
        let mut z = UnknownVector { values: sides.columns.values.iter().map(|c| -c).collect(), slack: 0.0 };
        let mut slack = -sides.columns.slack;
        let hard = factored.satisfying(view, |t, e| sides.of_equation(view, t, e), None);
        if hard.is_some() || !matches!(sides.rows, RowRightHandSides::Zero) {
            view.for_each_row(|m, row| {
                let applied = hard.as_ref().map_or(0.0, |hard| row.applied(hard, 0.0));
                let s = row.times_squared_weight(sides.of_row(m, row) - applied);
                row.add_times(s, &mut z.values);
                slack += row.slack * s;
            });
        }
        z.slack = factored.solve_bordered(view, &mut z.values, slack);
        if let Some(hard) = &hard {
            z.values.iter_mut().zip(hard).for_each(|(z, hard)| *z += hard);
        }
        Self::refine(view, factored, sides, z)
    }

    /// Refines z, at least once unless the factor is good enough, and finds s.
    fn refine(
        view: &ElementView<'_>,
        factored: &FactoredElement,
        sides: &RightHandSides,
        mut z: UnknownVector,
    ) -> Self {
        let mut rows = vec![0.0; view.layout.count()];
        let mut right = vec![0.0; view.unknowns()];
        let mut last = 1.0;
        for iteration in 1.. {
            if let Some(change) = factored.satisfying(view, |t, e| sides.of_equation(view, t, e), Some(&z.values)) {
                z.values.iter_mut().zip(&change).for_each(|(z, change)| *z += change);
            }
            // s = W² (f - R z);  dz = (Rᵀ W² R)⁻¹ (q + Rᵀ s);  z += dz;  s -= W² R dz
            // So Rᵀ s = -q holds up to rounding of s, not of R z.
            let accurately = factored.pivot_ratio() < SMALL_PIVOT;
            let slack = defects(view, accurately, sides, &z, &mut rows, &mut right);
            if factored.pivot_ratio() >= LARGE_PIVOT {
                break;
            }
            let slack = factored.solve_bordered(view, &mut right, slack);
            let change = relative_change(view, &right, &z.values);
            let is_better = change <= 0.5 * last && slack.is_finite(); // false for a NaN
            if !is_better {
                break;
            }
            z.values.iter_mut().zip(&right).for_each(|(z, change)| *z += change);
            z.slack += slack;
            view.for_each_row(|m, row| rows[m] -= row.times_squared_weight(row.applied(&right, slack)));
            // Corrections fall by the same factor each time.
            if change * (change / last) <= NEGLIGIBLE || iteration == MAX_REFINEMENTS {
                break;
            }
            last = change;
        }
        let mut augmented = Self { z, rows };
        augmented.add_multipliers(view, factored, &sides.columns.values);
        augmented
    }

    /// After one more correction, of rows whose entries are rounded differently, and with another rounding of z and s;
    /// with the size of that correction relative to z: it is about the error of `self`.
    pub(crate) fn once_more(
        &self,
        view: &ElementView<'_>,
        factored: &FactoredElement,
        sides: &RightHandSides,
        signs: Signs,
    ) -> (Self, f64) {
        let mut rows = vec![0.0; view.layout.count()];
        let mut right = vec![0.0; view.unknowns()];
        let mut z = self.z.clone();
        // Rounded as before, the same error would be left again, and not seen.
        let slack = defects(view, true, sides, &z, &mut rows, &mut right);
        if view.equations == EquationRows::Hard {
            // What the multipliers balance is not small: its rounding is left.
            add_rounding_of(&right.clone(), signs, &mut right);
        }
        let slack = slack + add_rounding(view, signs, &z, &mut rows, &mut right);
        let slack = factored.solve_bordered(view, &mut right, slack);
        if view.equations == EquationRows::Hard {
            // They hold to the rounding of their terms only.
            add_rounding_of(&z.values, signs, &mut right);
        }
        let change = relative_change(view, &right, &z.values);
        z.values.iter_mut().zip(&right).for_each(|(z, change)| *z += change);
        z.slack += slack;
        view.for_each_row(|m, row| rows[m] -= row.times_squared_weight(row.applied(&right, slack)));
        let mut augmented = Self { z, rows };
        augmented.add_multipliers(view, factored, &sides.columns.values);
        // A gradient is a sum of products of these, which may cancel; a residual is rounded as the terms that meet in
        // it.
        let mut sizes: Vec<f64> = augmented.rows.iter().map(|s| s.abs()).collect();
        view.for_each_row(|m, row| {
            let size = row.term_size(sides.of_row(m, row), &augmented.z.values, augmented.z.slack);
            sizes[m] = sizes[m].max(row.times_squared_weight(size));
        });
        add_rounding_of(&sizes, signs, &mut augmented.rows);
        add_rounding_of(&augmented.z.values.clone(), signs, &mut augmented.z.values);
        (augmented, change)
    }

    /// Sets s of hard rows to what the others leave of the columns' side, `Cᵀ s = -q - Rᵀ s`.
    fn add_multipliers(&mut self, view: &ElementView<'_>, factored: &FactoredElement, columns: &[f64]) {
        if view.equation_weight() > 0.0 {
            return;
        }
        let mut left = columns.to_vec();
        view.for_each_row(|m, row| row.add_times(-self.rows[m], &mut left));
        if let Some(multipliers) = factored.multipliers(view, &left) {
            self.rows[view.layout.equations()].copy_from_slice(&multipliers);
        }
    }
}

/// `rows = W^2 (f - R z)` and `right = q + Rᵀ rows` of soft rows; returns the slack's entry of the latter.
fn defects(
    view: &ElementView<'_>,
    accurately: bool,
    sides: &RightHandSides,
    z: &UnknownVector,
    rows: &mut [f64],
    right: &mut [f64],
) -> f64 {
    if accurately {
        let mut sums = ColumnSums::new(sides.columns.values.iter().map(|c| -c), -sides.columns.slack);
        view.for_each_row(|m, row| {
            rows[m] = sums.add(row, row.residual_sum(sides.of_row(m, row), &z.values, z.slack));
        });
        return sums.write(right);
    }
    right.iter_mut().zip(&sides.columns.values).for_each(|(right, c)| *right = -c);
    let mut slack = -sides.columns.slack;
    view.for_each_row(|m, row| {
        let s = row.times_squared_weight(sides.of_row(m, row) - row.applied(&z.values, z.slack));
        row.add_times(s, right);
        slack += row.slack * s;
        rows[m] = s;
    });
    slack
}
