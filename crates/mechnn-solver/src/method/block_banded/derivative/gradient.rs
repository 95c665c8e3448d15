//! Gradients with respect to every input, from a solution and its adjoint.
//!
//! With the rows `R z = f`, their weights w, residuals `ρ = f - R z` and the adjoint in row space `μ = R λ`:
//!
//! $$ dL = \sum w^2 \left( \mu\, df + \rho\, (dR\, \lambda) - \mu\, (dR\, z) \right) + 2 w\, \mu \rho\, dw $$
//!
//! (`docs/src/concepts/solver.md`; the QP sensitivities of ICML 2024, appendix, in closed form). Both come from their
//! augmented systems as `s = w^2 ρ` and `s = -w^2 μ`. Hard rows have the multipliers of
//! `L = |A x - c|² / 2 + νᵀ (C x - d)` there, `s = -ν`, and of the adjoint `[AᵀA Cᵀ; C 0] (λ, η) = (g, 0)`,
//! `s = -η`: `dL/dd = η`, `dL/dC = -ν λᵀ - η xᵀ`.

use super::augmented::Augmented;
use crate::gradient::{OdeGradient, StepsGradient};
use crate::method::block_banded::rows::ElementView;
use crate::problem::{OdeProblem, numbers_mut, pick};
use crate::rows::{IntervalRows, MAX_WIDTH, scaled_ends};

/// Gradient of one element, in the shapes of that element's inputs (time axes already summed where broadcast).
pub(crate) struct ElementGradient {
    coefficients: Vec<f64>,
    forcing: Vec<f64>,
    initial: Vec<f64>,
    steps: Vec<f64>,
    jump: Vec<f64>,
    weights: [f64; 3],
    gamma_alpha: f64,
}

