//! Forward mode: the directional derivative of the solution.
//!
//! Differentiating the augmented system `W⁻² s + R z = f`, `Rᵀ s = -q` along a direction of the inputs:
//!
//! $$ W^{-2} \dot s + R \dot z = \dot f - \dot R z + 2 W^{-3} \dot W s, \qquad
//!    R^\top \dot s = -(\dot q + \dot R^\top s) $$

use ndarray::Axis;

use super::augmented::{Augmented, RightHandSides, RowRightHandSides};
use crate::gradient::{OdeGradient, StepsGradient};
use crate::method::block_banded::factor::{FactoredElement, SolvedElement};
use crate::method::block_banded::rows::{ElementView, UnknownVector};
use crate::problem::pick;
use crate::rows::scaled_ends;

/// Tangent of the values `[N, D, K]` and of the slack.
pub(crate) fn element_tangent(
    view: &ElementView<'_>,
    factored: &FactoredElement,
    solved: &SolvedElement,
    direction: &OdeGradient,
) -> UnknownVector {
    let solution = Augmented::of_solution(view, factored, solved);
    let columns = UnknownVector { values: vec![0.0; view.unknowns()], slack: 0.0 };
    let mut change = Change { solution: &solution, rows: vec![0.0; view.layout.count()], columns };
    let sizes = view.sizes;
    let (dims, orders, points, block) = (sizes.dims, sizes.orders, sizes.points, sizes.block());
    let x = &solution.z.values[..];
    let batch = |len: usize| pick(len, view.batch);
    // 2 w' / w^3; hard rows have no weight.
    let along_weight = |w: f64, dw: f64| if w > 0.0 { 2.0 * dw / (w * w * w) } else { 0.0 };

    // Equation rows.
    let weight = along_weight(view.equation_weight(), direction.weights[0]);
    let coefficients = direction.coefficients.index_axis(Axis(0), batch(direction.coefficients.dim().0));
    let forcing = direction.forcing.index_axis(Axis(0), batch(direction.forcing.dim().0));
    for t in 0..points {
        for e in 0..sizes.equations {
            let slope = |i: usize| coefficients[[view.coefficient_point(t), e, i / orders, i % orders]];
            let moved: f64 = (0..block).map(|i| slope(i) * x[t * block + i]).sum();
            let s = change.set_row(view.layout.equation(t, e), forcing[[view.forcing_point(t), e]] - moved, weight);
            (0..block).for_each(|i| change.add_column(t * block + i, slope(i) * s));
        }
    }

    // Initial and periodic rows.
    let weight = along_weight(view.weights.initial, direction.weights[1]);
    for s in 0..view.pinned_points {
        for d in 0..dims {
            for q in 0..view.pinned_orders {
                let initial = direction.initial[[batch(direction.initial.dim().0), s, d, q]];
                change.set_row(view.layout.initial(s, d, q), initial, weight);
            }
        }
    }
    if let Some(jump) = direction.periodic_jump.as_ref().filter(|_| view.is_periodic()) {
        for d in 0..dims {
            for k in 0..orders - 1 {
                change.set_row(view.layout.periodic(d, k), jump[[batch(jump.dim().0), d, k]], weight);
            }
        }
    }

    // Smoothness rows.
    let step_change = |t: usize, d: usize| match &direction.steps {
        StepsGradient::Shared(steps) => steps[[batch(steps.dim().0), view.step_interval(t)]],
        StepsGradient::PerDimension(steps) => steps[[batch(steps.dim().0), view.step_interval(t), d]],
    };
    // Every step moves the factor that all interval rows share: a change of the weight.
    let w = view.weights.smoothness;
    let shared = view.shared_slopes().enumerate();
    let shared = shared.map(|(i, slope)| slope * step_change(i / view.step_dims, i % view.step_dims));
    let weight = along_weight(w, direction.weights[2] + w * shared.sum::<f64>());
    let all: Vec<usize> = (0..dims).collect();
    view.for_each_interval(&all, |t, d, rows| {
        let (left, next) = (view.at(t, d), view.at(t + 1, d));
        let step = step_change(t, d);
        let x_slope = scaled_ends(&x[left..][..orders], &x[next..][..orders], rows.slope());
        for (r, pattern) in rows.pattern().iter().enumerate() {
            let moved: f64 = (0..2 * orders).map(|i| pattern[i] * x_slope[i]).sum();
            let s = change.set_row(view.layout.interval(t, d, r), -step * moved, weight);
            for i in 0..orders {
                change.add_column(left + i, pattern[i] * rows.slope()[i] * step * s);
                change.add_column(next + i, pattern[orders + i] * rows.slope()[orders + i] * step * s);
            }
        }
    });
    view.for_each_central(&all, |t, d, row| {
        let at = [view.at(t - 1, d) + orders - 2, view.at(t, d) + orders - 1, view.at(t + 1, d) + orders - 2];
        let step = step_change(t - 1, d) + step_change(t, d);
        let moved: f64 = (0..3).map(|i| row.derivative[i] * x[at[i]]).sum();
        let s = change.set_row(view.layout.central(t, d), -step * moved, weight);
        (0..3).for_each(|i| change.add_column(at[i], row.derivative[i] * step * s));
    });
    let Change { rows, mut columns, .. } = change;
    columns.slack -= direction.gamma_alpha;
    let sides = RightHandSides { rows: RowRightHandSides::Given(rows), columns };
    Augmented::solve(view, factored, &sides).z
}

/// The right-hand sides of the tangent.
struct Change<'a> {
    solution: &'a Augmented,
    rows: Vec<f64>,
    columns: UnknownVector,
}

impl Change<'_> {
    /// Sets a row to `f' - R' z` and `along_weight = 2 w' / w^3`; returns s of the row.
    fn set_row(&mut self, row: usize, change: f64, along_weight: f64) -> f64 {
        let s = self.solution.rows[row];
        self.rows[row] = change + along_weight * s;
        s
    }

    /// Adds an entry of `R'ᵀ s`.
    fn add_column(&mut self, index: usize, change: f64) {
        self.columns.values[index] -= change;
    }
}
