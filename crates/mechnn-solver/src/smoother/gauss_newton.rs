//! Gauss-Newton over states and parameters at once, with Levenberg-Marquardt damping when a full step does not help.

use super::linearized::Linearized;
use super::problem::{Estimate, Objective, SmootherError, SmootherProblem};
use crate::engine::{BandedCholesky, BandedMatrix};

/// Limits of an iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussNewton {
    /// Most linear solves, rejected steps included. Default 20.
    pub max_iterations: usize,
    /// Done when a step lowers the objective by less than this fraction. Default 1e-6.
    pub tolerance: f64,
    /// Whether a step that fails is tried again with the states moved back towards the equations. Default true.
    pub corrects: bool,
}

impl Default for GaussNewton {
    fn default() -> Self {
        Self { max_iterations: 20, tolerance: 1e-6, corrects: true }
    }
}

/// Why an iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Termination {
    /// The objective no longer falls.
    Converged,
    /// The limit was reached first.
    IterationLimit,
    /// The gradient promises a lower objective, but no step, however damped, finds it: the normal equations are lost
    /// to rounding, as when the model error is many orders of magnitude below the noise.
    Stalled,
}

/// How an iteration went.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussNewtonReport {
    /// Linear solves.
    pub iterations: usize,
    /// At the estimate returned.
    pub objective: Objective,
    /// Why it ended.
    pub termination: Termination,
}

/// Pivots below this fraction of their diagonal entry mean that a direction is not determined.
const MIN_PIVOT_RATIO: f64 = 1e-14;
const FIRST_DAMPING: f64 = 1e-4;
const MAX_DAMPING: f64 = 1e8;
/// The part of the promised decrease that a corrected step must reach: one that goes somewhere else reaches less.
const SUFFICIENT: f64 = 0.25;
/// Damping that holds parameters where they are.
const HELD: f64 = 1e12;
/// Relative changes of the objective below this are rounding.
const ROUNDING: f64 = 1e-12;
const SMALLEST_RIDGE: f64 = 1e-13;
const LARGEST_RIDGE: f64 = 1e-6;

impl GaussNewton {
    /// Improves `estimate` until it converges or the limit is reached. The objective never rises.
    ///
    /// # Errors
    /// [`SmootherError`] if a size does not fit, the start is not finite, or even strong damping leaves the normal
    /// equations singular.
    pub fn minimize(
        &self,
        problem: &SmootherProblem<'_>,
        estimate: &mut Estimate,
    ) -> Result<GaussNewtonReport, SmootherError> {
        problem.check(estimate)?;
        let mut objective = problem.objective(estimate);
        if !objective.total().is_finite() {
            return Err(SmootherError::NotFinite);
        }
        let mut damping = 0.0;
        let mut iterations = 0;
        // What the least damped step since the last success promised.
        let mut promised: f64 = 0.0;
        while iterations < self.max_iterations {
            iterations += 1;
            // Linearised anew also after a rejected step: those are rare, and keeping a copy would cost every step.
            let mut expected = f64::INFINITY;
            let trial = match step(
                problem,
                Linearized::at(problem, estimate),
                Damping { states: damping, parameters: damping },
            ) {
                Ok(Step { states, parameters, decrease }) => {
                    promised = promised.max(decrease);
                    expected = decrease;
                    Some(moved(estimate, &states, &parameters))
                }
                Err(error) if damping >= MAX_DAMPING => return Err(error),
                Err(_) => None,
            };
            let trial = trial.map(|trial| (problem.objective(&trial), trial));
            let trial = match trial {
                Some((higher, trial))
                    if self.corrects
                        && damping == 0.0
                        && higher.total().is_finite()
                        && higher.total() - objective.total() > ROUNDING * objective.total()
                        && iterations < self.max_iterations =>
                {
                    iterations += 1;
                    let (lower, back) = corrected(problem, trial.clone(), higher);
                    let enough = objective.total() - lower.total() >= SUFFICIENT * expected;
                    Some(if enough { (lower, back) } else { (higher, trial) })
                }
                trial => trial,
            };
            match trial {
                Some((lower, better)) if lower.total() <= objective.total() => {
                    let decrease = objective.total() - lower.total();
                    let small = decrease <= self.tolerance * objective.total();
                    (*estimate, objective) = (better, lower);
                    promised = 0.0;
                    damping = if damping <= FIRST_DAMPING { 0.0 } else { damping / 10.0 };
                    if small && damping <= 1.0 {
                        return Ok(GaussNewtonReport { iterations, objective, termination: Termination::Converged });
                    }
                }
                // At the level of rounding a step may fail to lower the objective: nothing is left to gain.
                Some((higher, _))
                    if higher.total() - objective.total() <= ROUNDING * objective.total()
                        && promised <= self.tolerance.max(ROUNDING) * objective.total() =>
                {
                    return Ok(GaussNewtonReport { iterations, objective, termination: Termination::Converged });
                }
                _ if damping >= MAX_DAMPING => {
                    let is_minimum = promised <= self.tolerance.max(ROUNDING) * objective.total();
                    let termination = if is_minimum { Termination::Converged } else { Termination::Stalled };
                    return Ok(GaussNewtonReport { iterations, objective, termination });
                }
                _ => damping = (damping * 10.0).max(FIRST_DAMPING),
            }
        }
        Ok(GaussNewtonReport { iterations, objective, termination: Termination::IterationLimit })
    }

