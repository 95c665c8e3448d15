//! The noise that a fit leaves.

use mechnn_solver::smoother::Estimate;

use super::fitted::Fit;
use crate::discovery::candidates::Candidate;
use crate::discovery::prepare::PreparedData;
use crate::discovery::structure::{Problem, Structure};

/// Relative to a state's spread: below it the discretisation, not the noise, limits the fit, and evidence counted in
/// units of the noise would be worthless.
pub(crate) const NOISE_FLOOR: f64 = 1e-5;

/// At least this part of the observations counts as free, however many numbers were spent on them.
const LEAST_FREEDOM: f64 = 0.25;

/// Sums of squared residuals in units of the relative noise, `[D]`.
pub(crate) fn residual_squares(data: &PreparedData, estimate: &Estimate) -> Vec<f64> {
    let dims = data.dims();
    let mut squares = vec![0.0; dims];
    let mut offset = 0;
    for segment in &data.segments {
        let states = &estimate.states[offset..][..segment.observations.len()];
        for (index, (x, y)) in states.iter().zip(&segment.observations).enumerate() {
            if !y.is_nan() {
                squares[index % dims] += ((x - y) / segment.relative_noise.at(index)).powi(2);
            }
        }
        offset += segment.observations.len();
    }
    squares
}

/// Root mean square of the residuals, corrected for the numbers spent on them, scaled, `[D]`.
pub(crate) fn residual_noise(problem: &Problem<'_>, fit: &Fit) -> Vec<f64> {
    let squares = residual_squares(problem.data, &fit.estimate);
    let mut noise: Vec<f64> = (0..problem.dims())
        .map(|d| {
            let observed = problem.data.observations(d);
            let spent = numbers_of(problem, &fit.structure, d) as f64;
            (squares[d] / (observed - spent).max(LEAST_FREEDOM * observed)).sqrt()
        })
        .collect();
    problem.data.complete_noise(&mut noise);
    noise
}

/// The same, but not below what the discretisation can tell.
pub(crate) fn noise_from_residuals(problem: &Problem<'_>, fit: &Fit) -> Vec<f64> {
    floored(problem.data, &residual_noise(problem, fit))
}

/// Noise that is not below what the discretisation can tell, `[D]`.
pub(crate) fn floored(data: &PreparedData, noise: &[f64]) -> Vec<f64> {
    noise.iter().zip(&data.spread).map(|(noise, spread)| noise.max(NOISE_FLOOR * spread)).collect()
}

/// Numbers that are estimated from the observations of a measured state: coefficients and inner constants of its
/// equation, an initial value of each trajectory, and an initial velocity.
pub(super) fn numbers_of(problem: &Problem<'_>, structure: &Structure, d: usize) -> usize {
    let (data, dictionary) = (problem.data, &problem.space.dictionary);
    let is_own = |candidate: &&Candidate| data.roles.position(candidate.state) == d;
    let own = structure.candidates().iter().filter(is_own);
    let initial = data.segments.len() * data.dims() / data.roles.measured();
    own.map(|candidate| 1 + dictionary.constants_of(candidate.term)).sum::<usize>() + initial
}
