//! The direction in the space of unknowns that the rows determine least, and how well they determine it.
//!
//! Pivots alone cannot tell a singular matrix from an ill-conditioned one: rounding fills the last pivot of a singular
//! matrix with noise that grows along time. So the direction itself is found, by inverse iteration with the factor,
//! and the rows are applied to it. If no row changes by more than rounding would change it, some matrix that differs
//! from this one by rounding is singular (Oettli and Prager 1964). This judges the rows, not the factor: it holds for
//! every scheme and every factorisation.

use super::factored_element::{FactoredElement, singular};
use crate::engine::PivotError;
use crate::error::SolveError;
use crate::method::block_banded::rows::{ElementView, UnknownVector, WeightedRow, independent_groups};

/// What the rows say of the direction that they determine least.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WeakestDirection {
    /// The largest row of `A x` relative to what rounding of its terms is a fraction of; 1 where a row stands alone.
    pub(crate) largest_row: f64,
    /// `|W A x|^2` relative to what the factor says it is: 1 for an accurate factor. A correction of refinement leaves
    /// `1 - agreement` of an error along x.
    pub(crate) agreement: f64,
    /// The grid point where the direction is largest.
    pub(crate) point: usize,
}

/// If no row exceeds this, the direction is open. Rounding leaves up to 1e-14 where it is; on 1500 random problems of
/// `tests/rank.rs` that are regular the least determined direction changed a row by 1e-7 and more.
const OPEN: f64 = 1e-12;

/// With less agreement the factor is noise along the direction: refinement would take its small corrections for small
/// errors.
const AGREES: f64 = 0.5;

/// Inverse iterations: each multiplies what is left of other directions by the ratio of two eigenvalues.
const INVERSE_ITERATIONS: usize = 3;

/// Corrections that remove what the rows do see of the direction.
const CORRECTIONS: usize = 2;

impl WeakestDirection {
    /// True if the rows leave the direction open.
    pub(crate) fn is_open(&self) -> bool {
        self.largest_row <= OPEN
    }

    /// The error for a direction that is open.
    pub(crate) fn open(&self, view: &ElementView<'_>) -> SolveError {
        singular(view, PivotError { block: self.point, ratio: self.largest_row * self.largest_row })
    }

    /// True if the factor is accurate along the direction, and so along all others.
    pub(crate) fn factor_is_accurate(&self) -> bool {
        (AGREES..=AGREES.recip()).contains(&self.agreement)
    }
}

impl FactoredElement {
    /// The direction that the rows determine least; `None` if numbers overflow on the way.
    ///
    /// Each group of dimensions is asked by itself: rounding may lift an open direction of one above a weak direction
    /// of another. The worse of two answers counts.
    pub(crate) fn weakest_direction(&self, view: &ElementView<'_>) -> Option<WeakestDirection> {
        let columns = ColumnNorms::new(view);
        let groups = independent_groups(view);
        let all = |_: usize| true;
        let mut worst: Option<WeakestDirection> = None;
        // The slack joins all groups: then all are asked together, and each without what the slack brings in.
        let is_joined = view.scheme.gamma_alpha().is_some() && groups.len() > 1;
        if is_joined {
            worst = Some(self.weakest_within(view, &columns, all, false)?);
        }
        for group in groups {
            let own = self.weakest_within(view, &columns, |d| group.dims.contains(&d), is_joined)?;
            let is_worse = |worst: WeakestDirection| {
                let rank = |direction: &WeakestDirection| (direction.is_open(), !direction.factor_is_accurate());
                rank(&own) > rank(&worst)
            };
            if worst.is_none_or(is_worse) {
                worst = Some(own);
            }
        }
        worst
    }

