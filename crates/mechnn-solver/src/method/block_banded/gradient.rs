//! Gradients with respect to every input, from a solution and its adjoint.
//!
//! With the rows `R z = f`, their weights w, residuals `ρ = f - R z` and the adjoint in row space `μ = R λ`:
//!
//! $$ dL = \sum w^2 \left( \mu\, df + \rho\, (dR\, \lambda) - \mu\, (dR\, z) \right) + 2 w\, \mu \rho\, dw $$
//!
//! (`docs/src/concepts/solver.md`; the QP sensitivities of ICML 2024, appendix, in closed form).

use super::element::{Adjoint, SolvedElement};
use super::view::ElementView;
use crate::problem::OdeProblem;
use crate::rows::{IntervalRows, MAX_WIDTH, scaled_ends};
use crate::shape::pick;
use crate::solution::{OdeGradient, StepsGradient};

/// Gradient of one element, in the shapes of that element's inputs (time axes already summed where broadcast).
pub(super) struct ElementGradient {
    coefficients: Vec<f64>,
    forcing: Vec<f64>,
    initial: Vec<f64>,
    steps: Vec<f64>,
    jump: Vec<f64>,
    weights: [f64; 3],
    gamma_alpha: f64,
}

/// Multipliers of hard equations, each `[N, E]`: ν of the solution and η of its adjoint.
///
/// With `L = |A x - c|² / 2 + νᵀ (C x - d)` and the adjoint KKT system `[AᵀA Cᵀ; C 0] (λ, η) = (g, 0)`:
/// `dL/dd = η`, `dL/dC = -ν λᵀ - η xᵀ`: soft equations with `w² ρ = -ν` and `w² μ = η`.
pub(super) struct Multipliers {
    pub(super) solution: Vec<f64>,
    pub(super) adjoint: Vec<f64>,
}

