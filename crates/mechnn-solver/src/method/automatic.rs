//! [`Automatic`]: the fast method of the problem's scheme.

use super::block_banded::BlockBanded;
use super::collocation::Collocation;
use super::solver::{OdeSolver, Pullback};
use crate::error::SolveError;
use crate::problem::OdeProblem;
use crate::solution::Solution;

/// Hands each problem to the linear-time method of its scheme: [`Collocation`] for collocation, [`BlockBanded`] for
/// least squares.
#[derive(Debug, Clone, Copy, Default)]
pub struct Automatic;

impl Automatic {
    /// The method for this problem.
    pub fn choose(problem: &OdeProblem) -> &'static dyn OdeSolver {
        if Collocation.supports(problem) { &Collocation } else { &BlockBanded }
    }
}

impl OdeSolver for Automatic {
    fn name(&self) -> &'static str {
        "automatic"
    }

    fn supports(&self, problem: &OdeProblem) -> bool {
        Self::choose(problem).supports(problem)
    }

    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError> {
        Self::choose(problem).solve(problem)
    }

    fn solve_into(&self, problem: &OdeProblem, solution: &mut Solution) -> Result<(), SolveError> {
        Self::choose(problem).solve_into(problem, solution)
    }

    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError> {
        Self::choose(problem).solve_with_pullback(problem)
    }
}
