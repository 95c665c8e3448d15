//! The defect of one step of the Hermite-Simpson rule, and its derivatives.
//!
//! $$ x_m = \tfrac12 (x_0 + x_1) + \tfrac h8 (f_0 - f_1), \qquad
//!    c = x_1 - x_0 - \tfrac h6 (f_0 + 4 f(t_m, x_m) + f_1) $$
//!
//! Lobatto IIIA with three nodes: order 4, A-stable, symmetric in time. It needs one evaluation between the nodes,
//! where an explicit Runge-Kutta step of that order needs three, and it does not blow up backward in time or on stiff
//! components.

use crate::dynamics::{Dynamics, Linearization};

/// Scratch and results for the defect of one interval.
pub(super) struct Defect {
    dims: usize,
    parameters: usize,
    middle: Vec<f64>,
    middle_rate: Vec<f64>,
    at_middle: Linearization,
    /// c, `[D]`.
    pub(super) value: Vec<f64>,
    /// ∂c/∂x_0, `[D, D]`.
    pub(super) by_left: Vec<f64>,
    /// ∂c/∂x_1, `[D, D]`.
    pub(super) by_right: Vec<f64>,
    /// ∂c/∂θ, `[D, P]`.
    pub(super) by_parameter: Vec<f64>,
}

/// One end of an interval.
#[derive(Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) x: &'a [f64],
    pub(super) at: &'a Linearization,
}

impl Defect {
    pub(super) fn new(dims: usize, parameters: usize) -> Self {
        Self {
            dims,
            parameters,
            middle: vec![0.0; dims],
            middle_rate: vec![0.0; dims],
            at_middle: Linearization::zeros(dims, parameters),
            value: vec![0.0; dims],
            by_left: vec![0.0; dims * dims],
            by_right: vec![0.0; dims * dims],
            by_parameter: vec![0.0; dims * parameters],
        }
    }

    fn set_middle(&mut self, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        for d in 0..self.dims {
            self.middle[d] = 0.5 * (x[0][d] + x[1][d]) + h / 8.0 * (f[0][d] - f[1][d]);
        }
    }

    fn set_value(&mut self, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        for d in 0..self.dims {
            self.value[d] = x[1][d] - x[0][d] - h / 6.0 * (f[0][d] + 4.0 * self.middle_rate[d] + f[1][d]);
        }
    }

    /// Sets the value and all derivatives.
    pub(super) fn linearize(&mut self, dynamics: &dyn Dynamics, theta: &[f64], t: f64, h: f64, left: End, right: End) {
        let (dims, parameters) = (self.dims, self.parameters);
        let (x, f) = ([left.x, right.x], [&left.at.rate[..], &right.at.rate[..]]);
        self.set_middle(h, x, f);
        dynamics.linearize(t + 0.5 * h, &self.middle, theta, &mut self.at_middle);
        self.middle_rate.copy_from_slice(&self.at_middle.rate);
        self.set_value(h, x, f);
        let jm = &self.at_middle.by_state;
        for i in 0..dims {
            for j in 0..dims {
                // ∂c/∂x_0 = -I - h/6 (J_0 + 4 J_m (I/2 + h/8 J_0)), ∂c/∂x_1 = I - h/6 (J_1 + 4 J_m (I/2 - h/8
                // J_1))
                let (mut by_left, mut by_right) = (0.5 * jm[i * dims + j], 0.5 * jm[i * dims + j]);
                for k in 0..dims {
                    by_left += h / 8.0 * jm[i * dims + k] * left.at.by_state[k * dims + j];
                    by_right -= h / 8.0 * jm[i * dims + k] * right.at.by_state[k * dims + j];
                }
                let identity = if i == j { 1.0 } else { 0.0 };
                self.by_left[i * dims + j] = -identity - h / 6.0 * (left.at.by_state[i * dims + j] + 4.0 * by_left);
                self.by_right[i * dims + j] = identity - h / 6.0 * (right.at.by_state[i * dims + j] + 4.0 * by_right);
            }
            // ∂c/∂θ = -h/6 (F_0 + F_1 + 4 F_m + 4 J_m h/8 (F_0 - F_1))
            let row = i * parameters..(i + 1) * parameters;
            let target = &mut self.by_parameter[row.clone()];
            let parts = left.at.by_parameter[row.clone()].iter().zip(&right.at.by_parameter[row.clone()]);
            for ((target, (f0, f1)), fm) in target.iter_mut().zip(parts).zip(&self.at_middle.by_parameter[row]) {
                *target = -h / 6.0 * (f0 + f1 + 4.0 * fm);
            }
            for k in 0..dims {
                let factor = -h / 6.0 * 0.5 * h * jm[i * dims + k];
                let row = k * parameters..(k + 1) * parameters;
                let parts = left.at.by_parameter[row.clone()].iter().zip(&right.at.by_parameter[row]);
                for (target, (f0, f1)) in target.iter_mut().zip(parts) {
                    *target += factor * (f0 - f1);
                }
            }
        }
    }
}
