//! A solution together with its marginal variances.

use ndarray::{Array1, Array4};
use rayon::prelude::*;

use super::factor::factor_and_solve;
use super::lanes;
use super::rows::ElementView;
use super::solver::{BlockBanded, collect_solution};
use crate::error::SolveError;
use crate::method::solver::OdeSolver;
use crate::problem::OdeProblem;
use crate::solution::Solution;
use crate::variances::SolutionVariances;

impl BlockBanded {
    /// Solves, and returns the variances of the solution for rows whose weights are inverse standard deviations.
    ///
    /// The solution is exactly that of [`solve`](crate::OdeSolver::solve). Variances come from a factorisation of
    /// the same rows in linear time, by selected inversion
    /// ([`BandedCholesky::selected_inverse`](crate::engine::BandedCholesky::selected_inverse)), about twice the cost
    /// of factoring.
    ///
    /// # Errors
    /// As [`solve`](crate::OdeSolver::solve), and [`SolveError::IllConditioned`] if rounding may change a variance by
    /// more than a hundredth: unlike a solution it cannot be refined.
    pub fn solve_with_variances(&self, problem: &OdeProblem) -> Result<(Solution, SolutionVariances), SolveError> {
        let sizes = problem.sizes();
        let elements = (0..sizes.batch)
            .into_par_iter()
            .map(|batch| {
                let view = ElementView::new(problem, batch);
                let (factored, solved) = factor_and_solve(&view)?;
                let variances = factored.variances(&view)?;
                Ok((solved, variances))
            })
            .collect::<Vec<_>>();
        let elements = elements.into_iter().collect::<Result<Vec<_>, SolveError>>()?;
        let solution = match lanes::supports(problem) {
            true => self.solve(problem)?,
            false => collect_solution(problem, elements.iter().map(|(solved, _)| solved)),
        };
        let mut values = Array4::zeros(solution.values.raw_dim());
        let flat = elements.iter().flat_map(|(_, (values, _))| values);
        values.iter_mut().zip(flat).for_each(|(target, value)| *target = *value);
        let slack =
            solution.slack.as_ref().map(|_| elements.iter().map(|(_, (_, slack))| *slack).collect::<Array1<_>>());
        Ok((solution, SolutionVariances { values, slack }))
    }
}
