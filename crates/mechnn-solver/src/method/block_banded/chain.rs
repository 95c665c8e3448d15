//! The normal equations of one group of dimensions: assembled, factored, solved.

use super::groups::Group;
use super::view::ElementView;
use crate::engine::{BandedCholesky, BandedMatrix, PivotError, SelectedInverse};

/// The factored normal equations `AᵀA` of one group, without the slack.
///
/// The last point of a periodic problem is tied to the first and becomes the border; all others form the band.
pub(super) struct Chain {
    dims: Vec<usize>,
    /// True if the group is all dimensions in order: its vectors need no gathering.
    whole: bool,
    block: usize,
    banded_points: usize,
    factor: BandedCholesky,
}

/// A pivot below this fraction of its diagonal entry is rounding error: solving on would return noise.
const MIN_PIVOT_RATIO: f64 = 16.0 * f64::EPSILON;

impl Chain {
    pub(super) fn new(view: &ElementView<'_>, group: Group) -> Result<Self, PivotError> {
        let block = group.dims.len() * view.sizes.orders;
        let banded_points = view.sizes.points - usize::from(view.is_periodic());
        let matrix = assemble(view, &group);
        let whole = group.dims.len() == view.sizes.dims;
        let factor = matrix.factor(MIN_PIVOT_RATIO)?;
        Ok(Self { dims: group.dims, whole, block, banded_points, factor })
    }

    pub(super) fn pivot_ratio(&self) -> f64 {
        self.factor.pivot_ratio()
    }

    /// Replaces the group's entries of `x` `[N, D, K]` by the solution of `AᵀA y = x`.
    pub(super) fn solve_in_place(&self, view: &ElementView<'_>, x: &mut [f64]) {
        if self.whole {
            self.solve_contiguous(x);
            return;
        }
        let orders = view.sizes.orders;
        let mut gathered = Vec::with_capacity(view.sizes.points * self.block);
        for t in 0..view.sizes.points {
            for &d in &self.dims {
                gathered.extend_from_slice(&x[view.at(t, d)..][..orders]);
            }
        }
        self.solve_contiguous(&mut gathered);
        let mut solved = gathered.chunks_exact(orders);
        for t in 0..view.sizes.points {
            for (&d, entry) in self.dims.iter().zip(&mut solved) {
                x[view.at(t, d)..][..orders].copy_from_slice(entry);
            }
        }
    }

    /// Writes the diagonal of `(AᵀA)⁻¹` into the group's entries of `out` `[N, D, K]`; returns its largest inflation.
    pub(super) fn variances_into(&self, view: &ElementView<'_>, out: &mut [f64]) -> f64 {
        let SelectedInverse { diagonal, border, inflation } = self.factor.selected_inverse();
        let (block, orders) = (self.block, view.sizes.orders);
        // The border, if there is one, is the last point.
        let points = diagonal.chunks_exact(block * block).chain(border.chunks_exact(block * block));
        for (t, covariance) in points.enumerate() {
            for (position, &d) in self.dims.iter().enumerate() {
                for k in 0..orders {
                    let i = position * orders + k;
                    out[view.at(t, d) + k] = covariance[i * block + i];
                }
            }
        }
        inflation
    }

    fn solve_contiguous(&self, x: &mut [f64]) {
        let (band, border) = x.split_at_mut(self.banded_points * self.block);
        self.factor.solve_in_place(1, band, border);
    }
}

/// Sums `w^2 (row entries)(row entries)ᵀ` over all rows that touch the group.
fn assemble(view: &ElementView<'_>, group: &Group) -> BandedMatrix {
    let orders = view.sizes.orders;
    let block = group.dims.len() * orders;
    let points = view.sizes.points;
    let half_bandwidth = if view.scheme.has_central_rows() { 2 } else { 1 };
    let border_point = view.is_periodic().then_some(points - 1);
    let (banded, border_width) = if border_point.is_some() { (points - 1, block) } else { (points, 0) };
    let matrix = BandedMatrix::zeros(banded, block, half_bandwidth, border_width);
    let mut sum = NormalEquations { matrix, block, border_point };
    // Column of derivative k of dimension d within a block.
    let mut column = vec![usize::MAX; view.sizes.dims];
    group.dims.iter().enumerate().for_each(|(position, &d)| column[d] = position * orders);

    // Equation rows.
    let weight = view.weights.equation * view.weights.equation;
    let mut row = vec![0.0; block];
    for t in 0..points {
        let coefficients = view.coefficients(t);
        for &e in &group.equations {
            for &d in &group.dims {
                row[column[d]..][..orders]
                    .copy_from_slice(&coefficients[(e * view.sizes.dims + d) * orders..][..orders]);
            }
            for i in 0..block {
                if row[i] != 0.0 {
                    for j in 0..=i {
                        sum.add(t, i, t, j, weight * row[i] * row[j]);
                    }
                }
            }
        }
    }
    // Initial and periodic rows.
    let weight = view.weights.initial * view.weights.initial;
    for s in 0..view.pinned_points {
        for &d in &group.dims {
            for q in 0..view.pinned_orders {
                sum.add(s, column[d] + q, s, column[d] + q, weight);
            }
        }
    }
    if view.is_periodic() {
        let last = points - 1;
        for &d in &group.dims {
            for i in column[d]..column[d] + orders - 1 {
                sum.add(0, i, 0, i, weight);
                sum.add(last, i, last, i, weight);
                sum.add(last, i, 0, i, -weight);
            }
        }
    }
    // Smoothness rows.
    let weight = view.weights.smoothness * view.weights.smoothness;
    view.for_each_interval(&group.dims, |t, d, rows| {
        let at = column[d];
        for i in 0..orders {
            for j in 0..=i {
                sum.add(t, at + i, t, at + j, weight * rows.gram(i, j));
                sum.add(t + 1, at + i, t + 1, at + j, weight * rows.gram(orders + i, orders + j));
            }
            for j in 0..orders {
                sum.add(t + 1, at + i, t, at + j, weight * rows.gram(orders + i, j));
            }
        }
    });
    view.for_each_central(&group.dims, |t, d, row| {
        let [minus, centre, plus] = row.entries.map(|entry| view.weights.smoothness * entry);
        let (top, below) = (column[d] + orders - 1, column[d] + orders - 2);
        sum.add(t - 1, below, t - 1, below, minus * minus);
        sum.add(t, top, t, top, centre * centre);
        sum.add(t + 1, below, t + 1, below, plus * plus);
        sum.add(t, top, t - 1, below, centre * minus);
        sum.add(t + 1, below, t, top, plus * centre);
        sum.add(t + 1, below, t - 1, below, plus * minus);
    });
    sum.matrix
}

/// A [`BandedMatrix`] whose last point may be the border.
struct NormalEquations {
    matrix: BandedMatrix,
    block: usize,
    border_point: Option<usize>,
}

impl NormalEquations {
    /// Adds `value` to the entry of row (t, i), column (s, j), t >= s.
    #[inline]
    fn add(&mut self, t: usize, i: usize, s: usize, j: usize, value: f64) {
        if Some(t) == self.border_point {
            if s == t {
                self.matrix.corner_mut()[i * self.block + j] += value;
            } else {
                self.matrix.border_mut(s)[j * self.block + i] += value;
            }
        } else if s == t {
            self.matrix.diagonal_mut(t)[i * self.block + j] += value;
        } else {
            self.matrix.below_mut(t - s, s)[i * self.block + j] += value;
        }
    }
}