pub(super) fn element_gradient(
    view: &ElementView<'_>,
    z: &SolvedElement,
    adjoint: &Adjoint,
    multipliers: Option<&Multipliers>,
) -> ElementGradient {
    let sizes = view.sizes;
    let (dims, orders, points, block) = (sizes.dims, sizes.orders, sizes.points, sizes.block());
    let (x, l) = (&z.values[..], &adjoint.values[..]);
    let mut weights = [0.0; 3];

    // Equation rows.
    let w = view.weights.equation;
    let mut coefficients = vec![0.0; view.all_coefficients().len()];
    let mut forcing = vec![0.0; (view.forcing_point(points - 1) + 1) * sizes.equations];
    for t in 0..points {
        let (x, l) = (&x[t * block..][..block], &l[t * block..][..block]);
        let target = &mut coefficients[view.coefficient_point(t) * sizes.equations * block..];
        let rows = view.coefficients(t).chunks_exact(block).zip(target.chunks_exact_mut(block));
        for (e, (row, target)) in rows.enumerate() {
            let mut residual = view.forcing(t)[e];
            let mut mu = 0.0;
            for i in 0..block {
                residual -= row[i] * x[i];
                mu += row[i] * l[i];
            }
            let (along_adjoint, along_solution) = match multipliers {
                None => {
                    weights[0] += 2.0 * w * mu * residual;
                    (w * w * residual, w * w * mu)
                }
                Some(hard) => {
                    let index = t * sizes.equations + e;
                    (-hard.solution[index], hard.adjoint[index])
                }
            };
            for i in 0..block {
                target[i] += along_adjoint * l[i] - along_solution * x[i];
            }
            forcing[view.forcing_point(t) * sizes.equations + e] += along_solution;
        }
    }

    // Initial and periodic rows.
    let w = view.weights.initial;
    let mut initial = vec![0.0; view.pinned_points * dims * view.pinned_orders];
    for s in 0..view.pinned_points {
        for d in 0..dims {
            for q in 0..view.pinned_orders {
                let index = view.at(s, d) + q;
                initial[(s * dims + d) * view.pinned_orders + q] = w * w * l[index];
                weights[1] += 2.0 * w * l[index] * (view.initial(s, d, q) - x[index]);
            }
        }
    }
    let mut jump = Vec::new();
    if let Some(prescribed) = view.jump() {
        for d in 0..dims {
            for k in 0..orders - 1 {
                let (first, last) = (view.at(0, d) + k, view.at(points - 1, d) + k);
                let mu = l[first] - l[last];
                jump.push(w * w * mu);
                weights[1] += 2.0 * w * mu * (prescribed(d, k) - (x[first] - x[last]));
            }
        }
    }

    // Smoothness rows.
    let w = view.weights.smoothness;
    let mut steps = vec![0.0; (view.step_interval(points - 2) + 1) * view.step_dims];
    let step_index = |t: usize, d: usize| view.step_interval(t) * view.step_dims + pick(view.step_dims, d);
    let all: Vec<usize> = (0..dims).collect();
    view.for_each_interval(&all, |t, d, rows: &IntervalRows| {
        let (left, right) = (view.at(t, d), view.at(t + 1, d));
        let ends = |v: &[f64], factor| scaled_ends(&v[left..][..orders], &v[right..][..orders], factor);
        let (x_power, x_slope) = (ends(x, rows.power()), ends(x, rows.slope()));
        let (l_power, l_slope) = (ends(l, rows.power()), ends(l, rows.slope()));
        for pattern in rows.pattern() {
            let apply = |v: &[f64; MAX_WIDTH]| -> f64 { (0..2 * orders).map(|i| pattern[i] * v[i]).sum() };
            let residual = -apply(&x_power) - z.slack;
            let mu = apply(&l_power) + adjoint.slack;
            steps[step_index(t, d)] += w * w * (residual * apply(&l_slope) - mu * apply(&x_slope));
            weights[2] += 2.0 * w * mu * residual;
        }
    });
    view.for_each_central(&all, |t, d, row| {
        let at = [view.at(t - 1, d) + orders - 2, view.at(t, d) + orders - 1, view.at(t + 1, d) + orders - 2];
        let apply = |v: &[f64], entries: &[f64; 3]| -> f64 { (0..3).map(|i| entries[i] * v[at[i]]).sum() };
        let residual = -apply(x, &row.entries) - z.slack;
        let mu = apply(l, &row.entries) + adjoint.slack;
        let slope = w * w * (residual * apply(l, &row.derivative) - mu * apply(x, &row.derivative));
        // H = h_{t-1} + h_t
        steps[step_index(t - 1, d)] += slope;
        steps[step_index(t, d)] += slope;
        weights[2] += 2.0 * w * mu * residual;
    });
    // Every step moves the factor that all interval rows share; to the loss that is a change of the weight.
    steps.iter_mut().zip(view.shared_slopes()).for_each(|(step, slope)| *step += w * weights[2] * slope);
    ElementGradient { coefficients, forcing, initial, steps, jump, weights, gamma_alpha: adjoint.slack }
}

impl ElementGradient {
    /// Adds to the gradient of the batch, into the one slot of a broadcast batch axis or the element's own.
    pub(super) fn add_to(&self, problem: &OdeProblem, batch: usize, total: &mut OdeGradient) {
        add_slot(total.coefficients.as_slice_mut(), &self.coefficients, batch);
        add_slot(total.forcing.as_slice_mut(), &self.forcing, batch);
        add_slot(total.initial.as_slice_mut(), &self.initial, batch);
        match &mut total.steps {
            StepsGradient::Shared(steps) => add_slot(steps.as_slice_mut(), &self.steps, batch),
            StepsGradient::PerDimension(steps) => add_slot(steps.as_slice_mut(), &self.steps, batch),
        }
        if let Some(jump) = &mut total.periodic_jump {
            add_slot(jump.as_slice_mut(), &self.jump, batch);
        }
        for (total, own) in total.weights.iter_mut().zip(self.weights) {
            *total += own;
        }
        if problem.scheme.gamma_alpha().is_some() {
            total.gamma_alpha += self.gamma_alpha;
        }
    }
}

fn add_slot(total: Option<&mut [f64]>, own: &[f64], batch: usize) {
    let Some(total) = total else { return };
    if own.is_empty() {
        return;
    }
    let slots = total.len() / own.len();
    let slot = &mut total[pick(slots, batch) * own.len()..][..own.len()];
    slot.iter_mut().zip(own).for_each(|(total, own)| *total += own);
}
