//! Every row of an element's system, one after the other.

use super::element_view::ElementView;
use crate::linear_algebra::AccurateSum;
use crate::problem::EquationRows;

/// One row `sum entries * values + slack * eps = right`, without its weight.
pub(crate) struct WeightedRow<'r> {
    /// Runs of neighbouring unknowns, by the index of the first in `[N, D, K]`.
    pub(crate) runs: &'r [(usize, &'r [f64])],
    /// Coefficient of the slack.
    pub(crate) slack: f64,
    pub(crate) right: f64,
    /// Infinite for hard rows.
    pub(crate) weight: f64,
}

impl WeightedRow<'_> {
    /// The row applied to values and slack.
    #[inline(always)]
    pub(crate) fn applied(&self, values: &[f64], slack: f64) -> f64 {
        let mut sum = self.slack * slack;
        for &(first, entries) in self.runs {
            for (a, x) in entries.iter().zip(&values[first..][..entries.len()]) {
                sum += a * x;
            }
        }
        sum
    }

    /// The right-hand side `right` less the row applied to values and slack, as if in twice the working precision.
    #[inline(always)]
    pub(crate) fn accurate_residual(&self, right: f64, values: &[f64], slack: f64) -> f64 {
        self.residual_sum(right, values, slack).value()
    }

    /// The same, before it is rounded.
    #[inline(always)]
    pub(crate) fn residual_sum(&self, right: f64, values: &[f64], slack: f64) -> AccurateSum {
        let mut sum = AccurateSum::new(right);
        sum.add_product(-self.slack, slack);
        for &(first, entries) in self.runs {
            for (a, x) in entries.iter().zip(&values[first..][..entries.len()]) {
                sum.add_product(-a, *x);
            }
        }
        sum
    }

    /// Sum of the sizes of the terms whose sum is the residual.
    pub(crate) fn term_size(&self, right: f64, values: &[f64], slack: f64) -> f64 {
        let mut size = right.abs() + (self.slack * slack).abs();
        for &(first, entries) in self.runs {
            size += entries.iter().zip(&values[first..]).map(|(a, x)| (a * x).abs()).sum::<f64>();
        }
        size
    }

    /// Adds `factor` times the row to `out`.
    #[inline(always)]
    pub(crate) fn add_times(&self, factor: f64, out: &mut [f64]) {
        for &(first, entries) in self.runs {
            for (a, out) in entries.iter().zip(&mut out[first..][..entries.len()]) {
                *out += a * factor;
            }
        }
    }

    /// `w^2 x`, nothing for hard rows: they are no part of the sum of squares.
    #[inline(always)]
    pub(crate) fn times_squared_weight(&self, x: f64) -> f64 {
        if self.weight.is_finite() { self.weight * self.weight * x } else { 0.0 }
    }
}

impl ElementView<'_> {
    /// Calls `visit(index, row)` for all rows, in the order of [`RowLayout`](super::row_layout::RowLayout).
    #[inline(always)]
    pub(crate) fn for_each_row(&self, mut visit: impl FnMut(usize, &WeightedRow<'_>)) {
        let (dims, orders, points, block) =
            (self.sizes.dims, self.sizes.orders, self.sizes.points, self.sizes.block());
        let layout = self.layout;
        let mut visit = |index: usize, runs: &[(usize, &[f64])], slack: f64, right: f64, weight: f64| {
            visit(index, &WeightedRow { runs, slack, right, weight });
        };

        let weight = match self.equations {
            EquationRows::Soft => self.weights.equation,
            EquationRows::Hard => f64::INFINITY,
        };
        for t in 0..points {
            for (e, (row, &forcing)) in self.coefficients(t).chunks_exact(block).zip(self.forcing(t)).enumerate() {
                visit(layout.equation(t, e), &[(t * block, row)], 0.0, forcing, weight);
            }
        }

        let weight = self.weights.initial;
        for s in 0..self.pinned_points {
            for d in 0..dims {
                for q in 0..self.pinned_orders {
                    let runs = [(self.at(s, d) + q, &[1.0][..])];
                    visit(layout.initial(s, d, q), &runs, 0.0, self.initial(s, d, q), weight);
                }
            }
        }
        if let Some(jump) = self.jump() {
            for d in 0..dims {
                for k in 0..orders - 1 {
                    let ends = [(self.at(0, d) + k, &[1.0][..]), (self.at(points - 1, d) + k, &[-1.0][..])];
                    visit(layout.periodic(d, k), &ends, 0.0, jump(d, k), weight);
                }
            }
        }

        let weight = self.weights.smoothness;
        let slack = if self.scheme.gamma_alpha().is_some() { 1.0 } else { 0.0 };
        let all: Vec<usize> = (0..dims).collect();
        let mut entries = [0.0; crate::rows::MAX_WIDTH];
        self.for_each_interval(&all, |t, d, rows| {
            for (r, pattern) in rows.pattern().iter().enumerate() {
                for a in 0..2 * orders {
                    entries[a] = pattern[a] * rows.power()[a];
                }
                let (left, right) = entries[..2 * orders].split_at(orders);
                let runs = [(self.at(t, d), left), (self.at(t + 1, d), right)];
                visit(layout.interval(t, d, r), &runs, slack, 0.0, weight);
            }
        });
        self.for_each_central(&all, |t, d, row| {
            let [minus, centre, plus] = row.entries.each_ref().map(std::slice::from_ref);
            let below = orders - 2;
            let points = [
                (self.at(t - 1, d) + below, minus),
                (self.at(t, d) + below + 1, centre),
                (self.at(t + 1, d) + below, plus),
            ];
            visit(layout.central(t, d), &points, slack, 0.0, weight);
        });
    }
}
