//! The normal equations of the smoother: its objective, linearised.

use super::intervals::{Intervals, MOST_INTERVALS, Piece};
use super::problem::{Estimate, Objective, Segment, SmootherProblem};
use crate::dynamics::{Dynamics, Residuals};
use crate::engine::arrow::ArrowMatrix;

/// Normal equations `H step = -g` with half the Gauss-Newton Hessian H and half the gradient g of the objective, and
/// the room in which they are made: it is kept from one iteration to the next.
#[derive(Debug, Default)]
pub(super) struct NormalEquations {
    matrix: ArrowMatrix,
    intervals: Intervals,
}

impl NormalEquations {
    /// Those at an estimate.
    pub(super) fn at(&mut self, problem: &SmootherProblem<'_>, estimate: &Estimate) -> &mut ArrowMatrix {
        let Self { matrix, intervals } = self;
        let (dims, parameters) = (problem.dynamics.dims(), problem.dynamics.parameters());
        let theta = &estimate.parameters[..];
        matrix.reset(problem.points(), dims, parameters);
        for (j, (theta, precision)) in theta.iter().zip(problem.prior_precision).enumerate() {
            matrix.add_corner(j, j, *precision);
            matrix.add_corner(parameters, j, precision * theta);
        }
        let mut first = 0; // point index of the segment's start
        for (index, segment) in problem.segments.iter().enumerate() {
            let dynamics = problem.dynamics_of(index);
            let states = &estimate.states[first * dims..][..segment.observations.len()];
            add_observations(matrix, first, segment, states, problem.noise);
            if dynamics.residuals() > 0 {
                add_residuals(matrix, first, dynamics, states, theta);
            }
            for (begin, piece) in pieces(dynamics, theta, segment, states) {
                intervals.add_normal_equations(problem, piece, first + begin, matrix);
            }
            first += segment.times.len();
        }
        matrix
    }

    /// The objective at an estimate; infinite where the model is not finite.
    pub(super) fn objective(&mut self, problem: &SmootherProblem<'_>, estimate: &Estimate) -> Objective {
        let dims = problem.dynamics.dims();
        let theta = &estimate.parameters[..];
        let mut objective = Objective::default();
        let mut offset = 0;
        for (index, segment) in problem.segments.iter().enumerate() {
            let states = &estimate.states[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            let dynamics = problem.dynamics_of(index);
            if dynamics.residuals() > 0 {
                let mut residuals = Residuals::zeros(dynamics.residuals(), dims, theta.len());
                for (point, x) in states.chunks_exact(dims).enumerate() {
                    dynamics.residual(point, x, theta, &mut residuals);
                    objective.data += residuals.value.iter().map(|r| r * r).sum::<f64>();
                }
            }
            for (t, (x, observed)) in states.chunks(dims).zip(segment.observations.chunks(dims)).enumerate() {
                for d in 0..dims {
                    if !observed[d].is_nan() {
                        let noise = problem.noise[d] * segment.relative_noise.at(t * dims + d);
                        objective.data += ((x[d] - observed[d]) / noise).powi(2);
                    }
                }
            }
            for (_, piece) in pieces(dynamics, theta, segment, states) {
                objective.dynamics += self.intervals.sum_of_squares(problem, piece);
            }
        }
        objective.prior =
            theta.iter().zip(problem.prior_precision).map(|(theta, precision)| precision * theta * theta).sum();
        if objective.total().is_nan() {
            objective.dynamics = f64::INFINITY;
        }
        objective
    }
}

/// The intervals of a segment in pieces, each with its first point; neighbours share a point.
fn pieces<'a>(
    dynamics: &'a dyn Dynamics,
    theta: &'a [f64],
    segment: &'a Segment,
    states: &'a [f64],
) -> impl Iterator<Item = (usize, Piece<'a>)> {
    let (points, dims) = (segment.times.len(), dynamics.dims());
    (0..points.saturating_sub(1)).step_by(MOST_INTERVALS).map(move |begin| {
        let end = points.min(begin + MOST_INTERVALS + 1);
        let (times, states) = (&segment.times[begin..end], &states[begin * dims..end * dims]);
        (begin, Piece { dynamics, theta, times, states })
    })
}

fn add_observations(matrix: &mut ArrowMatrix, first: usize, segment: &Segment, states: &[f64], noise: &[f64]) {
    let dims = noise.len();
    for (t, observed) in segment.observations.chunks_exact(dims).enumerate() {
        for d in 0..dims {
            if !observed[d].is_nan() {
                let precision = (noise[d] * segment.relative_noise.at(t * dims + d)).powi(-2);
                matrix.diagonal_from(first + t)[d * dims + d] += precision;
                matrix.add_right(first + t, d, precision * (states[t * dims + d] - observed[d]));
            }
        }
    }
}

fn add_residuals(matrix: &mut ArrowMatrix, first: usize, dynamics: &dyn Dynamics, states: &[f64], theta: &[f64]) {
    let (dims, parameters) = (dynamics.dims(), theta.len());
    let mut residuals = Residuals::zeros(dynamics.residuals(), dims, parameters);
    for (t, x) in states.chunks_exact(dims).enumerate() {
        dynamics.residual(t, x, theta, &mut residuals);
        for (k, &value) in residuals.value.iter().enumerate() {
            let by_state = &residuals.by_state[k * dims..][..dims];
            let by_parameter = &residuals.by_parameter[k * parameters..][..parameters];
            matrix.add_row(first + t, value, by_state, by_parameter);
        }
    }
}
