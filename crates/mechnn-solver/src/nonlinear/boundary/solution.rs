//! A solution of a boundary value problem, and its derivatives by the implicit function theorem.
//!
//! With the collocation equations `F(X, x, θ) = 0` of all steps, the cotangents of the maps and conditions come from
//! one transposed solve of the almost block diagonal system; those of the stages from `Mᵀ μ_e = e_s ⊗ w_e` in
//! each step.

use ndarray::{Array1, Array2, ArrayView2};

use super::conditions::LinearConditions;
use super::linearized::Linearized;
use super::status::{BoundaryInfo, BoundaryStatus};
use super::trajectory::Trajectory;
use crate::dynamics::Dynamics;
use crate::nonlinear::error::{NonlinearError, check_finite, check_states, check_vector};
use crate::nonlinear::step::{Equations, Tableau, Tolerance, pull_step, push_step};

/// States at the requested times, and the steps behind them.
pub struct BoundarySolution<'a> {
    /// `[N, D]`; a solution only if the status is `Converged`, else the last iterate.
    pub states: Array2<f64>,
    /// Why the solve ended.
    pub status: BoundaryStatus,
    /// Work and quality.
    pub info: BoundaryInfo,
    pub(super) dynamics: &'a dyn Dynamics,
    pub(super) theta: Vec<f64>,
    pub(super) conditions: LinearConditions,
    pub(super) tolerance: Tolerance,
    pub(super) tableau: Tableau,
    pub(super) trajectory: Trajectory,
    /// The end of a step at each requested time.
    pub(super) rows: Vec<usize>,
}

/// A gradient with respect to the inputs of a solve, or a direction in which they change.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryGradient {
    /// `[P]`
    pub parameters: Array1<f64>,
    /// Of the values β of the conditions, `[D]`.
    pub values: Array1<f64>,
}

impl BoundarySolution<'_> {
    /// Ends of all steps, `[info.steps + 1]`.
    pub fn mesh(&self) -> Vec<f64> {
        self.trajectory.mesh()
    }

    /// States at all ends of steps, `[info.steps + 1, D]`.
    pub fn mesh_states(&self) -> Array2<f64> {
        let dims = self.trajectory.dims();
        Array2::from_shape_fn((self.trajectory.pieces.len() + 1, dims), |(e, d)| self.trajectory.at_end(e)[d])
    }

    /// Gradient of a loss from its gradient with respect to `states`: the exact derivative of the discrete solution on
    /// its mesh, up to what Newton's method left.
    ///
    /// # Shapes
    /// - `cotangent`: `[N, D]`, as `states`
    ///
    /// # Errors
    /// [`NonlinearError::Problem`] if the cotangent has another shape or is not finite;
    /// [`NonlinearError::NotConverged`] unless the status is `Converged`; [`NonlinearError::NotDifferentiable`] if the
    /// problem cannot be linearised at the solution.
    pub fn pull(&self, cotangent: ArrayView2<'_, f64>) -> Result<BoundaryGradient, NonlinearError> {
        let equations = self.equations();
        let (dims, stages) = (self.trajectory.dims(), self.tableau.stages);
        check_states("cotangent", cotangent, self.rows.len(), dims)?;
        let linearized = self.linearized()?;
        let steps = linearized.steps.len();
        let mut g = vec![0.0; (steps + 1) * dims];
        for (row, &e) in cotangent.outer_iter().zip(&self.rows) {
            g[e * dims..][..dims].iter_mut().zip(row).for_each(|(g, c)| *g += c);
        }
        linearized.two_point.solve_transposed(&mut g);
        let mut parameters = vec![0.0; self.theta.len()];
        let mut mu = vec![0.0; stages * dims];
        for (e, step) in linearized.steps.iter().enumerate() {
            mu.fill(0.0);
            mu[(stages - 1) * dims..].copy_from_slice(&g[e * dims..][..dims]);
            step.solve_transposed(&mut mu);
            let mut unused = vec![0.0; dims];
            pull_step(step, &linearized.lefts[e], &equations, &mu, &mut unused, &mut parameters);
        }
        Ok(BoundaryGradient { parameters: parameters.into(), values: g[steps * dims..].to_vec().into() })
    }

    /// Change of `states`, `[N, D]`, for a change of the inputs: the transpose of [`Self::pull`].
    ///
    /// # Errors
    /// As [`Self::pull`].
    pub fn push(&self, direction: &BoundaryGradient) -> Result<Array2<f64>, NonlinearError> {
        let equations = self.equations();
        let dims = self.trajectory.dims();
        let (parameters, values) = (direction.parameters.to_vec(), direction.values.to_vec());
        check_vector("direction.parameters", "parameters", &parameters, self.theta.len())?;
        check_vector("direction.values", "dimensions", &values, dims)?;
        let linearized = self.linearized()?;
        let mut ends = Vec::with_capacity((linearized.steps.len() + 1) * dims);
        for (step, left) in linearized.steps.iter().zip(&linearized.lefts) {
            let mut stages = push_step(step, left, &equations, &vec![0.0; dims], &parameters);
            step.solve(&mut stages);
            ends.extend_from_slice(&stages[stages.len() - dims..]);
        }
        ends.extend(values);
        linearized.two_point.solve(&mut ends);
        Ok(Array2::from_shape_fn((self.rows.len(), dims), |(n, d)| ends[self.rows[n] * dims + d]))
    }

    fn equations(&self) -> Equations<'_> {
        Equations { dynamics: self.dynamics, theta: &self.theta, tableau: &self.tableau, tolerance: &self.tolerance }
    }

    fn linearized(&self) -> Result<Linearized, NonlinearError> {
        if self.status != BoundaryStatus::Converged {
            return Err(NonlinearError::NotConverged);
        }
        let scales = self.trajectory.scales(&self.tolerance);
        let failed = |_| NonlinearError::NotDifferentiable { time: self.trajectory.pieces[0].time };
        let linearized =
            Linearized::new(&self.trajectory, &self.equations(), &self.conditions, &scales).map_err(failed)?;
        let all = linearized.lefts.iter().chain(linearized.steps.iter().flat_map(|step| &step.at));
        all.into_iter().try_for_each(|at| check_finite("∂f/∂θ", &at.by_parameter))?;
        Ok(linearized)
    }
}
