//! The weighted rows of one group of dimensions, in order of the first point they touch.

use super::null_space::NullSpace;
use crate::method::block_banded::rows::{ElementView, Group, Unknowns};
use crate::rows::CentralRow;

/// Rows for [`RowElimination`](crate::engine::RowElimination): columns of the points t..=t+w, of the border (the last
/// point of a periodic problem, then the slack), and the data as right-hand side.
pub(crate) struct GroupRows<'a> {
    view: &'a ElementView<'a>,
    group: &'a Group,
    block: usize,
    /// The last point is the border's first columns.
    periodic: bool,
    with_slack: bool,
    half_bandwidth: usize,
    residual_at: Option<Unknowns<'a>>,
    null_space: Option<&'a NullSpace>,
    /// True if every row is divided by its norm: the rank of the rows does not depend on their scale, its computation
    /// does.
    equilibrated: bool,
}

impl<'a> GroupRows<'a> {
    pub(crate) const RIGHT_HAND_SIDES: usize = 1;

    pub(crate) fn new(
        view: &'a ElementView<'a>,
        group: &'a Group,
        null_space: Option<&'a NullSpace>,
        residual_at: Option<Unknowns<'a>>,
    ) -> Self {
        let block = group.dims.len() * view.sizes.orders;
        let half_bandwidth = view.half_bandwidth();
        let (periodic, with_slack) = (view.is_periodic(), view.scheme.gamma_alpha().is_some());
        Self { view, group, block, periodic, with_slack, half_bandwidth, residual_at, null_space, equilibrated: false }
    }

    /// The same rows, each divided by its norm.
    pub(crate) fn equilibrated(self) -> Self {
        Self { equilibrated: true, ..self }
    }

    /// Unknowns at a point, as the elimination sees them.
    pub(crate) fn block(&self) -> usize {
        self.null_space.map_or(self.block, NullSpace::free)
    }

    pub(crate) fn with_slack(&self) -> bool {
        self.with_slack
    }

    /// Border columns, as the elimination sees them.
    pub(crate) fn border(&self) -> usize {
        let last_point = if self.periodic { self.block() } else { 0 };
        last_point + usize::from(self.with_slack)
    }

    /// All rows whose first point is t. Rows of a border point come with the point before it.
    pub(crate) fn leading(&self, t: usize) -> Vec<Vec<f64>> {
        let view = self.view;
        let last = view.sizes.points - 1;
        let mut rows = Vec::new();
        self.add_point(t, t, &mut rows);
        if self.periodic && t + 1 == last {
            self.add_point(t, last, &mut rows);
        }
        if t == 0 {
            self.add_periodic(&mut rows);
        }
        if t < last {
            self.add_interval(t, &mut rows);
        }
        if view.scheme.has_central_rows() && t + 2 <= last {
            self.add_central(t, &mut rows);
        }
        if let Some(z) = self.residual_at {
            rows.iter_mut().for_each(|row| self.subtract(t, z, row));
        }
        if self.equilibrated {
            let data = self.data();
            for row in &mut rows {
                let largest = row[..data].iter().fold(0.0, |most: f64, entry| most.max(entry.abs()));
                if largest > 0.0 {
                    row.iter_mut().for_each(|entry| *entry /= largest);
                }
            }
        }
        match self.null_space {
            None => rows,
            Some(null_space) => rows.iter().map(|row| self.reduced(t, row, null_space)).collect(),
        }
    }

    /// Data column minus the row applied to z.
    fn subtract(&self, t: usize, z: Unknowns<'_>, row: &mut [f64]) {
        let (view, data) = (self.view, self.data());
        let (band, border) = row[..data].split_at((self.half_bandwidth + 1) * self.block);
        let last = view.sizes.points - 1;
        let mut applied = if self.with_slack { row[data - 1] * z.slack } else { 0.0 };
        let mut add = |columns: &[f64], point: usize| {
            for (columns, &d) in columns.chunks_exact(view.sizes.orders).zip(&self.group.dims) {
                let x = &z.values[view.at(point, d)..];
                applied += columns.iter().zip(x).map(|(entry, x)| entry * x).sum::<f64>();
            }
        };
        for (offset, columns) in band.chunks_exact(self.block).enumerate() {
            // Past the end, or in the border instead: zero by construction.
            if t + offset < last || (t + offset == last && !self.periodic) {
                add(columns, t + offset);
            }
        }
        if self.periodic {
            add(&border[..self.block], last);
        }
        row[data] -= applied;
    }

    fn empty(&self) -> Vec<f64> {
        vec![0.0; self.data() + Self::RIGHT_HAND_SIDES]
    }

