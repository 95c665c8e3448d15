//! Random problems at and beyond the edge of what can be solved, from a seed.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::{
    BoundaryCondition, BoundaryValues, CollocationNodes, End, EquationRows, Scheme, StepsGradient, Weights,
};
use ndarray::{Array2, Array3, Array4, Array5, s};
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
/// values, with one of the losses; half of the problems with steps over eight decades, half with weights over sixteen,
/// powers of two so that rows times weights are not rounded.
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
    let loss = lose(&mut coefficients, &mut rng);
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
        loss,
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

/// The same for collocation: 3, 5 or 7 nodes, initial, boundary or periodic conditions.
pub(crate) fn degenerate_collocation(seed: u64) -> Degenerate {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let nodes = CollocationNodes::ALL[rng.random_range(0..3)];
    let points = 1 + nodes.intervals() * rng.random_range(1..=3_usize);
    let (dims, orders) = (rng.random_range(1..=3_usize), rng.random_range(2..=4_usize));
    let mut coefficients = uniform((1, points, dims, dims, orders), &mut rng);
    if rng.random_bool(0.5) {
        for d in 0..dims {
            coefficients.slice_mut(s![.., .., d, d, orders - 1]).fill(2.0);
        }
    }
    let loss = if rng.random_bool(0.5) { lose(&mut coefficients, &mut rng) } else { LOSSES[0] };
    let spread_steps = rng.random_bool(0.5);
    let common = 10_f64.powf(rng.random_range(-6.0..1.0));
    let decades = rng.random_range(0.0..8.0);
    let steps = Array2::from_shape_simple_fn((1, points - 1), || match spread_steps {
        true => common * 10_f64.powf(rng.random_range(0.0..decades)),
        false => common,
    });
    let mut inputs = Inputs {
        points,
        coefficients,
        forcing: uniform((1, points, dims), &mut rng),
        initial: Array4::zeros((1, 0, 0, 0)),
        steps: StepsGradient::Shared(steps),
        periodic_jump: None,
        boundary: None,
        scheme: Scheme::Collocation { nodes },
        weights: Weights::default(),
        equation_rows: EquationRows::Soft,
    };
    let conditions = rng.random_range(0..3);
    match conditions {
        0 => inputs.initial = uniform((1, 1, dims, orders - 1), &mut rng),
        1 => inputs.periodic_jump = Some(uniform((1, dims, orders - 1), &mut rng)),
        _ => {
            let mut conditions = Vec::new();
            for dim in 0..dims {
                for derivative in 0..orders - 1 {
                    let end = if rng.random_bool(0.5) { End::First } else { End::Last };
                    conditions.push(BoundaryCondition { end, dim, derivative });
                }
            }
            let values = uniform((1, conditions.len()), &mut rng);
            inputs.boundary = Some(BoundaryValues::new(conditions, values));
        }
    }
    let name = format!(
        "collocation, seed {seed}: {} nodes, N = {points}, D = {dims}, K = {orders}, lost: {loss}, {} conditions, {} \
         steps",
        nodes.count(),
        ["initial", "periodic", "boundary"][conditions],
        if spread_steps { "spread" } else { "equal" },
    );
    Degenerate { name, inputs }
}

/// Takes one of [`LOSSES`] from the equations, and says which.
fn lose(coefficients: &mut Array5<f64>, rng: &mut ChaCha8Rng) -> &'static str {
    let (_, points, dims, _, orders) = coefficients.dim();
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
    LOSSES[loss]
}
