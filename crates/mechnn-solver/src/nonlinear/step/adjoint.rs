//! The derivative of one step with respect to its start and the parameters.

use super::equations::Equations;
use super::linearized_step::Step;
use crate::dynamics::Linearization;

/// `lambda <- -(∂F/∂x_0)' mu`, `parameters += -(∂F/∂θ)' mu` for `mu`, `[s, D]`.
pub(crate) fn pull_step(
    step: &Step,
    left: &Linearization,
    equations: &Equations<'_>,
    mu: &[f64],
    lambda: &mut [f64],
    parameters: &mut [f64],
) {
    let tableau = equations.tableau;
    let (dims, stages, h) = (equations.dims(), tableau.stages, step.piece.step());
    let weighted = |weight: &dyn Fn(usize) -> f64, d: usize| -> f64 {
        (0..stages).map(|i| weight(i) * mu[i * dims + d]).sum::<f64>() * h
    };
    let at_start: Vec<f64> = (0..dims).map(|d| weighted(&|i| tableau.start[i], d)).collect();
    for d in 0..dims {
        let through_rate: f64 = (0..dims).map(|e| left.by_state[e * dims + d] * at_start[e]).sum();
        lambda[d] = (0..stages).map(|i| mu[i * dims + d]).sum::<f64>() + through_rate;
    }
    let mut add = |at: &Linearization, weights: &[f64]| {
        for (row, weight) in at.by_parameter.chunks_exact(parameters.len().max(1)).zip(weights) {
            parameters.iter_mut().zip(row).for_each(|(parameter, slope)| *parameter += weight * slope);
        }
    };
    add(left, &at_start);
    for (j, at) in step.at.iter().enumerate() {
        let weights: Vec<f64> = (0..dims).map(|d| weighted(&|i| tableau.weights[i * stages + j], d)).collect();
        add(at, &weights);
    }
}

/// `-(∂F/∂x_0) change - (∂F/∂θ) parameters`, `[s, D]`.
pub(crate) fn push_step(
    step: &Step,
    left: &Linearization,
    equations: &Equations<'_>,
    change: &[f64],
    parameters: &[f64],
) -> Vec<f64> {
    let tableau = equations.tableau;
    let (dims, stages, h) = (equations.dims(), tableau.stages, step.piece.step());
    let mut pushed = vec![0.0; stages * dims];
    step.add_start(tableau, left, change, &mut pushed);
    let slope = |at: &Linearization, d: usize| -> f64 {
        let row = &at.by_parameter[d * parameters.len()..(d + 1) * parameters.len()];
        row.iter().zip(parameters).map(|(slope, parameter)| slope * parameter).sum()
    };
    for d in 0..dims {
        let at_start = slope(left, d);
        let at: Vec<f64> = step.at.iter().map(|at| slope(at, d)).collect();
        for i in 0..stages {
            let weights = &tableau.weights[i * stages..(i + 1) * stages];
            let sum: f64 = weights.iter().zip(&at).map(|(weight, slope)| weight * slope).sum();
            pushed[i * dims + d] += h * (tableau.start[i] * at_start + sum);
        }
    }
    pushed
}
