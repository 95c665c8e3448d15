//! Gauss-Newton over states and parameters at once, with Levenberg-Marquardt damping when a full step does not help.

use super::normal_equations::NormalEquations;
use super::problem::{Estimate, Objective, SmootherError, SmootherProblem};
use crate::engine::arrow::{ArrowMatrix, Eliminated};
use crate::engine::{BandedCholesky, PivotError};

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
        let mut room = Room::default();
        let mut objective = room.equations.objective(problem, estimate);
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
            let trial = match room.step(problem, estimate, Damping { states: damping, parameters: damping }) {
                Ok(decrease) => Some(decrease),
                Err(error) if damping >= MAX_DAMPING => return Err(error),
                Err(_) => None,
            };
            let trial = trial.map(|expected| {
                promised = promised.max(expected);
                let higher = room.equations.objective(problem, &room.trial);
                let rises =
                    higher.total().is_finite() && higher.total() - objective.total() > ROUNDING * objective.total();
                if !(self.corrects && damping == 0.0 && rises && iterations < self.max_iterations) {
                    return higher;
                }
                iterations += 1;
                let sufficient = objective.total() - SUFFICIENT * expected;
                room.corrected(problem, higher, sufficient)
            });
            match trial {
                Some(lower) if lower.total() <= objective.total() => {
                    let decrease = objective.total() - lower.total();
                    let small = decrease <= self.tolerance * objective.total();
                    std::mem::swap(estimate, &mut room.trial);
                    objective = lower;
                    promised = 0.0;
                    damping = if damping <= FIRST_DAMPING { 0.0 } else { damping / 10.0 };
                    if small && damping <= 1.0 {
                        return Ok(GaussNewtonReport { iterations, objective, termination: Termination::Converged });
                    }
                }
                // At the level of rounding a step may fail to lower the objective: nothing is left to gain.
                Some(higher)
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
        let mut equations = NormalEquations::default();
        let eliminated = equations.at(problem, estimate).eliminate(0.0, 0.0, MIN_PIVOT_RATIO).map_err(singular)?;
        let (information, gradient) = eliminated.schur_complement();
        Ok(Profile { information, gradient })
    }
}

/// The factor of the Hessian at an estimate. A direction that rounding leaves open gets the smallest ridge that closes
/// it: its variance is then as large as can be told, instead of no answer at all.
pub(super) fn factor_with_ridge(
    problem: &SmootherProblem<'_>,
    estimate: &Estimate,
) -> Result<BandedCholesky, SmootherError> {
    let mut ridge = 0.0;
    let mut equations = NormalEquations::default();
    loop {
        let matrix = equations.at(problem, estimate);
        let eliminated = eliminate(matrix, Damping { states: 0.0, parameters: ridge });
        match eliminated.and_then(|eliminated| eliminated.factor(MIN_PIVOT_RATIO)).map_err(singular) {
            Ok(factor) => return Ok(factor.into_banded()),
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

fn eliminate(matrix: &mut ArrowMatrix, damping: Damping) -> Result<Eliminated<'_>, PivotError> {
    matrix.eliminate(damping.states, damping.parameters, MIN_PIVOT_RATIO)
}

fn singular(error: PivotError) -> SmootherError {
    SmootherError::Singular { point: error.block, ratio: error.ratio }
}

/// The room in which steps are made: an iteration allocates nothing that the one before did not.
#[derive(Debug)]
struct Room {
    equations: NormalEquations,
    /// Where the step leads to.
    trial: Estimate,
    /// Where it leads to after the states were moved back.
    back: Estimate,
}

impl Default for Room {
    fn default() -> Self {
        let none = Estimate { states: Vec::new(), parameters: Vec::new() };
        Self { equations: NormalEquations::default(), trial: none.clone(), back: none }
    }
}

impl Room {
    /// Sets `trial` to the end of the damped Gauss-Newton step from `estimate`. Returns the decrease of the objective
    /// that the linearisation promises, `-g s` for half the gradient g and the step s.
    fn step(
        &mut self,
        problem: &SmootherProblem<'_>,
        estimate: &Estimate,
        damping: Damping,
    ) -> Result<f64, SmootherError> {
        set_step(self.equations.at(problem, estimate), estimate, damping, &mut self.trial)
    }

    /// The states of `trial`, where the objective is `objective`, moved back towards the equations, the parameters as
    /// they are, if that brings the objective down to `sufficient`. Returns the objective at `trial` then.
    ///
    /// Equations that must be obeyed closely are curved: a step along their tangent leaves them, and would be refused
    /// however good its parameters are (Maratos 1978). One step of the states alone takes the curvature away.
    fn corrected(&mut self, problem: &SmootherProblem<'_>, objective: Objective, sufficient: f64) -> Objective {
        let held = Damping { states: 0.0, parameters: HELD };
        let matrix = self.equations.at(problem, &self.trial);
        if set_step(matrix, &self.trial, held, &mut self.back).is_err() {
            return objective;
        }
        let lower = self.equations.objective(problem, &self.back);
        if lower.total() < objective.total() && lower.total() <= sufficient {
            std::mem::swap(&mut self.trial, &mut self.back);
            return lower;
        }
        objective
    }
}

/// Writes the end of a step from `from` into `to`; returns the decrease that is promised.
fn set_step(
    matrix: &mut ArrowMatrix,
    from: &Estimate,
    damping: Damping,
    to: &mut Estimate,
) -> Result<f64, SmootherError> {
    to.states.resize(from.states.len(), 0.0);
    to.parameters.resize(from.parameters.len(), 0.0);
    let eliminated = eliminate(matrix, damping).map_err(singular)?;
    let factor = eliminated.factor(MIN_PIVOT_RATIO).map_err(singular)?;
    let decrease = factor.solve_negative(&mut to.states, &mut to.parameters);
    let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(step, from)| *step += from);
    add(&mut to.states, &from.states);
    add(&mut to.parameters, &from.parameters);
    Ok(decrease)
}