    /// Posterior covariance of the parameters at an estimate, `[P, P]` row-major: the inverse of the Schur complement
    /// of the states in the Gauss-Newton Hessian (Laplace approximation).
    ///
    /// # Errors
    /// [`SmootherError::Singular`] if the data and the prior leave a direction open.
    pub fn covariance(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Result<Vec<f64>, SmootherError> {
        problem.check(estimate)?;
        let parameters = problem.dynamics.parameters();
        let factor = factor_with_ridge(problem, estimate)?;
        let mut covariance = vec![0.0; parameters * parameters];
        (0..parameters).for_each(|j| covariance[j * parameters + j] = 1.0);
        factor.solve_border_in_place(parameters, &mut covariance);
        Ok(covariance)
    }
}

impl GaussNewton {
    /// Logarithm of the determinant of the Gauss-Newton Hessian at an estimate, states and parameters together. Half
    /// of it is what the Laplace approximation of the marginal likelihood subtracts from the likelihood at the
    /// minimum.
    ///
    /// # Errors
    /// [`SmootherError::Singular`] if the data and the prior leave a direction open.
    pub fn log_determinant(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Result<f64, SmootherError> {
        problem.check(estimate)?;
        Ok(factor_with_ridge(problem, estimate)?.log_determinant())
    }
}

/// The objective as a function of the parameters alone, to second order, every state at its best.
///
/// $$ \min_x J(x, \theta + \delta) \approx J + 2 g^\top \delta + \delta^\top S \delta $$
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// S, the information about the parameters, `[P, P]` row-major, symmetric; the prior is part of it.
    pub information: Vec<f64>,
    /// g, half the gradient, `[P]`.
    pub gradient: Vec<f64>,
}

impl GaussNewton {
    /// The profile at an estimate. It says of every parameter, also of those that are zero, what moving it would gain,
    /// for one linearisation: the score test of many candidate terms at once.
    ///
    /// # Errors
    /// [`SmootherError::Singular`] if the states are not determined for given parameters.
    pub fn profile(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Result<Profile, SmootherError> {
        problem.check(estimate)?;
        let Linearized { hessian, mut state_gradient, mut parameter_gradient } = Linearized::at(problem, estimate);
        let mut information = hessian
            .eliminate_band(MIN_PIVOT_RATIO, &mut state_gradient, &mut parameter_gradient)
            .map_err(|error| SmootherError::Singular { point: error.block, ratio: error.ratio })?;
        let parameters = problem.dynamics.parameters();
        for i in 0..parameters {
            for j in 0..i {
                information[j * parameters + i] = information[i * parameters + j];
            }
        }
        Ok(Profile { information, gradient: parameter_gradient })
    }
}

/// The states moved back towards the equations, the parameters as they are; as it was if that does not help.
///
/// Equations that must be obeyed closely are curved: a step along their tangent leaves them, and would be refused
/// however good its parameters are (Maratos 1978). One step of the states alone takes the curvature away.
fn corrected(problem: &SmootherProblem<'_>, trial: Estimate, objective: Objective) -> (Objective, Estimate) {
    let damping = Damping { states: 0.0, parameters: HELD };
    let Ok(Step { states, parameters, .. }) = step(problem, Linearized::at(problem, &trial), damping) else {
        return (objective, trial);
    };
    let back = moved(&trial, &states, &parameters);
    let lower = problem.objective(&back);
    if lower.total() < objective.total() { (lower, back) } else { (objective, trial) }
}

fn moved(estimate: &Estimate, states: &[f64], parameters: &[f64]) -> Estimate {
    let add = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
    Estimate { states: add(&estimate.states, states), parameters: add(&estimate.parameters, parameters) }
}

/// The factor of the Hessian at an estimate. A direction that rounding leaves open gets the smallest ridge that closes
/// it: its variance is then as large as can be told, instead of no answer at all.
pub(super) fn factor_with_ridge(
    problem: &SmootherProblem<'_>,
    estimate: &Estimate,
) -> Result<BandedCholesky, SmootherError> {
    let mut ridge = 0.0;
    loop {
        match factor(problem, Linearized::at(problem, estimate).hessian, Damping { states: 0.0, parameters: ridge }) {
            Ok(factor) => return Ok(factor),
            Err(error) if ridge >= LARGEST_RIDGE => return Err(error),
            Err(_) => ridge = (10.0 * ridge).max(SMALLEST_RIDGE),
        }
    }
}

/// Fractions of the diagonal that are added to it.
#[derive(Clone, Copy)]
struct Damping {
    states: f64,
    parameters: f64,
}

fn factor(
    problem: &SmootherProblem<'_>,
    mut hessian: BandedMatrix,
    damping: Damping,
) -> Result<BandedCholesky, SmootherError> {
    if damping.states > 0.0 {
        let dims = problem.dynamics.dims();
        for t in 0..problem.points() {
            let diagonal = hessian.diagonal_mut(t);
            (0..dims).for_each(|d| diagonal[d * dims + d] *= 1.0 + damping.states);
        }
    }
    let parameters = problem.dynamics.parameters();
    let corner = hessian.corner_mut();
    (0..parameters).for_each(|j| corner[j * parameters + j] *= 1.0 + damping.parameters);
    hessian.factor(MIN_PIVOT_RATIO).map_err(|error| SmootherError::Singular { point: error.block, ratio: error.ratio })
}

/// The damped Gauss-Newton step of states and parameters.
fn step(problem: &SmootherProblem<'_>, linearized: Linearized, damping: Damping) -> Result<Step, SmootherError> {
    let Linearized { hessian, state_gradient, parameter_gradient } = linearized;
    let (mut states, mut parameters) = (state_gradient.clone(), parameter_gradient.clone());
    let factor = factor(problem, hessian, damping)?;
    states.iter_mut().chain(&mut parameters).for_each(|g| *g = -*g);
    factor.solve_in_place(1, &mut states, &mut parameters);
    let gradient = state_gradient.iter().chain(&parameter_gradient);
    let decrease = -gradient.zip(states.iter().chain(&parameters)).map(|(g, s)| g * s).sum::<f64>();
    Ok(Step { states, parameters, decrease })
}

/// A step, and the decrease of the objective that the linearisation promises for it: `-g s` for half the gradient g.
struct Step {
    states: Vec<f64>,
    parameters: Vec<f64>,
    decrease: f64,
}
