//! How well the rows determine a solution.

use ndarray::{Array1, Array4};

/// Marginal variances of a solution, one for each of its entries.
///
/// $$ \operatorname{var} z = \operatorname{diag} (A^\top W^2 A)^{-1} $$
///
/// They are the variances of the least-squares estimate z if the right-hand sides of all rows (equations, initial
/// values, smoothness) carry independent errors with mean 0 and standard deviation 1 / weight; equivalently, those of
/// the Gaussian posterior in which every row is an observation with that error. They do not depend on forcing and
/// initial values, and not on how well the rows are fulfilled: read `docs/src/concepts/uncertainty.md` before calling
/// them error bars.
#[derive(Debug, Clone, PartialEq)]
pub struct SolutionVariances {
    /// `[B, N, D, K]`: variance of derivative k of dimension d at point n; unit `([u] / [t]^k)^2`.
    pub values: Array4<f64>,
    /// `[B]`: variance of the slack of the relaxed LP, which the variances of the values include; absent in the other
    /// schemes.
    pub slack: Option<Array1<f64>>,
}
