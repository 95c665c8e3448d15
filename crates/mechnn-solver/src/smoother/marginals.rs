//! Error bars of states and parameters.

use super::gauss_newton::{GaussNewton, factor_with_ridge};
use super::problem::{Estimate, SmootherError, SmootherProblem};

/// Uncertainty of an estimate in the Laplace approximation: the posterior is taken for the Gaussian whose information
/// matrix is the Gauss-Newton Hessian.
#[derive(Debug, Clone, PartialEq)]
pub struct Marginals {
    /// Variance of every state, `[sum of N, D]` row-major as [`Estimate::states`]; the uncertainty of the parameters
    /// is part of it.
    pub states: Vec<f64>,
    /// Covariance of the parameters, `[P, P]` row-major.
    pub parameters: Vec<f64>,
}

impl GaussNewton {
    /// Variances of the states and covariance of the parameters at an estimate, which should be the minimum.
    ///
    /// $$ \operatorname{cov}(x, \theta) = \Big( \sum_r \nabla r\, \nabla r^\top \Big)^{-1} $$
    ///
    /// over all residuals r of the objective, each divided by its standard deviation. The blocks needed come by
    /// selected inversion in O(N D (D + P)²), see
    /// [`BandedCholesky::selected_inverse`](crate::engine::BandedCholesky::selected_inverse). What they mean, and what
    /// they leave out, is in `docs/src/concepts/uncertainty.md`.
    ///
    /// # Errors
    /// [`SmootherError::Singular`] if the data and the prior leave a direction open.
    pub fn marginals(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Result<Marginals, SmootherError> {
        problem.check(estimate)?;
        let dims = problem.dynamics.dims();
        let inverse = factor_with_ridge(problem, estimate)?.selected_inverse();
        let blocks = inverse.diagonal.chunks_exact(dims * dims);
        let states = blocks.flat_map(|block| (0..dims).map(move |d| block[d * dims + d])).collect();
        Ok(Marginals { states, parameters: inverse.border })
    }
}