pub(crate) fn element_gradient(view: &ElementView<'_>, solution: &Augmented, adjoint: &Augmented) -> ElementGradient {
    let sizes = view.sizes;
    let (dims, orders, points, block) = (sizes.dims, sizes.orders, sizes.points, sizes.block());
    let (x, l) = (&solution.z.values[..], &adjoint.z.values[..]);
    // w^2 ρ and -w^2 μ of a row.
    let of_row = |row: usize| (solution.rows[row], adjoint.rows[row]);
    let mut weights = [0.0; 3];

    // Equation rows.
    let mut coefficients = vec![0.0; view.all_coefficients().len()];
    let mut forcing = vec![0.0; (view.forcing_point(points - 1) + 1) * sizes.equations];
    for t in 0..points {
        let (x, l) = (&x[t * block..][..block], &l[t * block..][..block]);
        let target = &mut coefficients[view.coefficient_point(t) * sizes.equations * block..];
        for (e, target) in target.chunks_exact_mut(block).take(sizes.equations).enumerate() {
            let (s, s_adjoint) = of_row(view.layout.equation(t, e));
            weights[0] += s * s_adjoint;
            for i in 0..block {
                target[i] += s * l[i] + s_adjoint * x[i];
            }
            forcing[view.forcing_point(t) * sizes.equations + e] -= s_adjoint;
        }
    }

    // Initial and periodic rows.
    let mut initial = vec![0.0; view.pinned_points * dims * view.pinned_orders];
    for (index, target) in initial.iter_mut().enumerate() {
        let (point, q) = (index / view.pinned_orders / dims, index % view.pinned_orders);
        let d = index / view.pinned_orders % dims;
        let (s, s_adjoint) = of_row(view.layout.initial(point, d, q));
        weights[1] += s * s_adjoint;
        *target = -s_adjoint;
    }
    let periodic = if view.is_periodic() { dims * (orders - 1) } else { 0 };
    let mut jump = vec![0.0; periodic];
    for (index, target) in jump.iter_mut().enumerate() {
        let (s, s_adjoint) = of_row(view.layout.periodic(index / (orders - 1), index % (orders - 1)));
        weights[1] += s * s_adjoint;
        *target = -s_adjoint;
    }

    // Smoothness rows.
    let mut steps = vec![0.0; (view.step_interval(points - 2) + 1) * view.step_dims];
    let step_index = |t: usize, d: usize| view.step_interval(t) * view.step_dims + pick(view.step_dims, d);
    let all: Vec<usize> = (0..dims).collect();
    view.for_each_interval(&all, |t, d, rows: &IntervalRows| {
        let (left, right) = (view.at(t, d), view.at(t + 1, d));
        let ends = |v: &[f64]| scaled_ends(&v[left..][..orders], &v[right..][..orders], rows.slope());
        let (x_slope, l_slope) = (ends(x), ends(l));
        for (r, pattern) in rows.pattern().iter().enumerate() {
            let apply = |v: &[f64; MAX_WIDTH]| -> f64 { (0..2 * orders).map(|i| pattern[i] * v[i]).sum() };
            let (s, s_adjoint) = of_row(view.layout.interval(t, d, r));
            steps[step_index(t, d)] += s * apply(&l_slope) + s_adjoint * apply(&x_slope);
            weights[2] += s * s_adjoint;
        }
    });
    view.for_each_central(&all, |t, d, row| {
        let at = [view.at(t - 1, d) + orders - 2, view.at(t, d) + orders - 1, view.at(t + 1, d) + orders - 2];
        let apply = |v: &[f64]| -> f64 { (0..3).map(|i| row.derivative[i] * v[at[i]]).sum() };
        let (s, s_adjoint) = of_row(view.layout.central(t, d));
        let slope = s * apply(l) + s_adjoint * apply(x);
        // H = h_{t-1} + h_t
        steps[step_index(t - 1, d)] += slope;
        steps[step_index(t, d)] += slope;
        weights[2] += s * s_adjoint;
    });
    // dL/dw = 2 w μ ρ = -2 s s_adjoint / w^3; hard rows have no weight.
    let own = [view.equation_weight(), view.weights.initial, view.weights.smoothness];
    for (sum, w) in weights.iter_mut().zip(own) {
        *sum = if w > 0.0 { -2.0 * *sum / (w * w * w) } else { 0.0 };
    }
    let w = view.weights.smoothness;
    // Every step moves the factor that all interval rows share; to the loss that is a change of the weight.
    steps.iter_mut().zip(view.shared_slopes()).for_each(|(step, slope)| *step += w * weights[2] * slope);
    ElementGradient { coefficients, forcing, initial, steps, jump, weights, gamma_alpha: adjoint.z.slack }
}

impl ElementGradient {
    /// Adds to the gradient of the batch, into the one slot of a broadcast batch axis or the element's own.
    pub(crate) fn add_to(&self, problem: &OdeProblem, batch: usize, total: &mut OdeGradient) {
        add_slot(numbers_mut(&mut total.coefficients), &self.coefficients, batch);
        add_slot(numbers_mut(&mut total.forcing), &self.forcing, batch);
        add_slot(numbers_mut(&mut total.initial), &self.initial, batch);
        match &mut total.steps {
            StepsGradient::Shared(steps) => add_slot(numbers_mut(steps), &self.steps, batch),
            StepsGradient::PerDimension(steps) => add_slot(numbers_mut(steps), &self.steps, batch),
        }
        if let Some(jump) = &mut total.periodic_jump {
            add_slot(numbers_mut(jump), &self.jump, batch);
        }
        for (total, own) in total.weights.iter_mut().zip(self.weights) {
            *total += own;
        }
        if problem.scheme.gamma_alpha().is_some() {
            total.gamma_alpha += self.gamma_alpha;
        }
    }
}

/// Into the one slot of a broadcast batch axis or the element's own; an input without numbers has none.
fn add_slot(total: &mut [f64], own: &[f64], batch: usize) {
    if own.is_empty() {
        return;
    }
    let slots = total.len() / own.len();
    let slot = &mut total[pick(slots, batch) * own.len()..][..own.len()];
    slot.iter_mut().zip(own).for_each(|(total, own)| *total += own);
}
