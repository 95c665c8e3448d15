//! What every method offers: [`OdeSolver`] and [`Pullback`].

use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::gradient_errors::GradientErrors;
use crate::problem::OdeProblem;
use crate::solution::Solution;

/// A method that solves a batch of linear ODE problems, and differentiates the solution.
pub trait OdeSolver: Send + Sync {
    /// Name of the method.
    fn name(&self) -> &'static str;

    /// True if the method solves problems of this scheme, with these kinds of conditions; otherwise it answers
    /// [`SolveError::Unsupported`]. By default the least-squares schemes, which have no boundary values.
    fn supports(&self, problem: &OdeProblem) -> bool {
        problem.scheme.collocation_nodes().is_none() && problem.boundary.is_none()
    }

    /// Solves every batch element.
    ///
    /// # Errors
    /// [`SolveError::Unsupported`] unless [`OdeSolver::supports`] the problem, [`SolveError::NotPositiveDefinite`] or
    /// [`SolveError::Singular`] if the rows do not determine the solution, [`SolveError::IllConditioned`] if they do
    /// so too weakly for f64, [`SolveError::NotFinite`] on overflow. Never a NaN.
    fn solve(&self, problem: &OdeProblem) -> Result<Solution, SolveError>;

    /// Solves into a solution that is there already: where its values have the right shape, no memory is allocated for
    /// them. After an error they mean nothing.
    ///
    /// # Errors
    /// As [`OdeSolver::solve`].
    fn solve_into(&self, problem: &OdeProblem, solution: &mut Solution) -> Result<(), SolveError> {
        *solution = self.solve(problem)?;
        Ok(())
    }

    /// Solves, and returns the derivative of the solution as an object that owns the factorisation.
    ///
    /// # Errors
    /// As [`OdeSolver::solve`].
    fn solve_with_pullback(&self, problem: &OdeProblem) -> Result<(Solution, Box<dyn Pullback>), SolveError>;
}

/// The derivative of a solution with respect to every input, at the point where it was solved.
pub trait Pullback: Send + Sync {
    /// Reverse mode: from the derivative of a scalar loss with respect to the solution to its gradient with respect to
    /// every input, each in its input's shape.
    ///
    /// # Errors
    /// [`SolveError::Direction`] if the cotangent does not fit the problem, [`SolveError::DerivativeNotFinite`] on
    /// overflow, [`SolveError::IllConditioned`] if rounding leaves no digit of the gradient.
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError>;

    /// The same into a gradient that is there already: where its arrays have the right shapes, no memory is allocated
    /// for them. After an error it means nothing.
    ///
    /// # Errors
    /// As [`Pullback::pull`].
    fn pull_into(&self, cotangent: &Cotangent, gradient: &mut OdeGradient) -> Result<(), SolveError> {
        *gradient = self.pull(cotangent)?;
        Ok(())
    }

    /// The same gradient with an estimate of its rounding errors, for about half as much again; `None` where the
    /// method has no estimate.
    ///
    /// # Errors
    /// As [`Pullback::pull`].
    fn pull_with_errors(&self, cotangent: &Cotangent) -> Result<(OdeGradient, Option<GradientErrors>), SolveError> {
        Ok((self.pull(cotangent)?, None))
    }

    /// Forward mode: from a direction in the space of inputs to the directional derivative of the solution.
    /// Satisfies `<cotangent, push(direction)> = <pull(cotangent), direction>`.
    ///
    /// # Errors
    /// [`SolveError::Direction`] if a shape of the direction differs from its input's, or a number is not finite,
    /// [`SolveError::DerivativeNotFinite`] on overflow.
    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError>;
}
