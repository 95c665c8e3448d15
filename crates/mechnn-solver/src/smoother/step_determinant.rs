//! The determinants of implicit steps, which a likelihood of states needs.

use super::defect::{Defect, End};
use super::gauss_newton::GaussNewton;
use super::problem::{Estimate, SmootherError, SmootherProblem};
use crate::dynamics::Linearization;
use crate::linear_algebra::lu::Lu;

impl GaussNewton {
    /// Sum over all steps of log |det ∂c/∂x_1|: the density of a state given the one before, where the defect is
    /// Gaussian, is that of the defect times this determinant. Least squares alone is biased without it: for x' = -k x
    /// the implicit rule turns the sum of increments times states into a difference of squares, and k into zero.
    ///
    /// # Errors
    /// [`SmootherError`] if a size does not fit or a determinant is zero.
    pub fn log_determinant_of_steps(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Result<f64, SmootherError> {
        problem.check(estimate)?;
        let (dims, parameters) = (problem.dynamics.dims(), problem.dynamics.parameters());
        let theta = &estimate.parameters[..];
        let mut defect = Defect::new(dims, parameters);
        let (mut left, mut right) = (Linearization::zeros(dims, parameters), Linearization::zeros(dims, parameters));
        let mut sum = 0.0;
        let mut first = 0;
        for (index, segment) in problem.segments.iter().enumerate() {
            let dynamics = problem.dynamics_of(index);
            let states = &estimate.states[first * dims..][..segment.observations.len()];
            dynamics.linearize(segment.times[0], &states[..dims], theta, &mut left);
            for (t, ends) in segment.times.windows(2).enumerate() {
                let (x0, x1) = (&states[t * dims..][..dims], &states[(t + 1) * dims..][..dims]);
                dynamics.linearize(ends[1], x1, theta, &mut right);
                let start = End { x: x0, at: &left };
                defect.linearize(dynamics, theta, ends[0], ends[1] - ends[0], start, End { x: x1, at: &right });
                let singular = |ratio| SmootherError::Singular { point: first + t + 1, ratio };
                let factor = Lu::factor(defect.by_right.clone(), dims, 0.0).map_err(|error| singular(error.pivot))?;
                sum += factor.log_determinant();
                std::mem::swap(&mut left, &mut right);
            }
            first += segment.times.len();
        }
        Ok(sum)
    }
}
