//! Derivatives of a solution by the implicit function theorem: one sweep over its steps.
//!
//! With the collocation equations `F(X, x_0, θ) = 0` of a step, `M = ∂F/∂X` and λ the cotangent of the state at
//! its end (the last stage),
//!
//! $$ M^T \mu = e_s \otimes \lambda, \qquad
//!    \lambda \leftarrow \sum_i \mu_i + h J_0^T \sum_i a_{i0} \mu_i, \qquad
//!    \bar\theta \mathrel{+}= h \sum_{j \ge 0} \Big(\frac{\partial f}{\partial\theta}\Big)_j^T \sum_i a_{ij} \mu_i $$
//!
//! from the last step to the first. The derivation is in `docs/src/concepts/nonlinear.md`.

use ndarray::{Array1, Array2, ArrayView2};

use super::solution::NonlinearSolution;
use crate::dynamics::Linearization;
use crate::nonlinear::error::{NonlinearError, check_finite, check_states, check_vector};
use crate::nonlinear::step::{Equations, Piece, Step, pull_step, push_step};

/// A gradient with respect to the inputs of a solve, or a direction in which they change.
#[derive(Debug, Clone, PartialEq)]
pub struct NonlinearGradient {
    /// `[P]`
    pub parameters: Array1<f64>,
    /// `[D]`
    pub initial: Array1<f64>,
    /// `[R]`
    pub times: Array1<f64>,
}

impl NonlinearSolution<'_> {
    /// Gradient of a loss from its gradient with respect to `states`, by one sweep back in time.
    ///
    /// `parameters` and `initial` are the exact derivatives of the discrete solution with its steps held fixed (up to
    /// what Newton's method left). `times` are those of the continuous solution, evaluated at the discrete one: a
    /// requested time moves its own state with `f`, and the initial time moves all later ones; they differ from
    /// derivatives of the discrete solution by its discretisation error.
    ///
    /// # Shapes
    /// - `cotangent`: `[R, D]`, as `states`
    ///
    /// # Errors
    /// [`NonlinearError::Problem`] if the cotangent has another shape or is not finite;
    /// [`NonlinearError::NotDifferentiable`] if a step cannot be linearised at the solution.
    pub fn pull(&self, cotangent: ArrayView2<'_, f64>) -> Result<NonlinearGradient, NonlinearError> {
        let equations = self.equations();
        let (dims, rows) = (equations.dims(), self.states.nrows());
        check_states("cotangent", cotangent, rows, dims)?;
        let mut times = Array1::zeros(rows);
        let mut rate = vec![0.0; dims];
        for n in 1..rows {
            let (time, state) = self.output(n);
            self.dynamics.rate(time, state, &self.theta, &mut rate);
            times[n] = rate.iter().zip(cotangent.row(n)).map(|(f, g)| f * g).sum();
        }
        let mut parameters = vec![0.0; self.theta.len()];
        let mut lambda = vec![0.0; dims];
        let mut next = rows;
        let reached = self.path.outputs[rows - 1];
        let mut stages = vec![0.0; dims * self.tableau.stages];
        for (k, piece) in self.path.pieces[..reached].iter().enumerate().rev() {
            while next > 0 && self.path.outputs[next - 1] == k + 1 {
                next -= 1;
                lambda.iter_mut().zip(cotangent.row(next)).for_each(|(lambda, g)| *lambda += g);
            }
            let (step, left) = linearized(piece, &equations)?;
            stages.fill(0.0);
            stages[dims * (self.tableau.stages - 1)..].copy_from_slice(&lambda);
            step.solve_transposed(&mut stages);
            pull_step(&step, &left, &equations, &stages, &mut lambda, &mut parameters);
        }
        self.dynamics.rate(self.start_time, &self.initial, &self.theta, &mut rate);
        times[0] = -rate.iter().zip(&lambda).map(|(f, g)| f * g).sum::<f64>();
        lambda.iter_mut().zip(cotangent.row(0)).for_each(|(lambda, g)| *lambda += g);
        Ok(NonlinearGradient { parameters: parameters.into(), initial: lambda.into(), times })
    }

    /// Change of `states`, `[R, D]`, for a change of the inputs: the transpose of [`Self::pull`].
    ///
    /// # Errors
    /// As [`Self::pull`].
    pub fn push(&self, direction: &NonlinearGradient) -> Result<Array2<f64>, NonlinearError> {
        let equations = self.equations();
        let (dims, rows) = (equations.dims(), self.states.nrows());
        let slice = |values: &Array1<f64>| values.iter().copied().collect::<Vec<_>>();
        let (parameters, times) = (slice(&direction.parameters), slice(&direction.times));
        let mut change = slice(&direction.initial);
        check_vector("direction.parameters", "parameters", &parameters, self.theta.len())?;
        check_vector("direction.initial", "dimensions", &change, dims)?;
        check_vector("direction.times", "points", &times, rows)?;
        let mut pushed = Array2::zeros((rows, dims));
        pushed.row_mut(0).iter_mut().zip(&change).for_each(|(pushed, change)| *pushed = *change);
        let mut rate = vec![0.0; dims];
        self.dynamics.rate(self.start_time, &self.initial, &self.theta, &mut rate);
        change.iter_mut().zip(&rate).for_each(|(change, f)| *change -= f * times[0]);
        let mut next = 1;
        for (k, piece) in self.path.pieces[..self.path.outputs[rows - 1]].iter().enumerate() {
            let (step, left) = linearized(piece, &equations)?;
            let mut stages = push_step(&step, &left, &equations, &change, &parameters);
            step.solve(&mut stages);
            change.copy_from_slice(&stages[stages.len() - dims..]);
            while next < rows && self.path.outputs[next] == k + 1 {
                let (time, state) = self.output(next);
                self.dynamics.rate(time, state, &self.theta, &mut rate);
                for d in 0..dims {
                    pushed[[next, d]] = change[d] + rate[d] * times[next];
                }
                next += 1;
            }
        }
        Ok(pushed)
    }
}

/// [`Step::linearized`], whose derivatives in the parameters are finite.
fn linearized(piece: &Piece, equations: &Equations<'_>) -> Result<(Step, Linearization), NonlinearError> {
    let failed = |_| NonlinearError::NotDifferentiable { time: piece.time };
    let (step, left) = Step::linearized(piece, equations).map_err(failed)?;
    check_finite("∂f/∂θ", &left.by_parameter)?;
    step.at.iter().try_for_each(|at| check_finite("∂f/∂θ", &at.by_parameter))?;
    Ok((step, left))
}
