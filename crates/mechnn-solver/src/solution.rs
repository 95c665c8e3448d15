//! The solution of a problem, with the evidence for trusting it.

use ndarray::{Array1, Array4};

/// The solution of every batch element, with the evidence for trusting it.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// `[B, N, D, K]`: derivative k of dimension d at point n; unit `[u] / [t]^k`.
    pub values: Array4<f64>,
    /// `[B]`: the slack of the relaxed LP; absent in the other schemes. It is the mean of residuals that mostly
    /// cancel, not an error bound.
    pub slack: Option<Array1<f64>>,
    /// Residuals, conditioning and work.
    pub info: SolveInfo,
}

/// Evidence about a solve; each number is the worst over the batch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SolveInfo {
    /// Largest |row residual| of each family, without the weights.
    pub residuals: RowResiduals,
    /// Smallest ratio of a pivot to the diagonal entry it came from: near 0 means ill-conditioned.
    pub pivot_ratio: f64,
    /// Estimated relative error of the values by rounding (not by the discretisation).
    pub error_estimate: f64,
    /// Largest number of refinement steps taken.
    pub refinements: usize,
    /// How the block-banded method factored the least-squares problem; the default in the other methods.
    pub factorization: Factorization,
    /// Groups of dimensions that share no equation, solved separately.
    pub independent_groups: usize,
}

impl SolveInfo {
    /// Takes the worse of each.
    pub(crate) fn add(&mut self, residuals: RowResiduals, pivot_ratio: f64, error_estimate: f64) {
        self.residuals = RowResiduals::max(self.residuals, residuals);
        self.pivot_ratio = self.pivot_ratio.min(pivot_ratio);
        self.error_estimate = self.error_estimate.max(error_estimate);
    }
}

/// How a least-squares problem is factored; the later ones are slower and reach further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Factorization {
    /// Cholesky of the normal equations.
    #[default]
    NormalEquations,
    /// Orthogonal elimination of the rows: some five times slower, for problems whose normal equations are lost to
    /// rounding.
    Orthogonal,
}

/// Largest |row residual| by family, without the weights.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RowResiduals {
    /// `sum c u - b`, unit of b.
    pub equation: f64,
    /// `u - initial value`, and `u - boundary value`.
    pub initial: f64,
    /// `u(t_0) - u(t_{N-1}) - jump`.
    pub periodic: f64,
    /// Taylor, central and top-derivative rows (each scaled by a power of the step, see the scheme), or the spline
    /// rows of collocation, unit of u / t^k.
    pub smoothness: f64,
}

impl RowResiduals {
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            equation: self.equation.max(other.equation),
            initial: self.initial.max(other.initial),
            periodic: self.periodic.max(other.periodic),
            smoothness: self.smoothness.max(other.smoothness),
        }
    }
}
