//! Parameters when the equations hold exactly: least squares over the parameters alone.
//!
//! $$ \min_\theta \sum_t \lVert r_t(x_t, \theta) \rVert^2 \quad\text{with}\quad
//!    x_0 = g(\theta), \; c_t(x_t, x_{t+1}, \theta) = 0 $$
//!
//! with the same defects c as [`GaussNewton`](super::GaussNewton), of which this is the limit of no model error: there
//! the normal equations lose digits as the square of the ratio of the two errors, here none are lost. The price is
//! what shooting costs: states follow from the start, so this wants a start from which they stay finite, and it does
//! not bridge spans over which the solution forgets its start.

use super::defect::{Defect, End};
use super::gauss_newton::{GaussNewton, Termination};
use super::initial_state::InitialState;
use super::problem::{Estimate, SmootherError, SmootherProblem};
use super::reduced::Reduced;
use crate::dynamics::{Dynamics, Linearization};
use crate::linear_algebra::lu::Lu;

/// Levenberg-Marquardt over the parameters, the steps solved exactly.
///
/// The model error of the problem is not used.
#[derive(Clone, Copy)]
pub struct ExactFit<'a> {
    /// Dynamics, data, noise and prior.
    pub problem: SmootherProblem<'a>,
    /// Where every segment starts.
    pub initial: &'a dyn InitialState,
}

/// How a fit went.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactReport {
    /// Linearisations.
    pub iterations: usize,
    /// Sum of squared residuals and the prior at the estimate returned.
    pub objective: f64,
    /// Half the Gauss-Newton Hessian at the estimate: the information about the parameters, `[P, P]`, symmetric.
    pub information: Vec<f64>,
    /// Why it ended.
    pub termination: Termination,
}

/// Newton's method for one step stops when a correction is below this part of the state; the next would be its square.
const STEP_TOLERANCE: f64 = 1e-9;
const STEP_ITERATIONS: usize = 25;
const FIRST_DAMPING: f64 = 1e-3;
const MAX_DAMPING: f64 = 1e10;

