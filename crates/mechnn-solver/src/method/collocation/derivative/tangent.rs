//! Forward mode: the right-hand side `db - dF z` of the differentiated system `F dz = db - dF z`.

use super::gradient::StepAxes;
use crate::gradient::{OdeGradient, StepsGradient};
use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::system::System;
use crate::problem::{Source, pick};
use crate::quadrature::MAX_NODES;

/// `db - dF z` for the solution `z`, both `[N, D, K]`, along a direction in the space of inputs.
pub(crate) fn tangent_rows(
    system: &System<'_>,
    axes: StepAxes,
    batch: usize,
    z: &[f64],
    direction: &OdeGradient,
) -> Vec<f64> {
    let inputs = system.sweep.inputs;
    let Lengths { dims, orders, intervals: m } = system.sweep.lengths;
    let state = system.sweep.lengths.state();
    let mut rows = vec![0.0; z.len()];
    let own = |batches: usize| pick(batches, batch);

    let coefficients = &direction.coefficients;
    let forcing = &direction.forcing;
    for (t, z) in z.chunks_exact(state).enumerate() {
        for e in 0..dims {
            let mut sum = forcing[[own(forcing.dim().0), inputs.forcing_point(t), e]];
            for (i, z) in z.iter().enumerate() {
                let index = [own(coefficients.dim().0), inputs.coefficient_point(t), e, i / orders, i % orders];
                sum -= coefficients[index] * z;
            }
            rows[t * state + e * orders + orders - 1] = sum;
        }
    }
    for (index, condition) in system.conditions.iter().enumerate() {
        let change = match (condition.source, &direction.periodic_jump, &direction.boundary) {
            (Source::Initial(index), ..) => {
                let (batches, _, _, pinned) = direction.initial.dim();
                direction.initial[[own(batches), 0, index / pinned, index % pinned]]
            }
            (Source::Jump(index), Some(jump), _) => {
                jump[[own(jump.dim().0), index / (orders - 1), index % (orders - 1)]]
            }
            (Source::Boundary(index), _, Some(boundary)) => boundary[[own(boundary.dim().0), index]],
            (Source::Jump(_) | Source::Boundary(_), ..) => {
                unreachable!("the direction was checked to have the inputs of the problem")
            }
        };
        rows[system.condition_slot(index)] = change;
    }
    let step = |t: usize, d: usize| {
        let (interval, clock) = (pick(axes.intervals, t), pick(axes.clocks, d));
        match &direction.steps {
            StepsGradient::Shared(steps) => steps[[own(steps.dim().0), interval]],
            StepsGradient::PerDimension(steps) => steps[[own(steps.dim().0), interval, clock]],
        }
    };
    for e in 0..system.sweep.elements {
        let start = e * m * state;
        for d in 0..dims {
            let rule = system.sweep.rules.rule(system.sweep.lengths, e, d);
            let mut moved = [0.0; MAX_NODES];
            for i in 0..m {
                moved[i + 1] = moved[i] + step(e * m + i, d);
            }
            for o in 0..orders - 1 {
                let at = start + d * orders + o;
                let mut slide = [0.0; MAX_NODES];
                for l in 1..=m {
                    let slope: f64 = (0..=m).map(|j| rule.slopes[(l - 1) * (m + 1) + j] * z[at + 1 + j * state]).sum();
                    slide[l] = moved[l] * slope;
                }
                for i in 1..=m {
                    let integral: f64 = (1..=m).map(|l| rule.integrals[(i - 1) * (m + 1) + l] * slide[l]).sum();
                    rows[at + i * state] = moved[i] * z[at + 1 + i * state] - integral;
                }
            }
        }
    }
    rows
}