    /// The weakest direction of some dimensions; `alone` if others, and the slack, are to stay zero: the agreement is
    /// not known then.
    fn weakest_within(
        &self,
        view: &ElementView<'_>,
        columns: &ColumnNorms,
        has: impl Fn(usize) -> bool,
        alone: bool,
    ) -> Option<WeakestDirection> {
        let restrict = |x: &mut UnknownVector| {
            for (i, value) in x.values.iter_mut().enumerate() {
                if !has(i / view.sizes.orders % view.sizes.dims) {
                    *value = 0.0;
                }
            }
            x.slack = if alone { 0.0 } else { x.slack };
        };
        let mut x = columns.start();
        restrict(&mut x);
        let mut agreement = f64::NAN;
        for iteration in 0..INVERSE_ITERATIONS {
            let right = if iteration == 0 { x.clone() } else { columns.squared_times(&x) };
            x = right.clone();
            x.slack = self.solve_bordered(view, &mut x.values, right.slack);
            if alone {
                restrict(&mut x);
            }
            let size = columns.norm(&x);
            if !(size > 0.0 && size.is_finite()) {
                return None;
            }
            if iteration + 1 == INVERSE_ITERATIONS {
                let of_factor = dot(&x, &right);
                agreement = if alone { 1.0 } else { applied(view, &x).squared_norm / of_factor };
            }
            scale(&mut x, size.recip());
        }
        let mut largest_row = f64::INFINITY;
        for correction in 0..=CORRECTIONS {
            let Applied { largest_row: own, transposed: mut change, .. } = applied(view, &x);
            largest_row = largest_row.min(own);
            if largest_row <= OPEN || correction == CORRECTIONS {
                break;
            }
            let slack = change.slack;
            change.slack = self.solve_bordered(view, &mut change.values, slack);
            x.values.iter_mut().zip(&change.values).for_each(|(x, change)| *x -= change);
            x.slack -= change.slack;
            if alone {
                restrict(&mut x);
            }
            let size = columns.norm(&x);
            if !(size > 0.0 && size.is_finite()) {
                break;
            }
            scale(&mut x, size.recip());
        }
        let block = view.sizes.block();
        let sizes = x.values.iter().zip(&columns.0.values).map(|(x, norm)| (x * norm).abs());
        let (index, _) = sizes.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(WeakestDirection { largest_row, agreement, point: index / block })
    }
}

/// Norms of the columns of `W A`: unknowns times these do not depend on units.
struct ColumnNorms(UnknownVector);

impl ColumnNorms {
    fn new(view: &ElementView<'_>) -> Self {
        let mut norms = UnknownVector { values: vec![0.0; view.unknowns()], slack: 0.0 };
        view.for_each_row(|_, row| {
            let weight = if row.weight.is_finite() { row.weight } else { 1.0 };
            for &(first, entries) in row.runs {
                for (a, norm) in entries.iter().zip(&mut norms.values[first..]) {
                    *norm = norm.hypot(weight * a);
                }
            }
            norms.slack = norms.slack.hypot(weight * row.slack);
        });
        Self(norms)
    }

    /// A right-hand side in which every unknown has its part, with signs that no smooth function has.
    fn start(&self) -> UnknownVector {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        let values = self.0.values.iter().map(|norm| norm * random()).collect();
        UnknownVector { values, slack: self.0.slack * random() }
    }

    fn squared_times(&self, x: &UnknownVector) -> UnknownVector {
        let values = x.values.iter().zip(&self.0.values).map(|(x, norm)| x * norm * norm).collect();
        UnknownVector { values, slack: x.slack * self.0.slack * self.0.slack }
    }

    fn norm(&self, x: &UnknownVector) -> f64 {
        let squares = x.values.iter().zip(&self.0.values).map(|(x, norm)| (x * norm).powi(2));
        (squares.sum::<f64>() + (x.slack * self.0.slack).powi(2)).sqrt()
    }
}

/// What the rows make of a direction.
struct Applied {
    squared_norm: f64,
    largest_row: f64,
    /// `Aᵀ W² A x` of the soft rows.
    transposed: UnknownVector,
}

fn applied(view: &ElementView<'_>, x: &UnknownVector) -> Applied {
    let (dims, orders) = (view.sizes.dims, view.sizes.orders);
    // A value is as uncertain as the largest one of its derivative.
    let mut largest = vec![0.0_f64; dims * orders];
    for point in x.values.chunks_exact(dims * orders) {
        largest.iter_mut().zip(point).for_each(|(most, x)| *most = most.max(x.abs()));
    }
    let mut applied = Applied {
        squared_norm: 0.0,
        largest_row: 0.0,
        transposed: UnknownVector { values: vec![0.0; x.values.len()], slack: 0.0 },
    };
    view.for_each_row(|_, row: &WeightedRow<'_>| {
        let left = -row.accurate_residual(0.0, &x.values, x.slack);
        let mut size = (row.slack * x.slack).abs();
        for &(first, entries) in row.runs {
            for (i, a) in entries.iter().enumerate() {
                size += (a * largest[(first + i) % (dims * orders)]).abs();
            }
        }
        if left != 0.0 {
            applied.largest_row = applied.largest_row.max(left.abs() / size);
        }
        if row.weight.is_finite() {
            applied.squared_norm += (row.weight * left).powi(2);
            let s = row.times_squared_weight(left);
            row.add_times(s, &mut applied.transposed.values);
            applied.transposed.slack += row.slack * s;
        }
    });
    applied
}

fn dot(x: &UnknownVector, y: &UnknownVector) -> f64 {
    x.values.iter().zip(&y.values).map(|(x, y)| x * y).sum::<f64>() + x.slack * y.slack
}

fn scale(x: &mut UnknownVector, factor: f64) {
    x.values.iter_mut().for_each(|x| *x *= factor);
    x.slack *= factor;
}
