//! Random collocation problems over every option, from a seed.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::method::Dense;
use mechnn_solver::{
    BoundaryCondition, BoundaryValues, CollocationNodes, End, EquationRows, OdeSolver, Scheme, StepsGradient, Weights,
};
use ndarray::{Array2, Array3, Array4};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::random_problem::{Inputs, random_inputs, uniform};

/// Random problems by name: `least_squares` of the schemes of that kind, and a quarter as many of collocation.
pub(crate) fn random_problems(first_seed: u64, least_squares: u64) -> Vec<(String, Inputs)> {
    let seeds = first_seed..first_seed + least_squares;
    let quarter = first_seed..first_seed + least_squares.div_ceil(4);
    let named = seeds.into_par_iter().map(|seed| (format!("seed {seed}"), random_inputs(seed)));
    let collocation =
        quarter.into_par_iter().map(|seed| (format!("collocation, seed {seed}"), random_collocation(seed)));
    named.chain(collocation).collect()
}

/// A random problem with D = 1..=4, K = 2..=5, 3, 5 or 7 nodes, initial, boundary, mixed or periodic conditions,
/// irregular steps, broadcast axes and weights (that must not matter).
pub(crate) fn random_collocation(seed: u64) -> Inputs {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    loop {
        let inputs = candidate(&mut rng);
        let solution = inputs.problem().map(|problem| Dense.solve(&problem));
        if let Ok(Ok(solution)) = solution
            && solution.info.pivot_ratio > SMALLEST_PIVOT_RATIO
            && solution.values.iter().all(|value| value.abs() < LARGEST_VALUE)
        {
            return inputs;
        }
    }
}

/// The square of the smallest relative diagonal entry of R: condition below about 1e3.
const SMALLEST_PIVOT_RATIO: f64 = 1e-6;

/// Inputs are of size 1. Where conditions barely determine a solution it is large, and bends too sharply with the
/// inputs for a finite difference.
const LARGEST_VALUE: f64 = 30.0;

fn candidate(rng: &mut ChaCha8Rng) -> Inputs {
    let batch = rng.random_range(1..=3);
    let nodes = CollocationNodes::ALL[rng.random_range(0..3)];
    let points = 1 + nodes.intervals() * rng.random_range(1..=3_usize);
    let dims = rng.random_range(1..=4_usize);
    let orders = rng.random_range(2..=5_usize);
    let one_or = |rng: &mut ChaCha8Rng, length: usize| if rng.random_bool(0.25) { 1 } else { length };

    let coefficient_shape = (one_or(rng, batch), one_or(rng, points), dims, dims, orders);
    let forcing_shape = (one_or(rng, batch), one_or(rng, points), dims);
    let mut coefficients = uniform(coefficient_shape, rng);
    for ((_, _, e, d, k), c) in coefficients.indexed_iter_mut() {
        // The highest derivatives must be determined at every point, in any order of the equations.
        if k == orders - 1 && (e + 1) % dims == d {
            *c += 2.0 * dims as f64;
        }
    }
    let steps_shape = (one_or(rng, batch), one_or(rng, points - 1));
    let steps = if rng.random_bool(0.5) {
        StepsGradient::Shared(Array2::from_shape_simple_fn(steps_shape, || rng.random_range(0.1..0.5)))
    } else {
        let shape = (steps_shape.0, steps_shape.1, dims);
        StepsGradient::PerDimension(Array3::from_shape_simple_fn(shape, || rng.random_range(0.1..0.5)))
    };
    let (mut initial, mut periodic_jump, mut boundary) = (Array4::zeros((1, 0, 0, 0)), None, None);
    let condition_batch = one_or(rng, batch);
    match rng.random_range(0..3) {
        0 => initial = uniform((condition_batch, 1, dims, orders - 1), rng),
        1 => periodic_jump = Some(uniform((condition_batch, dims, orders - 1), rng)),
        _ => {
            // Some derivatives as initial values, the others at either end.
            let pinned = rng.random_range(0..orders - 1);
            initial = uniform((one_or(rng, batch), 1, dims, pinned), rng);
            let mut conditions: Vec<_> = (0..dims * (orders - 1))
                .filter(|index| index % (orders - 1) >= pinned)
                .map(|index| {
                    let end = if rng.random_bool(0.5) { End::First } else { End::Last };
                    BoundaryCondition { end, dim: index / (orders - 1), derivative: index % (orders - 1) }
                })
                .collect();
            conditions.reverse();
            let values = uniform((condition_batch, conditions.len()), rng);
            boundary = Some(BoundaryValues::new(conditions, values));
        }
    }
    let weight = |rng: &mut ChaCha8Rng| if rng.random_bool(0.5) { 1.0 } else { rng.random_range(0.5..2.0) };
    Inputs {
        points,
        coefficients,
        forcing: uniform(forcing_shape, rng),
        initial,
        steps,
        periodic_jump,
        boundary,
        scheme: Scheme::Collocation { nodes },
        equation_rows: if rng.random_bool(0.5) { EquationRows::Soft } else { EquationRows::Hard },
        weights: Weights { equation: weight(rng), initial: weight(rng), smoothness: weight(rng) },
    }
}
