//! The right-hand side of a correction, as if in more than twice the working precision.
//!
//! At the minimum `Aᵀ W² (b - A z) = 0`, whatever the size of the residual. Where the residual is rounded before it is
//! multiplied, `eps |Aᵀ| |b - A z|` is left, and a correction turns that into `eps cond^2 |b - A z|` of the values: an
//! error that no further correction sees. So neither the residual nor its weight nor the sum is rounded here.
//!
//! References: Björck, BIT 7 (1967); Demmel, Hida, Riedy, Li, ACM Trans. Math. Softw. 35 (2009).

use super::element_view::ElementView;
use super::unknowns::Unknowns;
use crate::linear_algebra::AccurateSum;

/// Writes `Aᵀ W² (b - A z)` of the soft rows into `out` `[N, D, K]`; returns the slack's entry.
pub(crate) fn accurate_transposed_residual(view: &ElementView<'_>, z: Unknowns<'_>, out: &mut [f64]) -> f64 {
    let mut sums = vec![AccurateSum::new(0.0); out.len()];
    let mut slack = AccurateSum::new(0.0);
    view.for_each_row(|_, row| {
        if !row.weight.is_finite() {
            return;
        }
        let mut residual = AccurateSum::new(row.right);
        residual.add_product(-row.slack, z.slack);
        for &(first, entries) in row.runs {
            for (a, x) in entries.iter().zip(&z.values[first..][..entries.len()]) {
                residual.add_product(-a, *x);
            }
        }
        let (high, low) = times(row.weight, times(row.weight, residual.parts()));
        for &(first, entries) in row.runs {
            for (a, sum) in entries.iter().zip(&mut sums[first..][..entries.len()]) {
                sum.add_product(*a, high);
                sum.add(a * low);
            }
        }
        slack.add_product(row.slack, high);
        slack.add(row.slack * low);
    });
    out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.value());
    slack.value()
}

/// `w (high + low)`, with what the product of the first loses.
fn times(w: f64, (high, low): (f64, f64)) -> (f64, f64) {
    let product = w * high;
    (product, w.mul_add(high, -product) + w * low)
}
