//! Reverse mode: from the multipliers of the rows to the gradient of every input.
//!
//! With `F z = b`, `F^T mu = dL/dz`: `dL/db = mu` and `dL/dF = -mu z^T`, entry by entry of the rows. The node
//! positions enter through the integration matrix ([`write_matrices`](crate::quadrature::write_matrices)); for a
//! spline row with integrand v
//!
//! $$ \frac{dL}{d\tau_l} = \mu_l v_l - \Big( \sum_i \mu_i A_{il} \Big) \sum_j D_{lj} v_j $$

use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::sweep::Sweep;
use crate::method::collocation::system::{System, with_literal_lengths};
use crate::problem::{OdeProblem, Source, Steps, pick};
use crate::quadrature::MAX_NODES;

/// Where the gradient of one batch element is added: its part of every input, with its own broadcast time axes.
pub(crate) struct ElementGradient<'a> {
    pub(crate) coefficients: &'a mut [f64],
    pub(crate) forcing: &'a mut [f64],
    pub(crate) initial: &'a mut [f64],
    pub(crate) steps: &'a mut [f64],
    pub(crate) jump: &'a mut [f64],
    pub(crate) boundary: &'a mut [f64],
}

/// How many steps a batch element has: `[N - 1 | 1, clocks]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepAxes {
    pub(crate) intervals: usize,
    pub(crate) clocks: usize,
}

impl StepAxes {
    pub(crate) fn new(problem: &OdeProblem) -> Self {
        match &problem.grid.steps {
            Steps::Shared(steps) => Self { intervals: steps.dim().1, clocks: 1 },
            Steps::PerDimension(steps) => Self { intervals: steps.dim().1, clocks: steps.dim().2 },
        }
    }

    /// Index of the step of interval t on the clock of dimension d.
    pub(crate) fn index(self, t: usize, d: usize) -> usize {
        pick(self.intervals, t) * self.clocks + pick(self.clocks, d)
    }
}

impl ElementGradient<'_> {
    /// Adds what follows from the solution `z` and the multipliers `mu`, both `[N, D, K]`.
    #[inline(always)]
    fn add(&mut self, sweep: Sweep<'_>, system: &System<'_>, axes: StepAxes, z: &[f64], mu: &[f64]) {
        let inputs = sweep.inputs;
        let Lengths { dims, orders, intervals: m } = sweep.lengths;
        let state = sweep.lengths.state();
        for (t, (z, mu)) in z.chunks_exact(state).zip(mu.chunks_exact(state)).enumerate() {
            let size = dims * state;
            let coefficients = &mut self.coefficients[inputs.coefficient_point(t) * size..][..size];
            for (e, row) in coefficients.chunks_exact_mut(state).enumerate() {
                let multiplier = mu[e * orders + orders - 1];
                row.iter_mut().zip(z).for_each(|(c, z)| *c -= multiplier * z);
                self.forcing[inputs.forcing_point(t) * dims + e] += multiplier;
            }
        }
        for (index, condition) in system.conditions.iter().enumerate() {
            let multiplier = mu[system.condition_slot(index)];
            match condition.source {
                Source::Initial(index) => self.initial[index] += multiplier,
                Source::Jump(index) => self.jump[index] += multiplier,
                Source::Boundary(index) => self.boundary[index] += multiplier,
            }
        }
        for e in 0..sweep.elements {
            let start = e * m * state;
            for d in 0..dims {
                let rule = sweep.rules.rule(sweep.lengths, e, d);
                let mut of_position = [0.0; MAX_NODES];
                for o in 0..orders - 1 {
                    let at = start + d * orders + o;
                    for l in 1..=m {
                        // At node l, whose row of the matrices is l - 1.
                        let mut pulled = 0.0;
                        for i in 1..=m {
                            pulled += mu[at + i * state] * rule.integrals[(i - 1) * (m + 1) + l];
                        }
                        let mut slope = 0.0;
                        for j in 0..=m {
                            slope += rule.slopes[(l - 1) * (m + 1) + j] * z[at + 1 + j * state];
                        }
                        of_position[l] += mu[at + l * state] * z[at + 1 + l * state] - pulled * slope;
                    }
                }
                // A step moves every later node.
                let mut later = 0.0;
                for i in (0..m).rev() {
                    later += of_position[i + 1];
                    self.steps[axes.index(e * m + i, d)] += later;
                }
            }
        }
    }

    /// As [`ElementGradient::add`], unrolled for the lengths that occur most.
    pub(crate) fn add_element(&mut self, system: &System<'_>, axes: StepAxes, z: &[f64], mu: &[f64]) {
        let sweep = system.sweep;
        with_literal_lengths!(sweep => self.add(sweep, system, axes, z, mu));
    }

    /// Makes everything zero.
    pub(crate) fn clear(&mut self) {
        let Self { coefficients, forcing, initial, steps, jump, boundary } = self;
        [coefficients, forcing, initial, steps, jump, boundary].into_iter().for_each(|part| part.fill(0.0));
    }

    pub(crate) fn is_finite(&self) -> bool {
        let parts = [&self.coefficients, &self.forcing, &self.initial, &self.steps, &self.jump, &self.boundary];
        parts.into_iter().all(|part| part.iter().all(|number| number.is_finite()))
    }
}