    /// Column of derivative k of the group's dimension `position` at a point, in rows that begin at `first`.
    fn column(&self, first: usize, point: usize, position: usize, k: usize) -> usize {
        let within = position * self.view.sizes.orders + k;
        if self.periodic && point + 1 == self.view.sizes.points {
            (self.half_bandwidth + 1) * self.block + within
        } else {
            (point - first) * self.block + within
        }
    }

    fn set_slack(&self, weight: f64, row: &mut [f64]) {
        if self.with_slack {
            row[self.data() - 1] = weight;
        }
    }

    /// Column of the right-hand side in a full row.
    fn data(&self) -> usize {
        let last_point = if self.periodic { self.block } else { 0 };
        (self.half_bandwidth + 1) * self.block + last_point + usize::from(self.with_slack)
    }

    /// A full row in the unknowns that the null space leaves free.
    fn reduced(&self, t: usize, row: &[f64], null_space: &NullSpace) -> Vec<f64> {
        let (points, free) = (self.view.sizes.points, null_space.free());
        let band = (self.half_bandwidth + 1) * self.block;
        let mut reduced = Vec::with_capacity(self.block() * (self.half_bandwidth + 1) + self.border() + 1);
        let mut add = |columns: &[f64], point: usize| {
            let mut own = vec![0.0; free];
            null_space.reduce(point, columns, &mut own);
            reduced.extend(own);
        };
        for (offset, columns) in row[..band].chunks_exact(self.block).enumerate() {
            // Past the end the columns are zero: any point will do.
            add(columns, (t + offset).min(points - 1));
        }
        if self.periodic {
            add(&row[band..][..self.block], points - 1);
        }
        reduced.extend_from_slice(&row[self.data() - usize::from(self.with_slack)..]);
        reduced
    }

    /// Equation and initial rows of one point.
    fn add_point(&self, first: usize, point: usize, rows: &mut Vec<Vec<f64>>) {
        let view = self.view;
        let (orders, dims) = (view.sizes.orders, view.sizes.dims);
        let weight = view.equation_weight();
        let equations = self.group.equations.iter().filter(|_| weight > 0.0);
        for &e in equations {
            let mut row = self.empty();
            for (position, &d) in self.group.dims.iter().enumerate() {
                for k in 0..orders {
                    let entry = view.coefficients(point)[(e * dims + d) * orders + k];
                    row[self.column(first, point, position, k)] = weight * entry;
                }
            }
            row[self.data()] = weight * view.forcing(point)[e];
            rows.push(row);
        }
        if point < view.pinned_points {
            for (position, &d) in self.group.dims.iter().enumerate() {
                for q in 0..view.pinned_orders {
                    let mut row = self.empty();
                    row[self.column(first, point, position, q)] = view.weights.initial;
                    row[self.data()] = view.weights.initial * view.initial(point, d, q);
                    rows.push(row);
                }
            }
        }
    }

    fn add_periodic(&self, rows: &mut Vec<Vec<f64>>) {
        let view = self.view;
        let Some(jump) = view.jump() else { return };
        for (position, &d) in self.group.dims.iter().enumerate() {
            for k in 0..view.sizes.orders - 1 {
                let mut row = self.empty();
                row[self.column(0, 0, position, k)] = view.weights.initial;
                row[self.column(0, view.sizes.points - 1, position, k)] = -view.weights.initial;
                row[self.data()] = view.weights.initial * jump(d, k);
                rows.push(row);
            }
        }
    }

    fn add_interval(&self, t: usize, rows: &mut Vec<Vec<f64>>) {
        let (view, weight) = (self.view, self.view.weights.smoothness);
        let orders = view.sizes.orders;
        let mut operator = view.interval_rows();
        for (position, &d) in self.group.dims.iter().enumerate() {
            operator.set_step(view.step(t, d));
            for pattern in operator.pattern() {
                let mut row = self.empty();
                for k in 0..orders {
                    row[self.column(t, t, position, k)] = weight * pattern[k] * operator.power()[k];
                    row[self.column(t, t + 1, position, k)] = weight * pattern[orders + k] * operator.power()[k];
                }
                self.set_slack(weight, &mut row);
                rows.push(row);
            }
        }
    }

    /// The central row at t + 1.
    fn add_central(&self, t: usize, rows: &mut Vec<Vec<f64>>) {
        let (view, weight) = (self.view, self.view.weights.smoothness);
        let top = view.sizes.orders - 1;
        for (position, &d) in self.group.dims.iter().enumerate() {
            let [minus, centre, plus] = CentralRow::new(view.sizes.orders, view.two_steps(t + 1, d)).entries;
            let mut row = self.empty();
            row[self.column(t, t, position, top - 1)] += weight * minus;
            row[self.column(t, t + 1, position, top)] += weight * centre;
            row[self.column(t, t + 2, position, top - 1)] += weight * plus;
            self.set_slack(weight, &mut row);
            rows.push(row);
        }
    }
}
