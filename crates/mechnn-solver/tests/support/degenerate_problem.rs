//! Random problems at and beyond the edge of what can be solved, from a seed.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::{EquationRows, Scheme, StepsGradient, Weights};
use ndarray::{Array2, Array3, Array4, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::random_problem::{Inputs, uniform};

/// What is taken from the equations of a problem.
const LOSSES: [&str; 7] = [
    "nothing",
    "all coefficients",
    "one column at all points",
    "all but the lowest column",
    "one equation at all points",
    "all equations at one point",
    "an equation that repeats another",
];

/// A problem, and what it was made from.
#[derive(Debug, Clone)]
pub(crate) struct Degenerate {
    pub(crate) name: String,
    pub(crate) inputs: Inputs,
}

/// K = 2..=4, D = 1..=3, all least-squares schemes, soft and hard equations, too few, enough or too many initial
/// values, with one of the losses; half of the problems with steps over eight decades, half with weights over sixteen, powers
/// of two so that rows times weights are not rounded.
pub(crate) fn degenerate(seed: u64) -> Degenerate {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let points = rng.random_range(3..=8);
    let (dims, orders) = (rng.random_range(1..=3_usize), rng.random_range(2..=4_usize));
    let mut coefficients = uniform((1, points, dims, dims, orders), &mut rng);
    if rng.random_bool(0.5) {
        for d in 0..dims {
            coefficients.slice_mut(s![.., .., d, d, orders - 1]).fill(2.0);
        }
    }
    let loss = rng.random_range(0..LOSSES.len());
    let (d, e) = (rng.random_range(0..dims), rng.random_range(0..dims));
    match loss {
        0 => {}
        1 => coefficients.fill(0.0),
        2 => coefficients.slice_mut(s![.., .., .., d, rng.random_range(0..orders)]).fill(0.0),
        3 => coefficients.slice_mut(s![.., .., .., .., 1..]).fill(0.0),
        4 => coefficients.slice_mut(s![.., .., e, .., ..]).fill(0.0),
        5 => coefficients.slice_mut(s![.., rng.random_range(0..points), .., .., ..]).fill(0.0),
        _ => {
            let copied = coefficients.slice(s![.., .., e, .., ..]).to_owned();
            coefficients.slice_mut(s![.., .., (e + 1) % dims, .., ..]).assign(&copied);
        }
    }
    let spread_steps = rng.random_bool(0.5);
    let common = 10_f64.powf(rng.random_range(-4.0..0.0));
    let steps = Array2::from_shape_simple_fn((1, points - 1), || match spread_steps {
        true => 10_f64.powf(rng.random_range(-6.0..2.0)),
        false => common,
    });
    let pinned = rng.random_range(0..=orders);
    let initial = match pinned {
        0 => Array4::zeros((1, 0, 0, 0)),
        _ => uniform((1, 1, dims, pinned), &mut rng),
    };
    let spread_weights = rng.random_bool(0.5);
    let mut weight = || if spread_weights { 2_f64.powi(rng.random_range(-26..=26)) } else { 1.0 };
    let weights = Weights { equation: weight(), initial: weight(), smoothness: weight() };
    let scheme = match rng.random_range(0..6) {
        0 => Scheme::Taylor,
        1 => Scheme::TaylorCentral,
        2 => Scheme::RelaxedLp { gamma_alpha: 0.0 },
        3 => Scheme::IntegratedWiener,
        4 => Scheme::Pade,
        _ => Scheme::RelaxedLp { gamma_alpha: rng.random_range(-0.2..0.2) },
    };
    let equation_rows = if rng.random_bool(0.25) { EquationRows::Hard } else { EquationRows::Soft };
    let jump: Option<Array3<f64>> = rng.random_bool(0.15).then(|| uniform((1, dims, orders - 1), &mut rng));
    let name = format!(
        "seed {seed}: {scheme:?}, {equation_rows:?}, N = {points}, D = {dims}, K = {orders}, lost: {}, {pinned} pins, \
         {} steps, {} weights{}",
        LOSSES[loss],
        if spread_steps { "spread" } else { "equal" },
        if spread_weights { "spread" } else { "equal" },
        if jump.is_some() { ", periodic" } else { "" },
    );
    let forcing = uniform((1, points, dims), &mut rng);
    let steps = StepsGradient::Shared(steps);
    let inputs = Inputs {
        points,
        coefficients,
        forcing,
        initial,
        steps,
        periodic_jump: jump,
        boundary: None,
        scheme,
        weights,
        equation_rows,
    };
    Degenerate { name, inputs }
}
