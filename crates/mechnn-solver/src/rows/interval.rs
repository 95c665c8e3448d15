//! The smoothness rows over one interval, whatever the scheme.

use super::pattern::{MAX_ROWS, MAX_WIDTH, Pattern};
use super::reference_step::ReferenceStep;
use super::{integrated_wiener, pade, taylor};
use crate::problem::Scheme;

/// The rows joining points t and t + 1 of one dimension, as a matrix S(h) on `(u_t^(0..K), u_{t+1}^(0..K))`.
///
/// | scheme | rows | file |
/// |---|---|---|
/// | `Taylor` | 2 K | `taylor.rs`, with the row of the highest derivative |
/// | `TaylorCentral`, `RelaxedLp` | 2 (K - 1) | `taylor.rs` |
/// | `IntegratedWiener` | K | `integrated_wiener.rs` |
/// | `Pade` | K - 1 | `pade.rs` |
///
/// Every entry of column j carries `h^j`, so in the scaled unknowns `v_j = h^j u^(j)` the rows are one constant matrix
/// P for all intervals: `S(h) = f(h) P diag(h^j)`. Only P and the factor f ([`ReferenceStep`]; 1 in most schemes and
/// on equal steps) tell the schemes apart.
#[derive(Debug, Clone)]
pub(crate) struct IntervalRows {
    orders: usize,
    rows: usize,
    reference: ReferenceStep,
    step: f64,
    pattern: Pattern,
    /// PᵀP, `[2 K, 2 K]`.
    gram: [[f64; MAX_WIDTH]; MAX_WIDTH],
    /// `f(h) h^j`, repeated for both ends, `[2 K]`.
    power: [f64; MAX_WIDTH],
    /// `d(f(h) h^j)/dh`, repeated for both ends, `[2 K]`.
    slope: [f64; MAX_WIDTH],
}

impl IntervalRows {
    pub(crate) fn new(scheme: Scheme, orders: usize, reference: ReferenceStep) -> Self {
        let mut pattern = [[0.0; MAX_WIDTH]; MAX_ROWS];
        let rows = match scheme {
            Scheme::Taylor => taylor::write(&mut pattern, orders, orders),
            Scheme::TaylorCentral | Scheme::RelaxedLp { .. } => taylor::write(&mut pattern, orders, orders - 1),
            Scheme::IntegratedWiener => integrated_wiener::write(&mut pattern, orders),
            Scheme::Pade => pade::write(&mut pattern, orders),
            // Its spline rows join more than two points.
            Scheme::Collocation { .. } => 0,
        };
        let mut gram = [[0.0; MAX_WIDTH]; MAX_WIDTH];
        for a in 0..2 * orders {
            for b in 0..2 * orders {
                gram[a][b] = (0..rows).map(|r| pattern[r][a] * pattern[r][b]).sum();
            }
        }
        let (power, slope) = ([0.0; MAX_WIDTH], [0.0; MAX_WIDTH]);
        Self { orders, rows, reference, step: f64::NAN, pattern, gram, power, slope }
    }

    /// The rows of P, each `[2 K]` long in use.
    pub(crate) fn pattern(&self) -> &[[f64; MAX_WIDTH]] {
        &self.pattern[..self.rows]
    }

    /// `f(h) h^j` for each column.
    pub(crate) fn power(&self) -> &[f64; MAX_WIDTH] {
        &self.power
    }

    /// `d(f(h) h^j)/dh` for each column, the reference step held fixed.
    pub(crate) fn slope(&self) -> &[f64; MAX_WIDTH] {
        &self.slope
    }

    /// Entry (a, b) of SᵀS.
    #[inline(always)]
    pub(crate) fn gram(&self, a: usize, b: usize) -> f64 {
        self.gram[a][b] * self.power[a] * self.power[b]
    }

    /// Sets the step h; free if it is the step of the last call.
    #[inline]
    pub(crate) fn set_step(&mut self, h: f64) {
        if h == self.step {
            return;
        }
        self.step = h;
        let mut power = self.reference.factor(h);
        let own_slope = self.reference.own_slope(h);
        for j in 0..self.orders {
            // d(f h^j)/dh = j f h^(j-1) + f h^j d(ln f)/dh
            let slope = if j == 0 { 0.0 } else { j as f64 * self.power[j - 1] } + power * own_slope;
            for column in [j, self.orders + j] {
                self.power[column] = power;
                self.slope[column] = slope;
            }
            power *= h;
        }
    }
}

/// Values at both ends of an interval, each multiplied by the factor of its column.
#[inline(always)]
pub(crate) fn scaled_ends(left: &[f64], right: &[f64], factor: &[f64; MAX_WIDTH]) -> [f64; MAX_WIDTH] {
    let orders = left.len();
    let mut ends = [0.0; MAX_WIDTH];
    for j in 0..orders {
        ends[j] = factor[j] * left[j];
        ends[orders + j] = factor[orders + j] * right[j];
    }
    ends
}
