//! Forward mode: the directional derivative of the solution.
//!
//! Differentiating `Rᵀ w² (f - R z) + q e_0 = 0` along a direction of the inputs:
//!
//! $$ A^\top A\, \dot z = R^\top \left( w^2 (\dot f - \dot R z) + 2 w \dot w\, \rho \right)
//!    + \dot R^\top w^2 \rho + \dot q\, e_0, \qquad \rho = f - R z $$

use super::element::{FactoredElement, SolvedElement};
use super::row_pass::{Load, Unknowns, add_transposed_residual};
use super::view::ElementView;
use crate::rows::{MAX_WIDTH, scaled_ends};
use crate::shape::pick;
use crate::solution::{OdeGradient, StepsGradient};

/// Tangent of the values `[N, D, K]` and of the slack.
pub(super) fn element_tangent(
    view: &ElementView<'_>,
    factored: &FactoredElement,
    z: &SolvedElement,
    direction: &OdeGradient,
) -> (Vec<f64>, f64) {
    let sizes = view.sizes;
    let (dims, orders, points, block) = (sizes.dims, sizes.orders, sizes.points, sizes.block());
    let x = &z.values[..];
    let mut right = vec![0.0; x.len()];
    let batch = |len: usize| pick(len, view.batch);

    // Equation rows: soft ones add to the right-hand side, hard ones prescribe a change.
    let multipliers = solution_multipliers(view, factored, z);
    let mut prescribed = vec![0.0; points * sizes.equations];
    let (w, dw) = (view.weights.equation, direction.weights[0]);
    let coefficients = direction.coefficients.outer_iter().nth(batch(direction.coefficients.dim().0));
    let forcing = direction.forcing.outer_iter().nth(batch(direction.forcing.dim().0));
    if let (Some(coefficients), Some(forcing)) = (coefficients, forcing) {
        for t in 0..points {
            let x = &x[t * block..][..block];
            let right = &mut right[t * block..][..block];
            for (e, row) in view.coefficients(t).chunks_exact(block).enumerate() {
                let slope = |i: usize| coefficients[[view.coefficient_point(t), e, i / orders, i % orders]];
                let residual = view.forcing(t)[e] - (0..block).map(|i| row[i] * x[i]).sum::<f64>();
                let change = forcing[[view.forcing_point(t), e]] - (0..block).map(|i| slope(i) * x[i]).sum::<f64>();
                if let Some(multipliers) = &multipliers {
                    let index = t * sizes.equations + e;
                    prescribed[index] = change;
                    (0..block).for_each(|i| right[i] -= multipliers[index] * slope(i));
                    continue;
                }
                let along_row = w * w * change + 2.0 * w * dw * residual;
                for i in 0..block {
                    right[i] += along_row * row[i] + w * w * residual * slope(i);
                }
            }
        }
    }

    // Initial and periodic rows.
    let (w, dw) = (view.weights.initial, direction.weights[1]);
    for s in 0..view.pinned_points {
        for d in 0..dims {
            for q in 0..view.pinned_orders {
                let index = view.at(s, d) + q;
                let change = direction.initial[[batch(direction.initial.dim().0), s, d, q]];
                right[index] += w * w * change + 2.0 * w * dw * (view.initial(s, d, q) - x[index]);
            }
        }
    }
    if let (Some(prescribed), Some(jump)) = (view.jump(), &direction.periodic_jump) {
        for d in 0..dims {
            for k in 0..orders - 1 {
                let (first, last) = (view.at(0, d) + k, view.at(points - 1, d) + k);
                let residual = prescribed(d, k) - (x[first] - x[last]);
                let along_row = w * w * jump[[batch(jump.dim().0), d, k]] + 2.0 * w * dw * residual;
                right[first] += along_row;
                right[last] -= along_row;
            }
        }
    }

    // Smoothness rows.
    let w = view.weights.smoothness;
    let step_change = |t: usize, d: usize| match &direction.steps {
        StepsGradient::Shared(steps) => steps[[batch(steps.dim().0), view.step_interval(t)]],
        StepsGradient::PerDimension(steps) => steps[[batch(steps.dim().0), view.step_interval(t), d]],
    };
    // Every step moves the factor that all interval rows share: a change of the weight.
    let shared = view.shared_slopes().enumerate();
    let shared = shared.map(|(i, slope)| slope * step_change(i / view.step_dims, i % view.step_dims));
    let dw = direction.weights[2] + w * shared.sum::<f64>();
    let mut right_slack = direction.gamma_alpha;
    let all: Vec<usize> = (0..dims).collect();
    view.for_each_interval(&all, |t, d, rows| {
        let (left, next) = (view.at(t, d), view.at(t + 1, d));
        let change = step_change(t, d);
        let ends = |factor| scaled_ends(&x[left..][..orders], &x[next..][..orders], factor);
        let (x_power, x_slope) = (ends(rows.power()), ends(rows.slope()));
        for pattern in rows.pattern() {
            let apply = |v: &[f64; MAX_WIDTH]| -> f64 { (0..2 * orders).map(|i| pattern[i] * v[i]).sum() };
            let residual = -apply(&x_power) - z.slack;
            let along_row = -w * w * change * apply(&x_slope) + 2.0 * w * dw * residual;
            let entry =
                |i: usize| pattern[i] * (along_row * rows.power()[i] + w * w * residual * change * rows.slope()[i]);
            for i in 0..orders {
                right[left + i] += entry(i);
                right[next + i] += entry(orders + i);
            }
            right_slack += along_row;
        }
    });
    view.for_each_central(&all, |t, d, row| {
        let at = [view.at(t - 1, d) + orders - 2, view.at(t, d) + orders - 1, view.at(t + 1, d) + orders - 2];
        let change = step_change(t - 1, d) + step_change(t, d);
        let residual = -(0..3).map(|i| row.entries[i] * x[at[i]]).sum::<f64>() - z.slack;
        let moved: f64 = (0..3).map(|i| row.derivative[i] * x[at[i]]).sum();
        let along_row = -w * w * change * moved + 2.0 * w * dw * residual;
        for i in 0..3 {
            right[at[i]] += along_row * row.entries[i] + w * w * residual * change * row.derivative[i];
        }
        right_slack += along_row;
    });
    let change = factored.particular(view, |t, e| prescribed[t * sizes.equations + e]);
    right_slack +=
        add_transposed_residual(view, Unknowns { values: &change, slack: 0.0 }, Load::Zero, &mut right).slack;
    let mut tangent = factored.solve_adjoint(view, &right, right_slack, z.refinements);
    tangent.values.iter_mut().zip(&change).for_each(|(tangent, change)| *tangent += change);
    (tangent.values, tangent.slack)
}

/// ν of hard equations at the solution: `Cᵀ ν = Aᵀ (c - A x)`, `[N, E]`; `None` for soft ones.
pub(super) fn solution_multipliers(
    view: &ElementView<'_>,
    factored: &FactoredElement,
    z: &SolvedElement,
) -> Option<Vec<f64>> {
    let mut w = vec![0.0; z.values.len()];
    add_transposed_residual(view, Unknowns { values: &z.values, slack: z.slack }, Load::Data, &mut w);
    factored.multipliers(view, &w)
}