impl ExactFit<'_> {
    /// Improves the parameters of `estimate`; its states become the solution for them.
    ///
    /// # Errors
    /// [`SmootherError`] if a size does not fit, or if there is no finite solution for the parameters given.
    pub fn minimize(&self, settings: &GaussNewton, estimate: &mut Estimate) -> Result<ExactReport, SmootherError> {
        self.problem.check(estimate)?;
        let theta = estimate.parameters.clone();
        *estimate = self.solution(&theta, &estimate.states).ok_or(SmootherError::NotFinite)?;
        let mut objective = self.objective(estimate);
        if !objective.is_finite() {
            return Err(SmootherError::NotFinite);
        }
        let mut damping = 0.0;
        let mut iterations = 0;
        let mut reduced = Reduced::at(&self.problem, self.initial, estimate).ok_or(SmootherError::NotFinite)?;
        let mut termination = Termination::IterationLimit;
        while iterations < settings.max_iterations {
            iterations += 1;
            let trial = reduced.step(damping).and_then(|step| {
                let theta: Vec<f64> = estimate.parameters.iter().zip(&step).map(|(a, b)| a + b).collect();
                let trial = self.solution(&theta, &estimate.states)?;
                let objective = self.objective(&trial);
                objective.is_finite().then_some((trial, objective))
            });
            match trial {
                Some((better, lower)) if lower <= objective => {
                    let small = objective - lower <= settings.tolerance * objective;
                    (*estimate, objective) = (better, lower);
                    reduced = Reduced::at(&self.problem, self.initial, estimate).ok_or(SmootherError::NotFinite)?;
                    damping = if damping <= FIRST_DAMPING { 0.0 } else { damping / 10.0 };
                    if small && damping <= 1.0 {
                        termination = Termination::Converged;
                        break;
                    }
                }
                Some((_, higher)) if higher - objective <= 1e-11 * objective => {
                    termination = Termination::Converged;
                    break;
                }
                _ if damping >= MAX_DAMPING => {
                    termination = Termination::Converged;
                    break;
                }
                _ => damping = (damping * 10.0).max(FIRST_DAMPING),
            }
        }
        Ok(ExactReport { iterations, objective, information: reduced.information, termination })
    }

    /// The solution for `theta`, each step found from `guess`; `None` if a step has none that is finite.
    pub fn solution(&self, theta: &[f64], guess: &[f64]) -> Option<Estimate> {
        let (dims, parameters) = (self.problem.dynamics.dims(), theta.len());
        let mut states = guess.to_vec();
        let mut by_parameter = vec![0.0; dims * parameters];
        let mut defect = Defect::new(dims, parameters);
        let (mut left, mut right) = (Linearization::zeros(dims, parameters), Linearization::zeros(dims, parameters));
        let mut offset = 0;
        for (index, segment) in self.problem.segments.iter().enumerate() {
            let dynamics = self.problem.dynamics_of(index);
            let states = &mut states[offset..][..segment.observations.len()];
            offset += states.len();
            self.initial.initial(index, theta, &mut states[..dims], &mut by_parameter);
            dynamics.linearize(segment.times[0], &states[..dims], theta, &mut left);
            for (t, ends) in segment.times.windows(2).enumerate() {
                let (before, after) = states.split_at_mut((t + 1) * dims);
                let (x0, x1) = (&before[t * dims..], &mut after[..dims]);
                let h = ends[1] - ends[0];
                let start = End { x: x0, at: &left };
                if !advance(dynamics, theta, ends[0], h, start, x1, &mut right, &mut defect) {
                    // The guess may be from far away: once more from where the step begins.
                    for d in 0..dims {
                        x1[d] = x0[d] + h * left.rate[d];
                    }
                    if !advance(dynamics, theta, ends[0], h, start, x1, &mut right, &mut defect) {
                        return None;
                    }
                }
                std::mem::swap(&mut left, &mut right);
            }
        }
        Some(Estimate { states, parameters: theta.to_vec() })
    }

    /// Sum of squared residuals and the prior, for states that solve the equations.
    fn objective(&self, estimate: &Estimate) -> f64 {
        // Defects are rounding errors; dividing them by a model error would make noise of them.
        let problem =
            SmootherProblem { model_error: &vec![f64::INFINITY; self.problem.dynamics.dims()], ..self.problem };
        problem.objective(estimate).total()
    }
}

/// Solves one step for its end `x1`, from the value given; whether it was found. `right` is then the linearisation
/// there.
#[allow(clippy::too_many_arguments)]
fn advance(
    dynamics: &dyn Dynamics,
    theta: &[f64],
    t: f64,
    h: f64,
    left: End<'_>,
    x1: &mut [f64],
    right: &mut Linearization,
    defect: &mut Defect,
) -> bool {
    let dims = x1.len();
    for _ in 0..STEP_ITERATIONS {
        dynamics.linearize(t + h, x1, theta, right);
        defect.linearize(dynamics, theta, t, h, left, End { x: x1, at: right });
        if !defect.value.iter().all(|value| value.is_finite()) {
            return false;
        }
        let Ok(factor) = Lu::factor(defect.by_right.clone(), dims, 0.0) else { return false };
        factor.solve(&mut defect.value);
        let size = |d: usize, x: f64| x.abs().max(left.x[d].abs()).max(h * left.at.rate[d].abs());
        let small = (0..dims).all(|d| defect.value[d].abs() <= STEP_TOLERANCE * size(d, x1[d]));
        x1.iter_mut().zip(&defect.value).for_each(|(x, correction)| *x -= correction);
        if !x1.iter().all(|x| x.is_finite()) {
            return false;
        }
        if small {
            dynamics.linearize(t + h, x1, theta, right);
            return right.rate.iter().all(|rate| rate.is_finite());
        }
    }
    false
}
