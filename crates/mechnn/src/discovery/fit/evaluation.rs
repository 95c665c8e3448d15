//! Values and derivatives of a right-hand side.

use mechnn_solver::smoother::Linearization;

use super::right_hand_side::{Contribution, RightHandSide, Source};
use crate::discovery::candidates::MOST_CONSTANTS;

/// Numbers that fit the stack; larger libraries allocate.
const STACK: usize = 256;

impl RightHandSide {
    /// Writes the rates, `[D]`, at scaled states x and for parameters theta; `known` writes the values of the known
    /// functions, `[K]`.
    pub(super) fn evaluate(&self, x: &[f64], theta: &[f64], rate: &mut [f64], known: impl FnOnce(&mut [f64])) {
        let (width, terms) = (self.scale.len() + self.known, self.library.len());
        with_scratch(width + terms, |scratch| {
            let (own, values) = scratch.split_at_mut(width);
            self.variables_into(x, own, known);
            self.library.evaluate_into(own, values);
            rate.fill(0.0);
            self.velocities.iter().for_each(|&(d, velocity, ratio)| rate[d] = ratio * x[velocity]);
            for &(state, term, coefficient) in &self.known_terms {
                rate[state] += coefficient * values[term];
            }
            for &Contribution { state, source, coefficient, factor } in &self.contributions {
                rate[state] += theta[coefficient]
                    * factor
                    * match source {
                        Source::Library(term) => values[term],
                        Source::Function(index) => {
                            let function = &self.functions[index];
                            let constants = function.constants(theta);
                            function.term.evaluate_at(own, &constants[..function.units.len()])
                        }
                    };
            }
            for (state, weights) in &self.dependent {
                rate[*state] = weights.iter().map(|&(other, weight)| weight * rate[other]).sum();
            }
        });
    }

    /// The variables of the terms, `[D + K]`, in the data's units.
    fn variables_into(&self, x: &[f64], variables: &mut [f64], known: impl FnOnce(&mut [f64])) {
        let (states, rest) = variables.split_at_mut(self.scale.len());
        states.iter_mut().zip(x).zip(&self.scale).for_each(|((own, x), scale)| *own = x * scale);
        known(rest);
    }

    /// The same with the derivatives of the rates by states and parameters.
    pub(super) fn linearize(&self, x: &[f64], theta: &[f64], out: &mut Linearization, known: impl FnOnce(&mut [f64])) {
        let (dims, terms, parameters) = (self.scale.len(), self.library.len(), self.parameters);
        let width = dims + self.known;
        with_scratch(2 * width + terms * (width + 1), |scratch| {
            let (own, rest) = scratch.split_at_mut(width);
            let (slopes, rest) = rest.split_at_mut(width);
            let (values, jacobian) = rest.split_at_mut(terms);
            self.variables_into(x, own, known);
            self.library.jacobian_into(own, values, jacobian);
            out.rate.fill(0.0);
            out.by_state.fill(0.0);
            out.by_parameter.fill(0.0);
            for &(d, velocity, ratio) in &self.velocities {
                out.rate[d] = ratio * x[velocity];
                out.by_state[d * dims + velocity] = ratio;
            }
            for &(d, term, coefficient) in &self.known_terms {
                out.rate[d] += coefficient * values[term];
                let row = out.by_state[d * dims..][..dims].iter_mut();
                row.zip(jacobian[term * width..].iter().zip(&self.scale))
                    .for_each(|(a, (b, scale))| *a += coefficient * b * scale);
            }
            for &Contribution { state: d, source, coefficient: j, factor } in &self.contributions {
                let coefficient = theta[j] * factor;
                let value = match source {
                    Source::Library(term) => {
                        slopes.copy_from_slice(&jacobian[term * width..][..width]);
                        values[term]
                    }
                    Source::Function(index) => {
                        let function = &self.functions[index];
                        let count = function.units.len();
                        let constants = function.constants(theta);
                        let mut by_constant = [0.0; MOST_CONSTANTS];
                        let constants = &constants[..count];
                        let value = function.term.gradient_at(own, constants, slopes, &mut by_constant[..count]);
                        let target = &mut out.by_parameter[d * parameters + function.first..][..count];
                        for ((target, slope), unit) in target.iter_mut().zip(by_constant).zip(&function.units) {
                            *target += coefficient * slope * unit;
                        }
                        value
                    }
                };
                out.rate[d] += coefficient * value;
                out.by_parameter[d * parameters + j] += factor * value;
                let row = out.by_state[d * dims..][..dims].iter_mut();
                row.zip(slopes.iter().zip(&self.scale)).for_each(|(a, (b, scale))| *a += coefficient * b * scale);
            }
            for (d, weights) in &self.dependent {
                // Its own row is empty: nothing else says what its rate is.
                for &(other, weight) in weights {
                    out.rate[*d] += weight * out.rate[other];
                    (0..dims).for_each(|k| out.by_state[d * dims + k] += weight * out.by_state[other * dims + k]);
                    for k in 0..parameters {
                        out.by_parameter[d * parameters + k] += weight * out.by_parameter[other * parameters + k];
                    }
                }
            }
        });
    }
}

/// Calls `work` with `size` zeros, on the stack if they fit.
fn with_scratch(size: usize, work: impl FnOnce(&mut [f64])) {
    if size <= STACK {
        work(&mut [0.0; STACK][..size]);
    } else {
        work(&mut vec![0.0; size]);
    }
}
