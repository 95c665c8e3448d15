//! Reverse mode: from the multipliers of the rows to the gradient of every input.
//!
//! With `F z = b`, `F^T mu = dL/dz`: `dL/db = mu` and `dL/dF = -mu z^T`, entry by entry of the rows. The node positions enter
//! through the integration matrix ([`super::rule::write_matrices`]); for a spline row with integrand v
//!
//! $$ \frac{dL}{d\tau_l} = \mu_l v_l - \Big( \sum_i \mu_i A_{il} \Big) \sum_j D_{lj} v_j $$

use super::inputs::Lengths;
use super::rule::MAX_NODES;
use super::system::System;
use crate::condition::Source;
use crate::grid::Steps;
use crate::problem::OdeProblem;
use crate::shape::pick;
use crate::solution::{OdeGradient, StepsGradient};

/// Gradient of one batch element; broadcast time axes summed.
pub(super) struct ElementGradient {
    coefficients: Vec<f64>,
    forcing: Vec<f64>,
    initial: Vec<f64>,
    steps: Vec<f64>,
    jump: Vec<f64>,
    boundary: Vec<f64>,
}

/// How many steps a batch element has: `[N - 1 | 1, clocks]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StepAxes {
    pub(super) intervals: usize,
    pub(super) clocks: usize,
}

impl StepAxes {
    pub(super) fn new(problem: &OdeProblem) -> Self {
        match &problem.grid.steps {
            Steps::Shared(steps) => Self { intervals: steps.dim().1, clocks: 1 },
            Steps::PerDimension(steps) => Self { intervals: steps.dim().1, clocks: steps.dim().2 },
        }
    }

    /// Index of the step of interval t on the clock of dimension d.
    pub(super) fn index(self, t: usize, d: usize) -> usize {
        pick(self.intervals, t) * self.clocks + pick(self.clocks, d)
    }
}

impl ElementGradient {
    /// From the solution `z` and the multipliers `mu`, both `[N, D, K]`.
    pub(super) fn new(system: &System<'_>, axes: StepAxes, z: &[f64], mu: &[f64]) -> Self {
        let inputs = system.sweep.inputs;
        let Lengths { dims, orders, intervals: m } = system.sweep.lengths;
        let state = system.sweep.lengths.state();
        let count = |of: fn(Source) -> Option<usize>| {
            system
                .conditions
                .iter()
                .filter_map(|condition| of(condition.source))
                .map(|index| index + 1)
                .max()
                .unwrap_or(0)
        };
        let mut gradient = Self {
            coefficients: vec![0.0; inputs.coefficient_count()],
            forcing: vec![0.0; inputs.forcing_count()],
            initial: vec![0.0; count(|source| if let Source::Initial(index) = source { Some(index) } else { None })],
            steps: vec![0.0; axes.intervals * axes.clocks],
            jump: vec![0.0; count(|source| if let Source::Jump(index) = source { Some(index) } else { None })],
            boundary: vec![0.0; count(|source| if let Source::Boundary(index) = source { Some(index) } else { None })],
        };
        for (t, (z, mu)) in z.chunks_exact(state).zip(mu.chunks_exact(state)).enumerate() {
            let size = dims * state;
            let coefficients = &mut gradient.coefficients[inputs.coefficient_point(t) * size..][..size];
            for (e, row) in coefficients.chunks_exact_mut(state).enumerate() {
                let multiplier = mu[e * orders + orders - 1];
                row.iter_mut().zip(z).for_each(|(c, z)| *c -= multiplier * z);
                gradient.forcing[inputs.forcing_point(t) * dims + e] += multiplier;
            }
        }
        for (index, condition) in system.conditions.iter().enumerate() {
            let multiplier = mu[system.condition_slot(index)];
            match condition.source {
                Source::Initial(index) => gradient.initial[index] += multiplier,
                Source::Jump(index) => gradient.jump[index] += multiplier,
                Source::Boundary(index) => gradient.boundary[index] += multiplier,
            }
        }
        for e in 0..system.sweep.elements {
            let start = e * m * state;
            for d in 0..dims {
                let rule = system.sweep.rules.rule(system.sweep.lengths, e, d);
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
                    gradient.steps[axes.index(e * m + i, d)] += later;
                }
            }
        }
        gradient
    }

    /// Adds to the gradient of the batch, into the one slot of a broadcast batch axis or the element's own.
    pub(super) fn add_to(&self, batch: usize, total: &mut OdeGradient) {
        add_slot(total.coefficients.as_slice_mut(), &self.coefficients, batch);
        add_slot(total.forcing.as_slice_mut(), &self.forcing, batch);
        add_slot(total.initial.as_slice_mut(), &self.initial, batch);
        match &mut total.steps {
            StepsGradient::Shared(steps) => add_slot(steps.as_slice_mut(), &self.steps, batch),
            StepsGradient::PerDimension(steps) => add_slot(steps.as_slice_mut(), &self.steps, batch),
        }
        add_slot(total.periodic_jump.as_mut().and_then(|jump| jump.as_slice_mut()), &self.jump, batch);
        add_slot(total.boundary.as_mut().and_then(|boundary| boundary.as_slice_mut()), &self.boundary, batch);
    }

    pub(super) fn is_finite(&self) -> bool {
        let parts = [&self.coefficients, &self.forcing, &self.initial, &self.steps, &self.jump, &self.boundary];
        parts.into_iter().flatten().all(|number| number.is_finite())
    }
}

fn add_slot(total: Option<&mut [f64]>, own: &[f64], batch: usize) {
    let Some(total) = total.filter(|_| !own.is_empty()) else { return };
    let slots = total.len() / own.len();
    let slot = &mut total[pick(slots, batch) * own.len()..][..own.len()];
    slot.iter_mut().zip(own).for_each(|(total, own)| *total += own);
}
