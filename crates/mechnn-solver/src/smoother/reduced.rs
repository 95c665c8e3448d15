//! The normal equations of the parameters alone, where states follow from them.

use super::defect::{Defect, End};
use super::initial_state::InitialState;
use super::problem::{Estimate, SmootherProblem};
use crate::dynamics::{Linearization, Residuals};
use crate::engine::BandedMatrix;
use crate::linear_algebra::lu::Lu;

/// Normal equations of the parameters.
pub(super) struct Reduced {
    pub(super) information: Vec<f64>,
    gradient: Vec<f64>,
}

impl Reduced {
    /// Normal equations at a solution, by carrying ∂x_t/∂θ along.
    pub(super) fn at(problem: &SmootherProblem<'_>, initial: &dyn InitialState, estimate: &Estimate) -> Option<Self> {
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
            initial.initial(index, theta, &mut x0, &mut sensitivity);
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
        is_finite.then_some(Self { information, gradient })
    }

    /// The damped step of the parameters; `None` if the data leave a direction open and the damping does not close it.
    pub(super) fn step(&self, damping: f64) -> Option<Vec<f64>> {
        let parameters = self.gradient.len();
        if parameters == 0 {
            return Some(Vec::new());
        }
        // Scaled to a unit diagonal: parameters have different units.
        let diagonal = |j: usize| self.information[j * parameters + j];
        let scale: Vec<f64> =
            (0..parameters).map(|j| if diagonal(j) > 0.0 { diagonal(j).sqrt().recip() } else { 0.0 }).collect();
        let mut matrix = BandedMatrix::zeros(1, parameters, 1, 0);
        let block = matrix.diagonal_mut(0);
        for i in 0..parameters {
            for j in 0..=i {
                block[i * parameters + j] = scale[i] * scale[j] * self.information[i * parameters + j];
            }
            // A parameter that nothing depends on stays.
            block[i * parameters + i] = 1.0 + damping;
        }
        let factor = matrix.factor(1e-13).ok()?;
        let mut step: Vec<f64> = self.gradient.iter().zip(&scale).map(|(g, s)| -g * s).collect();
        factor.solve_in_place(1, &mut step, &mut []);
        step.iter_mut().zip(&scale).for_each(|(step, scale)| *step *= scale);
        step.iter().all(|step| step.is_finite()).then_some(step)
    }
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

/// g += Aᵀ v for A `[rows, columns]`, v `[rows]`, g `[columns]`.
fn add_gradient(value: &[f64], a: &[f64], gradient: &mut [f64]) {
    let columns = gradient.len();
    for (k, value) in value.iter().enumerate() {
        gradient.iter_mut().zip(&a[k * columns..][..columns]).for_each(|(g, entry)| *g += entry * value);
    }
}

/// Lower triangle of C += Aᵀ A for A `[rows, columns]`.
fn add_lower_gram(rows: usize, a: &[f64], c: &mut [f64], columns: usize) {
    for k in 0..rows {
        let a = &a[k * columns..][..columns];
        for i in 0..columns {
            let factor = a[i];
            if factor != 0.0 {
                c[i * columns..][..=i].iter_mut().zip(a).for_each(|(c, a)| *c += factor * a);
            }
        }
    }
}
