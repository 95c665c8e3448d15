//! Parameters when the equations hold exactly: least squares over the parameters alone.
//!
//! $$ \min_\theta \sum_t \lVert r_t(x_t, \theta) \rVert^2 \quad\text{with}\quad x_0 = g(\theta), \; c_t(x_t, x_{t+1}, \theta) = 0 $$
//!
//! with the same defects c as [`GaussNewton`](super::GaussNewton), of which this is the limit of no model error: there the
//! normal equations lose digits as the square of the ratio of the two errors, here none are lost. The price is what
//! shooting costs: states follow from the start, so this wants a start from which they stay finite, and it does not bridge
//! spans over which the solution forgets its start.

use super::defect::{Defect, End};
use super::gauss_newton::{GaussNewton, Termination};
use super::linearized::{add_gradient, add_lower_gram};
use super::problem::{Estimate, SmootherError, SmootherProblem};
use crate::dynamics::{Dynamics, Linearization, Residuals};
use crate::engine::BandedMatrix;
use crate::linear_algebra::lu::Lu;

/// The states at the first times, as functions of the parameters.
pub trait InitialState: Sync {
    /// Writes x_0 of a segment, `[D]`, and ∂x_0/∂θ, `[D, P]` row-major.
    fn initial(&self, segment: usize, theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]);
}

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

/// Normal equations of the parameters.
struct Reduced {
    information: Vec<f64>,
    gradient: Vec<f64>,
}

