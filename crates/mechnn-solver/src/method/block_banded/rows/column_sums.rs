//! The right-hand side of a correction, as if in more than twice the working precision.
//!
//! At the minimum `Aᵀ W² (b - A z) = -q`, whatever the size of the residual. Where the residual is rounded before it
//! is multiplied, `eps |Aᵀ| |b - A z|` is left, and a correction turns that into `eps cond^2 |b - A z|` of the values:
//! an error that no further correction sees. So neither the residual nor its weight nor the sum is rounded here.
//!
//! References: Björck, BIT 7 (1967); Demmel, Hida, Riedy, Li, ACM Trans. Math. Softw. 35 (2009).

use super::weighted_row::WeightedRow;
use crate::linear_algebra::AccurateSum;

/// A sum `q + Aᵀ W² r` over the rows.
pub(crate) struct ColumnSums {
    values: Vec<AccurateSum>,
    slack: AccurateSum,
}

impl ColumnSums {
    /// q alone: `[N, D, K]` and the slack's entry.
    pub(crate) fn new(values: impl Iterator<Item = f64>, slack: f64) -> Self {
        Self { values: values.map(AccurateSum::new).collect(), slack: AccurateSum::new(slack) }
    }

    /// Adds `W² r` times the row; returns `W² r`. Nothing for hard rows, which are no part of the sum of squares.
    pub(crate) fn add(&mut self, row: &WeightedRow<'_>, residual: AccurateSum) -> f64 {
        if !row.weight.is_finite() {
            return 0.0;
        }
        let (high, low) = times(row.weight, times(row.weight, residual.parts()));
        for &(first, entries) in row.runs {
            for (a, sum) in entries.iter().zip(&mut self.values[first..][..entries.len()]) {
                sum.add_product(*a, high);
                sum.add(a * low);
            }
        }
        self.slack.add_product(row.slack, high);
        self.slack.add(row.slack * low);
        high + low
    }

    /// Writes the sum into `out` `[N, D, K]`, rounded once; returns the slack's entry.
    pub(crate) fn write(self, out: &mut [f64]) -> f64 {
        out.iter_mut().zip(self.values).for_each(|(out, sum)| *out = sum.value());
        self.slack.value()
    }
}

/// `w (high + low)`, with what the product of the first loses.
fn times(w: f64, (high, low): (f64, f64)) -> (f64, f64) {
    let product = w * high;
    (product, w.mul_add(high, -product) + w * low)
}
