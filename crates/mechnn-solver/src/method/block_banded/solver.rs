//! [`BlockBanded`]: every element of a batch, in parallel.

use ndarray::{Array1, Array4};
use rayon::prelude::*;

use super::factor::{SolvedElement, factor_and_solve};
use super::pullback::BlockBandedPullback;
use super::rows::ElementView;
use crate::error::SolveError;
use crate::method::solver::{OdeSolver, Pullback};
use crate::problem::OdeProblem;
use crate::solution::{RowResiduals, Solution, SolveInfo};

/// Solves in O(N (D K)^3) work and O(N (D K)^2) memory per batch element; elements run in parallel, each exactly as
/// if it were alone.
///
/// $$ A^\top W^2 A\, z = A^\top W^2 c + \gamma\alpha\, e_0 $$
///
/// is block tridiagonal (Taylor rows) or block pentadiagonal (central rows); the last point of a periodic problem and
/// the slack of the relaxed LP border it. Dimensions that share no equation are factored separately. Refinement with
/// the residuals of the rows (not of the normal equations) brings the rounding error from order `eps cond^2` to
/// `eps cond`, and its next correction measures what is left; where that is too much, the rows are eliminated
/// orthogonally instead.
///
/// # References
/// Chen et al., ICLR 2025, section 3.3; Björck, Numerical Methods for Least Squares Problems, section 2.9.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlockBanded;

impl BlockBanded {
    fn expect_supported(&self, problem: &OdeProblem) -> Result<(), SolveError> {
        let reason = "least-squares schemes without boundary values only";
        let method = self.name();
        if self.supports(problem) { Ok(()) } else { Err(SolveError::Unsupported { method, reason }) }
    }
}

impl OdeSolver for BlockBanded {
    fn name(&self) -> &'static str {
        "block-banded"
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        self.expect_supported(problem)?;
        let solved = (0..problem.sizes.batch)
            .into_par_iter()
            .map(|batch| {
                let view = ElementView::new(problem, batch);
                factor_and_solve(&view).map(|(_, solved)| solved)
            })
            .collect::<Vec<_>>();
        let solved = first_error(solved)?;
        Ok(collect_solution(problem, solved.iter()))
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        self.expect_supported(problem)?;
        let elements = (0..problem.sizes.batch)
            .into_par_iter()
            .map(|batch| {
                let view = ElementView::new(problem, batch);
                factor_and_solve(&view)
            })
            .collect::<Vec<_>>();
        let elements = first_error(elements)?;
        let solution = collect_solution(problem, elements.iter().map(|(_, solved)| solved));
        Ok((solution, Box::new(BlockBandedPullback { problem: problem.clone(), elements })))
    }
}

/// All results, or the error of the first element that has one: which one another thread meets first is chance.
fn first_error<T>(results: Vec<Result<T, SolveError>>) -> Result<Vec<T>, SolveError> {
    results.into_iter().collect()
}

/// The elements as one batch.
pub(super) fn collect_solution<'a>(problem: &OdeProblem, solved: impl Iterator<Item = &'a SolvedElement>) -> Solution {
    let sizes = problem.sizes();
    let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
    let mut slack = Vec::with_capacity(sizes.batch);
    let mut info = SolveInfo { pivot_ratio: f64::INFINITY, ..SolveInfo::default() };
    for (element, mut target) in solved.zip(values.outer_iter_mut()) {
        target.iter_mut().zip(&element.values).for_each(|(target, value)| *target = *value);
        slack.push(element.slack);
        info.residuals = RowResiduals::max(info.residuals, element.residuals);
        info.pivot_ratio = info.pivot_ratio.min(element.pivot_ratio);
        info.error_estimate = info.error_estimate.max(element.error_estimate);
        info.refinements = info.refinements.max(element.refinements);
        info.factorization = info.factorization.max(element.factorization);
        info.independent_groups = info.independent_groups.max(element.groups);
    }
    let slack = problem.scheme().gamma_alpha().map(|_| Array1::from(slack));
    Solution { values, slack, info }
}
