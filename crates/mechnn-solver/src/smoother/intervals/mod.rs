//! The defects of many consecutive intervals at once, and what they add to the normal equations.
//!
//! The formulas are those of [`Defect`](super::defect::Defect). Here every quantity lies along the intervals, so that
//! the model is evaluated at all points in one call, and an interval is a lane.

// In data-flow order.
mod evaluated;

mod rows;

mod grams;

#[cfg(test)]
mod tests;

use super::problem::SmootherProblem;
use crate::dynamics::Dynamics;
use crate::engine::arrow::{ArrowMatrix, Columns, PairRows};
use crate::many_points::Points;
use evaluated::Evaluated;

/// Intervals at a time: the numbers of so many stay in the cache, and a call of the dynamics is paid once for all.
pub(super) const MOST_INTERVALS: usize = 64;

/// Up to [`MOST_INTERVALS`] consecutive intervals of a segment.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    /// Of the segment.
    pub(super) dynamics: &'a dyn Dynamics,
    /// `[P]`
    pub(super) theta: &'a [f64],
    /// Of their ends, `[n + 1]`.
    pub(super) times: &'a [f64],
    /// At their ends, `[n + 1, D]`.
    pub(super) states: &'a [f64],
}

/// Room for up to [`MOST_INTERVALS`] intervals, and for their results.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    dims: usize,
    parameters: usize,
    /// n
    count: usize,
    /// Lengths, `[n]`.
    steps: Vec<f64>,
    /// One over the standard deviation of each defect, `[D, n]`.
    weights: Vec<f64>,
    /// The same for a model error of 1, `[n]`.
    relative_weights: Vec<f64>,
    /// At the n + 1 points between which the intervals are.
    ends: Evaluated,
    /// In the middle of each.
    middles: Evaluated,
    /// Room for the dynamics.
    work: Vec<f64>,
    /// Derivatives of the weighted defects by the state before and the state after, `[n / 8, D, D]` of eight intervals
    /// each.
    left: Vec<Columns>,
    right: Vec<Columns>,
    /// The same, and products with themselves and each other, interval by interval, `[n, D, D]`.
    left_blocks: Vec<f64>,
    right_blocks: Vec<f64>,
    left_gram: Vec<f64>,
    right_gram: Vec<f64>,
    /// Derivatives by the parameters, then the defect itself, `[n, D, w]`.
    border: Vec<Columns>,
}

impl Intervals {
    /// The intervals of a piece, of which nothing is evaluated yet.
    fn set(&mut self, problem: &SmootherProblem<'_>, piece: Piece<'_>) {
        let Piece { times, states, .. } = piece;
        let (dims, count) = (problem.dynamics.dims(), times.len() - 1);
        (self.dims, self.parameters, self.count) = (dims, problem.dynamics.parameters(), count);
        self.ends.set_times(dims, times.iter().copied());
        for (d, along) in self.ends.states.chunks_exact_mut(count + 1).take(dims).enumerate() {
            along.iter_mut().zip(states.iter().skip(d).step_by(dims)).for_each(|(own, x)| *own = *x);
        }
        self.middles.set_times(dims, times.windows(2).map(|ends| ends[0] + 0.5 * (ends[1] - ends[0])));
        evaluated::resize(&mut self.steps, count);
        self.steps.iter_mut().zip(times.windows(2)).for_each(|(h, ends)| *h = ends[1] - ends[0]);
        evaluated::resize(&mut self.weights, dims * count);
        evaluated::resize(&mut self.relative_weights, count);
        let relative = &mut self.relative_weights[..count];
        relative.iter_mut().zip(&self.steps).for_each(|(weight, h)| *weight = (problem.reference_step / h).sqrt());
        for (weights, model_error) in self.weights.chunks_exact_mut(count).zip(problem.model_error) {
            let precision = model_error.recip();
            weights.iter_mut().zip(&*relative).for_each(|(weight, relative)| *weight = relative * precision);
        }
    }

    /// x_m = (x_0 + x_1) / 2 + h/8 (f_0 - f_1)
    fn set_middles(&mut self) {
        let n = self.count;
        for d in 0..self.dims {
            let (x, f) = (&self.ends.states[d * (n + 1)..][..=n], &self.ends.rate[d * (n + 1)..][..=n]);
            let middle = &mut self.middles.states[d * n..][..n];
            for i in 0..n {
                middle[i] = 0.5 * (x[i] + x[i + 1]) + self.steps[i] / 8.0 * (f[i] - f[i + 1]);
            }
        }
    }

    /// The sum of squares of the weighted defects of a piece.
    pub(super) fn sum_of_squares(&mut self, problem: &SmootherProblem<'_>, piece: Piece<'_>) -> f64 {
        self.set(problem, piece);
        let Piece { dynamics, theta, .. } = piece;
        let n = self.count;
        self.ends.set_rates(dynamics, theta, &mut self.work);
        self.set_middles();
        self.middles.set_rates(dynamics, theta, &mut self.work);
        let mut sum = 0.0;
        for d in 0..self.dims {
            let (x, f) = (&self.ends.states[d * (n + 1)..][..=n], &self.ends.rate[d * (n + 1)..][..=n]);
            let (middle, weights) = (&self.middles.rate[d * n..][..n], &self.weights[d * n..][..n]);
            for i in 0..n {
                // c = x_1 - x_0 - h/6 (f_0 + 4 f_m + f_1)
                let defect = x[i + 1] - x[i] - self.steps[i] / 6.0 * (f[i] + 4.0 * middle[i] + f[i + 1]);
                sum += (defect * weights[i]).powi(2);
            }
        }
        sum
    }

    /// Adds the normal equations of a piece to those of the points from `first` on.
    pub(super) fn add_normal_equations(
        &mut self,
        problem: &SmootherProblem<'_>,
        piece: Piece<'_>,
        first: usize,
        matrix: &mut ArrowMatrix,
    ) {
        self.set(problem, piece);
        let Piece { dynamics, theta, .. } = piece;
        self.ends.linearize(dynamics, theta, &mut self.work);
        self.set_middles();
        self.middles.linearize(dynamics, theta, &mut self.work);
        self.set_rows();
        self.set_grams(matrix.below_from(first));
        let size = self.dims * self.dims;
        let add =
            |target: &mut [f64], gram: &[f64]| target.iter_mut().zip(gram).for_each(|(sum, entry)| *sum += entry);
        add(matrix.diagonal_from(first), &self.left_gram[..self.count * size]);
        add(matrix.diagonal_from(first + 1), &self.right_gram[..self.count * size]);
        let rows = PairRows { left: &self.left_blocks, right: &self.right_blocks, border: &self.border };
        matrix.add_border_of_pairs(first, &rows);
    }
}
