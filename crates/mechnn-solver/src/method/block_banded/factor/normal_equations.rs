//! The normal equations `AᵀA` of one group of dimensions, assembled from the rows.

use super::null_space::NullSpace;
use crate::engine::BandedMatrix;
use crate::method::block_banded::rows::{ElementView, Group};

/// Sums `w^2 (row entries)(row entries)ᵀ` over all rows that touch the group.
pub(crate) fn assemble(view: &ElementView<'_>, group: &Group) -> NormalEquations {
    let orders = view.sizes.orders;
    let block = group.dims.len() * orders;
    let points = view.sizes.points;
    let border_point = view.is_periodic().then_some(points - 1);
    let (banded, border_width) = if border_point.is_some() { (points - 1, block) } else { (points, 0) };
    let matrix = BandedMatrix::zeros(banded, block, view.half_bandwidth(), border_width);
    let mut sum = NormalEquations { matrix, block, border_point };
    // Column of derivative k of dimension d within a block.
    let mut column = vec![usize::MAX; view.sizes.dims];
    group.dims.iter().enumerate().for_each(|(position, &d)| column[d] = position * orders);

    // Equation rows.
    let weight = view.equation_weight() * view.equation_weight();
    let mut row = vec![0.0; block];
    for t in (0..points).take_while(|_| weight > 0.0) {
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
    sum
}

/// A [`BandedMatrix`] whose last point may be the border.
pub(crate) struct NormalEquations {
    matrix: BandedMatrix,
    block: usize,
    border_point: Option<usize>,
}

impl NormalEquations {
    pub(crate) fn into_matrix(self) -> BandedMatrix {
        self.matrix
    }

    /// The equations for what the null space leaves free: block (t, s) becomes `Z_tᵀ M_ts Z_s`.
    pub(crate) fn reduced(&self, null_space: &NullSpace, points: usize) -> BandedMatrix {
        let free = null_space.free();
        let banded = points - usize::from(self.border_point.is_some());
        let half_bandwidth = self.matrix.half_bandwidth();
        let border = if self.border_point.is_some() { free } else { 0 };
        let mut reduced = NormalEquations {
            matrix: BandedMatrix::zeros(banded, free, half_bandwidth, border),
            block: free,
            border_point: self.border_point,
        };
        let mut along = vec![0.0; self.block * free];
        for s in 0..points {
            // The border point is dense: it may be joined to any other.
            let near = s..points.min(s + half_bandwidth + 1);
            let far = self.border_point.into_iter().filter(|t| !near.contains(t));
            for t in near.clone().chain(far) {
                let full = self.block(t, s);
                // M Z first: O(b^3) for the block, as factoring it.
                for (a, row) in along.chunks_exact_mut(free).enumerate() {
                    for (j, entry) in row.iter_mut().enumerate() {
                        *entry = (0..self.block).map(|b| full(a, b) * null_space.basis(s, b, j)).sum();
                    }
                }
                for i in 0..free {
                    for j in (0..free).take_while(|&j| t > s || j <= i) {
                        let column = along[j..].iter().step_by(free);
                        let sum = column.enumerate().map(|(a, along)| null_space.basis(t, a, i) * along).sum();
                        reduced.add(t, i, s, j, sum);
                    }
                }
            }
        }
        reduced.matrix
    }

    /// Block (t, s), t >= s, as a function of row and column; the diagonal ones mirrored to be symmetric.
    fn block(&self, t: usize, s: usize) -> impl Fn(usize, usize) -> f64 + '_ {
        let b = self.block;
        move |i, j| {
            let (row, column) = if t == s && j > i { (j, i) } else { (i, j) };
            match Some(t) == self.border_point {
                true if s == t => self.matrix.corner()[row * b + column],
                true => self.matrix.border(s)[column * b + row],
                false if s == t => self.matrix.diagonal(t)[row * b + column],
                false => self.matrix.below(t - s, s)[row * b + column],
            }
        }
    }

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
