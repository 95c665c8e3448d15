//! [`BlockBanded`]: every element of a batch, in parallel.

use ndarray::{Array1, Array4, Axis};
use rayon::prelude::*;

use super::factor::{FactoredElement, SolvedElement, factor_and_solve};
use super::lane_pullback::LanePullback;
use super::lanes;
use super::pullback::BlockBandedPullback;
use super::rows::ElementView;
use crate::error::SolveError;
use crate::method::solver::{OdeSolver, Pullback};
use crate::problem::OdeProblem;
use crate::solution::{Solution, SolveInfo};

/// Solves in O(N (D K)^3) work and O(N (D K)^2) memory; elements of a batch run in parallel, each exactly as if it were
/// alone. Usual shapes run with an element in each lane of the processor's vectors (`docs/src/concepts/lanes.md`).
///
/// $$ A^\top W^2 A\, z = A^\top W^2 c + \gamma\alpha\, e_0 $$
///
/// is block tridiagonal (Taylor rows) or block pentadiagonal (central rows); the last point of a periodic problem and
/// the slack of the relaxed LP border it. Dimensions that share no equation are factored separately. Refinement with
/// the residuals of the rows (not of the normal equations) brings the rounding error from order `eps cond^2` to
/// `eps cond`, and the size of a correction measures what is left; where that is too much, the rows are eliminated
/// orthogonally instead, one element at a time.
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
        if lanes::supports(problem) {
            return solve_in_lanes(problem, empty_values(problem), |_| ()).map(|solved| solved.solution);
        }
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

    fn solve_into(&self, problem: &OdeProblem, solution: &mut Solution) -> Result<(), SolveError> {
        self.expect_supported(problem)?;
        let fits = solution.values.dim() == values_shape(problem) && solution.values.is_standard_layout();
        if !(fits && lanes::supports(problem)) {
            *solution = self.solve(problem)?;
            return Ok(());
        }
        let values = std::mem::take(&mut solution.values);
        *solution = solve_in_lanes(problem, values, |_| ())?.solution;
        Ok(())
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        self.expect_supported(problem)?;
        if lanes::supports(problem) {
            let solved = solve_in_lanes(problem, empty_values(problem), |factored| factored)?;
            let solution = solved.solution.clone();
            return Ok((solution, Box::new(LanePullback::new(problem.clone(), solved))));
        }
        let elements = factor_all(problem)?;
        let solution = collect_solution(problem, elements.iter().map(|(_, solved)| solved));
        Ok((solution, Box::new(BlockBandedPullback { problem: problem.clone(), elements })))
    }
}

/// Every element of a batch, factored and solved by itself.
pub(super) fn factor_all(problem: &OdeProblem) -> Result<Vec<(FactoredElement, SolvedElement)>, SolveError> {
    let elements = (0..problem.sizes.batch)
        .into_par_iter()
        .map(|batch| factor_and_solve(&ElementView::new(problem, batch)))
        .collect::<Vec<_>>();
    first_error(elements)
}

/// `[B, N, D, K]`
fn values_shape(problem: &OdeProblem) -> (usize, usize, usize, usize) {
    let sizes = problem.sizes;
    (sizes.batch, sizes.points, sizes.dims, sizes.orders)
}

fn empty_values(problem: &OdeProblem) -> Array4<f64> {
    Array4::zeros(values_shape(problem))
}

/// A batch solved in lanes, and what the lanes left to be solved one by one.
pub(super) struct SolvedInLanes<T> {
    pub(super) solution: Solution,
    /// Batch index, what is kept of the element's factors, and its solution.
    pub(super) others: Vec<(usize, T, SolvedElement)>,
    /// Elements whose gradients in lanes would lose digits.
    pub(super) weak: Vec<usize>,
}

/// With a smaller relative pivot an adjoint is so large that the rounding errors of its rows cost a gradient digits:
/// 1e-8 and more were seen below, 3e-10 above. One by one its rows are summed as if in twice the working precision.
const WEAK_PIVOT: f64 = 1e-5;

fn solve_in_lanes<T: Send>(
    problem: &OdeProblem,
    mut values: Array4<f64>,
    keep: impl Fn(FactoredElement) -> T + Sync,
) -> Result<SolvedInLanes<T>, SolveError> {
    let evidence = lanes::solve(problem, &mut values);
    let left = (0..problem.sizes.batch).filter(|&batch| evidence[batch].is_none()).collect::<Vec<_>>();
    let others = left
        .into_par_iter()
        .map(|batch| {
            let (factored, solved) = factor_and_solve(&ElementView::new(problem, batch))?;
            Ok((batch, keep(factored), solved))
        })
        .collect::<Vec<_>>();
    let others = first_error(others)?;
    let is_weak = |batch: &usize| evidence[*batch].is_some_and(|evidence| evidence.pivot_ratio < WEAK_PIVOT);
    let weak = (0..problem.sizes.batch).filter(is_weak).collect();
    let mut info = SolveInfo { pivot_ratio: f64::INFINITY, ..SolveInfo::default() };
    for evidence in evidence.iter().flatten() {
        info.add(evidence.residuals, evidence.pivot_ratio, evidence.error_estimate);
        info.refinements = info.refinements.max(1);
        info.independent_groups = info.independent_groups.max(evidence.groups);
    }
    for (batch, _, solved) in &others {
        let mut target = values.index_axis_mut(Axis(0), *batch);
        target.iter_mut().zip(&solved.values).for_each(|(target, value)| *target = *value);
        solved.add_to(&mut info);
    }
    Ok(SolvedInLanes { solution: Solution { values, slack: None, info }, others, weak })
}

/// All results, or the error of the first element that has one: which one another thread meets first is chance.
pub(super) fn first_error<T>(results: Vec<Result<T, SolveError>>) -> Result<Vec<T>, SolveError> {
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
        element.add_to(&mut info);
    }
    let slack = problem.scheme().gamma_alpha().map(|_| Array1::from(slack));
    Solution { values, slack, info }
}
