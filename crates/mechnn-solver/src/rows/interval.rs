//! Taylor rows over one interval.

use crate::problem::MAX_ORDERS;
use crate::scheme::Scheme;

/// Most columns of an interval operator: all derivatives at both ends.
pub(crate) const MAX_WIDTH: usize = 2 * MAX_ORDERS;

/// Most rows of an interval operator: forward and backward for every derivative.
const MAX_ROWS: usize = 2 * MAX_ORDERS;

/// The rows joining points t and t + 1 of one dimension, as a matrix S(h) on `(u_t^(0..K), u_{t+1}^(0..K))`.
///
/// With k the highest order, for i < R (R = k with central rows, k + 1 without):
///
/// - forward: `sum_{j=i..k} h^j / (j-i)! u_t^(j) - h^i u_{t+1}^(i) = 0`
/// - backward: `sum_{j=i..k} (-h)^j / (j-i)! u_{t+1}^(j) - (-h)^i u_t^(i) = 0`
///
/// Every entry of column j carries `h^j`, so in the scaled unknowns `v_j = h^j u^(j)` the rows are one constant matrix P
/// for all intervals: `S(h) = P diag(h^j)`. A smooth solution leaves residuals of one size, `O(h^(k+1))`.
///
/// # References
/// ICML 2024, eqs. 11-13; ICLR 2025, section 3.2.
#[derive(Debug, Clone)]
pub(crate) struct IntervalRows {
    orders: usize,
    rows: usize,
    step: f64,
    /// P, `[2 R, 2 K]` within fixed bounds.
    pattern: [[f64; MAX_WIDTH]; MAX_ROWS],
    /// PᵀP, `[2 K, 2 K]`.
    gram: [[f64; MAX_WIDTH]; MAX_WIDTH],
    /// `h^j`, repeated for both ends, `[2 K]`.
    power: [f64; MAX_WIDTH],
    /// `d(h^j)/dh`, repeated for both ends, `[2 K]`.
    slope: [f64; MAX_WIDTH],
}

impl IntervalRows {
    pub(crate) fn new(scheme: Scheme, orders: usize) -> Self {
        let taylor_rows = if scheme.has_central_rows() { orders - 1 } else { orders };
        let rows = 2 * taylor_rows;
        let mut pattern = [[0.0; MAX_WIDTH]; MAX_ROWS];
        for i in 0..taylor_rows {
            let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
            let mut factorial = 1.0; // (j - i)!
            for j in i..orders {
                factorial *= if j > i { (j - i) as f64 } else { 1.0 };
                pattern[i][j] = 1.0 / factorial;
                pattern[taylor_rows + i][orders + j] = sign(j) / factorial;
            }
            pattern[i][orders + i] = -1.0;
            pattern[taylor_rows + i][i] = -sign(i);
        }
        let mut gram = [[0.0; MAX_WIDTH]; MAX_WIDTH];
        for a in 0..2 * orders {
            for b in 0..2 * orders {
                gram[a][b] = (0..rows).map(|r| pattern[r][a] * pattern[r][b]).sum();
            }
        }
        Self { orders, rows, step: f64::NAN, pattern, gram, power: [0.0; MAX_WIDTH], slope: [0.0; MAX_WIDTH] }
    }

    /// The rows of P, each `[2 K]` long in use.
    pub(crate) fn pattern(&self) -> &[[f64; MAX_WIDTH]] {
        &self.pattern[..self.rows]
    }

    /// `h^j` for each column.
    pub(crate) fn power(&self) -> &[f64; MAX_WIDTH] {
        &self.power
    }

    /// `d(h^j)/dh` for each column.
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
        let mut power = 1.0;
        for j in 0..self.orders {
            // d(h^j)/dh = j h^(j-1)
            let slope = if j == 0 { 0.0 } else { j as f64 * self.power[j - 1] };
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