impl GaussNewton {
    /// Sum over all steps of log |det ∂c/∂x_1|: the density of a state given the one before, where the defect is Gaussian, is
    /// that of the defect times this determinant. Least squares alone is biased without it: for x' = -k x the implicit rule
    /// turns the sum of increments times states into a difference of squares, and k into zero.
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
        let mut reduced = self.reduce(estimate).ok_or(SmootherError::NotFinite)?;
        let mut termination = Termination::IterationLimit;
        while iterations < settings.max_iterations {
            iterations += 1;
            let trial = step(&reduced, damping).and_then(|step| {
                let theta: Vec<f64> = estimate.parameters.iter().zip(&step).map(|(a, b)| a + b).collect();
                let trial = self.solution(&theta, &estimate.states)?;
                let objective = self.objective(&trial);
                objective.is_finite().then_some((trial, objective))
            });
            match trial {
                Some((better, lower)) if lower <= objective => {
                    let small = objective - lower <= settings.tolerance * objective;
                    (*estimate, objective) = (better, lower);
                    reduced = self.reduce(estimate).ok_or(SmootherError::NotFinite)?;
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

    /// Normal equations at a solution, by carrying ∂x_t/∂θ along.
    fn reduce(&self, estimate: &Estimate) -> Option<Reduced> {
        let problem = &self.problem;
        let (dims, parameters) = (problem.dynamics.dims(), problem.dynamics.parameters());
        let theta = &estimate.parameters[..];
        let mut information = vec![0.0; parameters * parameters];
        let mut gradient: Vec<f64> = theta.iter().zip(problem.prior_precision).map(|(x, p)| x * p).collect();
        (0..parameters).for_each(|j| information[j * parameters + j] = problem.prior_precision[j]);
        let mut defect = Defect::new(dims, parameters);
        let (mut left, mut right) = (Linearization::zeros(dims, parameters), Linearization::zeros(dims, parameters));
        let mut sensitivity = vec![0.0; dims * parameters];
        let mut row = vec![0.0; parameters];
        let mut column = vec![0.0; dims];
        let mut x0 = vec![0.0; dims];
        let mut offset = 0;
        for (index, segment) in problem.segments.iter().enumerate() {
            let dynamics = problem.dynamics_of(index);
            let states = &estimate.states[offset..][..segment.observations.len()];
            offset += states.len();
            let mut residuals = Residuals::zeros(dynamics.residuals(), dims, parameters);
            self.initial.initial(index, theta, &mut x0, &mut sensitivity);
            dynamics.linearize(segment.times[0], &states[..dims], theta, &mut left);
            for (t, x) in states.chunks_exact(dims).enumerate() {
                if t > 0 {
                    let h = segment.times[t] - segment.times[t - 1];
                    dynamics.linearize(segment.times[t], x, theta, &mut right);
                    let start = End { x: &states[(t - 1) * dims..][..dims], at: &left };
                    defect.linearize(dynamics, theta, segment.times[t - 1], h, start, End { x, at: &right });
                    propagate(&mut defect, &mut sensitivity, &mut column)?;
                    std::mem::swap(&mut left, &mut right);
                }
                let mut add = |value: f64, row: &[f64]| {
                    add_lower_gram(1, row, &mut information, parameters);
                    add_gradient(&[value], row, &mut gradient);
                };
                for d in 0..dims {
                    let observed = segment.observations[t * dims + d];
                    if !observed.is_nan() {
                        let scale = segment.noise(t * dims + d, problem.noise).recip();
                        row.iter_mut().zip(&sensitivity[d * parameters..]).for_each(|(r, s)| *r = scale * s);
                        add(scale * (x[d] - observed), &row);
                    }
                }
                if dynamics.residuals() > 0 {
                    dynamics.residual(t, x, theta, &mut residuals);
                    for (k, value) in residuals.value.iter().enumerate() {
                        row.copy_from_slice(&residuals.by_parameter[k * parameters..][..parameters]);
                        let by_state = &residuals.by_state[k * dims..][..dims];
                        for (d, factor) in by_state.iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
                            let sensitivity = &sensitivity[d * parameters..][..parameters];
                            row.iter_mut().zip(sensitivity).for_each(|(r, s)| *r += factor * s);
                        }
                        if row.iter().any(|entry| *entry != 0.0) {
                            add(*value, &row);
                        }
                    }
                }
            }
        }
        for i in 0..parameters {
            for j in 0..i {
                information[j * parameters + i] = information[i * parameters + j];
            }
        }
        let is_finite = information.iter().chain(&gradient).all(|entry| entry.is_finite());
        is_finite.then_some(Reduced { information, gradient })
    }
}

/// Solves one step for its end `x1`, from the value given; whether it was found. `right` is then the linearisation there.
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

/// X_{t+1} = -(∂c/∂x_1)⁻¹ (∂c/∂x_0 X_t + ∂c/∂θ)
fn propagate(defect: &mut Defect, sensitivity: &mut [f64], column: &mut [f64]) -> Option<()> {
    let dims = column.len();
    let parameters = sensitivity.len() / dims;
    let factor = Lu::factor(defect.by_right.clone(), dims, 0.0).ok()?;
    let target = &mut defect.by_parameter;
    for i in 0..dims {
        for k in 0..dims {
            let entry = defect.by_left[i * dims + k];
            if entry != 0.0 {
                let row = &sensitivity[k * parameters..][..parameters];
                target[i * parameters..][..parameters].iter_mut().zip(row).for_each(|(t, s)| *t += entry * s);
            }
        }
    }
    for j in 0..parameters {
        (0..dims).for_each(|d| column[d] = target[d * parameters + j]);
        if column.iter().any(|entry| *entry != 0.0) {
            factor.solve(column);
        }
        (0..dims).for_each(|d| sensitivity[d * parameters + j] = -column[d]);
    }
    Some(())
}

/// The damped step of the parameters; `None` if the data leave a direction open and the damping does not close it.
fn step(reduced: &Reduced, damping: f64) -> Option<Vec<f64>> {
    let parameters = reduced.gradient.len();
    if parameters == 0 {
        return Some(Vec::new());
    }
    // Scaled to a unit diagonal: parameters have different units.
    let diagonal = |j: usize| reduced.information[j * parameters + j];
    let scale: Vec<f64> =
        (0..parameters).map(|j| if diagonal(j) > 0.0 { diagonal(j).sqrt().recip() } else { 0.0 }).collect();
    let mut matrix = BandedMatrix::zeros(1, parameters, 1, 0);
    let block = matrix.diagonal_mut(0);
    for i in 0..parameters {
        for j in 0..=i {
            block[i * parameters + j] = scale[i] * scale[j] * reduced.information[i * parameters + j];
        }
        // A parameter that nothing depends on stays.
        block[i * parameters + i] = 1.0 + damping;
    }
    let factor = matrix.factor(1e-13).ok()?;
    let mut step: Vec<f64> = reduced.gradient.iter().zip(&scale).map(|(g, s)| -g * s).collect();
    factor.solve_in_place(1, &mut step, &mut []);
    step.iter_mut().zip(&scale).for_each(|(step, scale)| *step *= scale);
    step.iter().all(|step| step.is_finite()).then_some(step)
}
