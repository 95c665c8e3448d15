//! [`Dense`]: assembles, factors and refines every batch element.

use ndarray::{Array1, Array4};

use super::element::Element;
use super::minimum::Minimum;
use super::pullback::DensePullback;
use super::rows::{least_squares, relaxed_lp};
use super::system::DenseSystem;
use crate::error::SolveError;
use crate::method::solver::{OdeSolver, Pullback};
use crate::problem::{OdeProblem, conditions};
use crate::solution::{Solution, SolveInfo};

/// The reference method: assembles every row, factors the whole matrix by Householder reflections, refines with
/// residuals in twice the working precision.
///
/// $$ z^* = \arg\min_z \tfrac12 |A z - b|^2 - \gamma\alpha\,\epsilon $$
///
/// The relaxed LP and the least-squares schemes are assembled by separate functions, each in the row order of its
/// paper's code; collocation is the square case of the latter. The error is a few units in the last place of the
/// largest scaled unknown, well below what normal equations can reach; that is what makes it the oracle of the faster
/// methods. Memory is `8 (rows) (unknowns)` bytes per batch element, three times: keep `N D K` below about 2000.
///
/// # References
/// Pervez et al., ICML 2024, section 3; Chen et al., ICLR 2025, section 3; Björck, BIT 7 (1967), for the refinement.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dense;

impl Dense {
    /// The least-squares system of one batch element, its rows multiplied by their weights.
    ///
    /// # Panics
    /// If `batch` is not below the batch size of the problem.
    pub fn assemble(problem: &OdeProblem, batch: usize) -> DenseSystem {
        assert!(batch < problem.sizes().batch, "batch element {batch} of {}", problem.sizes().batch);
        let element = Element::new(problem, batch);
        let rows = match problem.scheme().gamma_alpha() {
            Some(_) => relaxed_lp::rows(&element),
            None => least_squares::rows(&element),
        };
        DenseSystem::new(&element, rows)
    }

    fn minima(problem: &OdeProblem) -> Result<(Solution, Vec<Minimum>), SolveError> {
        if !Self.supports(problem) {
            let reason = "boundary values need collocation";
            return Err(SolveError::Unsupported { method: Self.name(), reason });
        }
        if problem.scheme().collocation_nodes().is_some() {
            conditions(problem)?;
        }
        let sizes = problem.sizes();
        let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
        let mut slack = problem.scheme().gamma_alpha().map(|_| Array1::zeros(sizes.batch));
        let mut info = SolveInfo { pivot_ratio: 1.0, independent_groups: 1, ..SolveInfo::default() };
        let mut minima = Vec::with_capacity(sizes.batch);
        for batch in 0..sizes.batch {
            let minimum = Minimum::of(Self::assemble(problem, batch))?;
            for (column, &value) in minimum.unknowns.iter().enumerate() {
                match minimum.system.unknown(column) {
                    None => slack.iter_mut().for_each(|slack| slack[batch] = value),
                    Some([point, dim, order]) => values[[batch, point, dim, order]] = value,
                }
            }
            info.residuals = info.residuals.max(minimum.row_residuals());
            info.pivot_ratio = info.pivot_ratio.min(minimum.factor.pivot_ratio);
            // The entries of the rows are rounded, too, which refinement does not see: the condition is about
            // 1/sqrt(pivot ratio).
            let of_rows = f64::EPSILON / minimum.factor.pivot_ratio.sqrt();
            info.error_estimate = info.error_estimate.max(minimum.error_estimate).max(of_rows);
            info.refinements = info.refinements.max(minimum.refinements);
            minima.push(minimum);
        }
        Ok((Solution { values, slack, info }, minima))
    }
}

impl OdeSolver for Dense {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn supports(&self, problem: &OdeProblem) -> bool {
        problem.boundary.is_none() || problem.scheme.collocation_nodes().is_some()
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        Ok(Self::minima(problem)?.0)
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        let (solution, minima) = Self::minima(problem)?;
        Ok((solution, Box::new(DensePullback { problem: problem.clone(), minima })))
    }
}
