//! The objective of the smoother, linearised.

use super::defect::{Defect, End};
use super::problem::{Estimate, SmootherProblem};
use crate::dynamics::{Linearization, Residuals};
use crate::engine::BandedMatrix;

/// Normal equations at an estimate: `hessian` step = -`gradient`.
pub(super) struct Linearized {
    pub(super) hessian: BandedMatrix,
    /// `[sum of N, D]`
    pub(super) state_gradient: Vec<f64>,
    /// `[P]`
    pub(super) parameter_gradient: Vec<f64>,
}

impl Linearized {
    /// Half the gradient, and half the Gauss-Newton Hessian, of the objective.
    pub(super) fn at(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Self {
        let (dims, parameters) = (problem.dynamics.dims(), problem.dynamics.parameters());
        let theta = &estimate.parameters[..];
        let mut hessian = BandedMatrix::zeros(problem.points(), dims, 1, parameters);
        let mut state_gradient = vec![0.0; estimate.states.len()];
        let mut parameter_gradient = vec![0.0; parameters];
        let corner = hessian.corner_mut();
        for j in 0..parameters {
            corner[j * parameters + j] = problem.prior_precision[j];
            parameter_gradient[j] = problem.prior_precision[j] * theta[j];
        }

        let mut defect = Defect::new(dims, parameters);
        let (mut at_left, mut at_right) =
            (Linearization::zeros(dims, parameters), Linearization::zeros(dims, parameters));
        let mut first = 0; // point index of the segment's start
        for (index, segment) in problem.segments.iter().enumerate() {
            let dynamics = problem.dynamics_of(index);
            let states = &estimate.states[first * dims..][..segment.observations.len()];
            for (t, observed) in segment.observations.chunks_exact(dims).enumerate() {
                let diagonal = hessian.diagonal_mut(first + t);
                for d in 0..dims {
                    if !observed[d].is_nan() {
                        let precision = segment.noise(t * dims + d, problem.noise).powi(-2);
                        diagonal[d * dims + d] += precision;
                        state_gradient[(first + t) * dims + d] += precision * (states[t * dims + d] - observed[d]);
                    }
                }
            }
            let mut residuals = Residuals::zeros(dynamics.residuals(), dims, parameters);
            if dynamics.residuals() > 0 {
                for (t, x) in states.chunks_exact(dims).enumerate() {
                    dynamics.residual(t, x, theta, &mut residuals);
                    let Residuals { value, by_state, by_parameter } = &residuals;
                    add_product(value, by_state, by_state, hessian.diagonal_mut(first + t));
                    add_product(value, by_state, by_parameter, hessian.border_mut(first + t));
                    add_lower_gram(value.len(), by_parameter, hessian.corner_mut(), parameters);
                    add_gradient(value, by_state, &mut state_gradient[(first + t) * dims..][..dims]);
                    add_gradient(value, by_parameter, &mut parameter_gradient);
                }
            }
            dynamics.linearize(segment.times[0], &states[..dims], theta, &mut at_left);
            for (t, ends) in segment.times.windows(2).enumerate() {
                let (x0, x1) = (&states[t * dims..][..dims], &states[(t + 1) * dims..][..dims]);
                let h = ends[1] - ends[0];
                dynamics.linearize(ends[1], x1, theta, &mut at_right);
                let (left, right) = (End { x: x0, at: &at_left }, End { x: x1, at: &at_right });
                defect.linearize(dynamics, theta, ends[0], h, left, right);
                for d in 0..dims {
                    // Divide the row by its standard deviation once: everything after is a plain sum of squares.
                    let scale = problem.defect_std(d, h).recip();
                    defect.value[d] *= scale;
                    defect.by_left[d * dims..][..dims].iter_mut().for_each(|v| *v *= scale);
                    defect.by_right[d * dims..][..dims].iter_mut().for_each(|v| *v *= scale);
                    defect.by_parameter[d * parameters..][..parameters].iter_mut().for_each(|v| *v *= scale);
                }
                let t = first + t;
                add_gram(dims, &defect.by_left, &defect.by_left, hessian.diagonal_mut(t), dims);
                add_gram(dims, &defect.by_right, &defect.by_right, hessian.diagonal_mut(t + 1), dims);
                add_gram(dims, &defect.by_right, &defect.by_left, hessian.below_mut(1, t), dims);
                add_gram(dims, &defect.by_left, &defect.by_parameter, hessian.border_mut(t), parameters);
                add_gram(dims, &defect.by_right, &defect.by_parameter, hessian.border_mut(t + 1), parameters);
                add_lower_gram(dims, &defect.by_parameter, hessian.corner_mut(), parameters);
                for d in 0..dims {
                    let value = defect.value[d];
                    for i in 0..dims {
                        state_gradient[t * dims + i] += defect.by_left[d * dims + i] * value;
                        state_gradient[(t + 1) * dims + i] += defect.by_right[d * dims + i] * value;
                    }
                    let row = &defect.by_parameter[d * parameters..][..parameters];
                    parameter_gradient.iter_mut().zip(row).for_each(|(g, entry)| *g += entry * value);
                }
                std::mem::swap(&mut at_left, &mut at_right);
            }
            first += segment.times.len();
        }
        Self { hessian, state_gradient, parameter_gradient }
    }
}

/// C += Aᵀ B for A `[r, r]`, B `[r, columns]`, C `[r, columns]`.
fn add_gram(rows: usize, a: &[f64], b: &[f64], c: &mut [f64], columns: usize) {
    for k in 0..rows {
        let b = &b[k * columns..][..columns];
        for i in 0..rows {
            let factor = a[k * rows + i];
            if factor != 0.0 {
                c[i * columns..][..columns].iter_mut().zip(b).for_each(|(c, b)| *c += factor * b);
            }
        }
    }
}

/// C += Aᵀ B for A `[rows, a]`, B `[rows, b]`, C `[a, b]` and as many rows as `value` has.
pub(super) fn add_product(value: &[f64], a: &[f64], b: &[f64], c: &mut [f64]) {
    let rows = value.len().max(1);
    let (of_a, of_b) = (a.len() / rows, b.len() / rows);
    for k in 0..value.len() {
        let b = &b[k * of_b..][..of_b];
        for (i, factor) in a[k * of_a..][..of_a].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            c[i * of_b..][..of_b].iter_mut().zip(b).for_each(|(c, b)| *c += factor * b);
        }
    }
}

/// g += Aᵀ v for A `[rows, columns]`, v `[rows]`, g `[columns]`.
pub(super) fn add_gradient(value: &[f64], a: &[f64], gradient: &mut [f64]) {
    let columns = gradient.len();
    for (k, value) in value.iter().enumerate() {
        gradient.iter_mut().zip(&a[k * columns..][..columns]).for_each(|(g, entry)| *g += entry * value);
    }
}

/// Lower triangle of C += Aᵀ A for A `[rows, columns]`.
pub(super) fn add_lower_gram(rows: usize, a: &[f64], c: &mut [f64], columns: usize) {
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
