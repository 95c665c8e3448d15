//! The collocation equations of one step, linearised.
//!
//! $$ F_i = X_i - x_0 - h \Big( a_{i0} f(t, x_0) + \sum_j a_{ij} f(t + c_j h, X_j) \Big) = 0 $$
//!
//! $$ M = \partial F / \partial X = I - h\, (a_{ij} J_j), \qquad
//!    \partial F_i / \partial x_0 = -(I + h\, a_{i0} J_0) $$
//!
//! M is factored in the unknowns divided by their tolerance, so that pivots are chosen independently of units.

use super::equations::Equations;
use super::failure::Failure;
use super::piece::Piece;
use super::rule::Tableau;
use crate::dynamics::Linearization;
use crate::linear_algebra::lu::Lu;

/// Pivots below this part of their column leave no digit of the step.
const MIN_PIVOT_RATIO: f64 = 1e-30;

/// A step during Newton's iteration.
pub(crate) struct Step {
    pub(crate) piece: Piece,
    /// At the stages of the last iterate, `[s]`.
    pub(crate) at: Vec<Linearization>,
    /// Tolerance of every dimension at the last iterate, `[D]`.
    pub(crate) scale: Vec<f64>,
    factor: Option<Lu>,
    /// Newton's correction of the stages, `[s, D]`.
    pub(crate) correction: Vec<f64>,
}

impl Step {
    pub(crate) fn new(piece: Piece, equations: &Equations<'_>) -> Self {
        let stages = equations.tableau.stages;
        Self {
            at: (0..stages).map(|_| equations.linearization()).collect(),
            scale: vec![0.0; piece.dims()],
            factor: None,
            correction: vec![0.0; piece.stages.len()],
            piece,
        }
    }

    /// A converged step with its factors, and the linearisation at its start, which stays zero where the rule ignores
    /// it.
    pub(crate) fn linearized(piece: &Piece, equations: &Equations<'_>) -> Result<(Self, Linearization), Failure> {
        let mut step = Self::new(piece.clone(), equations);
        step.linearize(equations)?;
        let mut left = equations.linearization();
        if equations.tableau.uses_start() {
            equations.linearize(piece.time, &piece.start, &mut left)?;
        }
        Ok((step, left))
    }

    /// Evaluates and factors M at the current stages. Independent of other steps.
    pub(crate) fn linearize(&mut self, equations: &Equations<'_>) -> Result<(), Failure> {
        let Equations { tableau, tolerance, .. } = *equations;
        let (dims, stages, h) = (equations.dims(), tableau.stages, self.piece.step());
        for d in 0..dims {
            self.scale[d] = tolerance.of(d, self.piece.start[d].abs().max(self.piece.last()[d].abs()));
        }
        for (j, state) in self.piece.stages.chunks_exact(dims).enumerate() {
            equations.linearize(self.piece.time + tableau.nodes[j] * h, state, &mut self.at[j])?;
        }
        let n = stages * dims;
        let mut matrix = vec![0.0; n * n];
        for i in 0..stages {
            for j in 0..stages {
                let weight = h * tableau.weights[i * stages + j];
                for d in 0..dims {
                    let row = &mut matrix[(i * dims + d) * n + j * dims..][..dims];
                    for e in 0..dims {
                        row[e] = -weight * self.at[j].by_state[d * dims + e] * self.scale[e] / self.scale[d];
                    }
                }
            }
        }
        (0..n).for_each(|k| matrix[k * n + k] += 1.0);
        match Lu::factor(matrix, n, MIN_PIVOT_RATIO) {
            Ok(factor) => self.factor = Some(factor),
            Err(singular) if singular.pivot.is_finite() => return Err(Failure::Singular { ratio: singular.pivot }),
            Err(_) => return Err(Failure::NotFinite),
        }
        Ok(())
    }

    /// `stages <- M^-1 stages`, `[s, D]`.
    pub(crate) fn solve(&self, stages: &mut [f64]) {
        self.scaled(stages, |scale| 1.0 / scale, Lu::solve);
    }

    /// `stages <- M^-T stages`, `[s, D]`.
    pub(crate) fn solve_transposed(&self, stages: &mut [f64]) {
        self.scaled(stages, |scale| scale, Lu::solve_transposed);
    }

    fn scaled(&self, stages: &mut [f64], weight: fn(f64) -> f64, solve: fn(&Lu, &mut [f64])) {
        let scales = || self.scale.iter().cycle();
        stages.iter_mut().zip(scales()).for_each(|(value, scale)| *value *= weight(*scale));
        let Some(factor) = &self.factor else { unreachable!("a step is linearised before it is solved with") };
        solve(factor, stages);
        stages.iter_mut().zip(scales()).for_each(|(value, scale)| *value /= weight(*scale));
    }

    /// F at the linearised stages, `[s, D]`.
    pub(crate) fn residual(&self, tableau: &Tableau, left: &Linearization, out: &mut [f64]) {
        let (dims, stages, h) = (self.piece.dims(), tableau.stages, self.piece.step());
        for i in 0..stages {
            for d in 0..dims {
                let mut sum = tableau.start[i] * left.rate[d];
                for j in 0..stages {
                    sum += tableau.weights[i * stages + j] * self.at[j].rate[d];
                }
                out[i * dims + d] = self.piece.stages[i * dims + d] - self.piece.start[d] - h * sum;
            }
        }
    }

    /// Adds `-∂F/∂x_0 v`, `[s, D]`, to `out` for a change `v` of the start, `[D]`.
    pub(crate) fn add_start(&self, tableau: &Tableau, left: &Linearization, v: &[f64], out: &mut [f64]) {
        let dims = self.piece.dims();
        let mut slope = vec![0.0; dims];
        if tableau.uses_start() {
            for (slope, row) in slope.iter_mut().zip(left.by_state.chunks_exact(dims)) {
                *slope = row.iter().zip(v).map(|(j, v)| j * v).sum();
            }
        }
        for (out, weight) in out.chunks_exact_mut(dims).zip(&tableau.start) {
            for d in 0..dims {
                out[d] += v[d] + self.piece.step() * weight * slope[d];
            }
        }
    }

    /// Sets the correction `M^-1 (-F - ∂F/∂x_0 change)` for a change of the start, `[D]`.
    pub(crate) fn correct(&mut self, tableau: &Tableau, left: &Linearization, change: &[f64]) {
        let mut correction = std::mem::take(&mut self.correction);
        self.residual(tableau, left, &mut correction);
        correction.iter_mut().for_each(|value| *value = -*value);
        self.add_start(tableau, left, change, &mut correction);
        self.solve(&mut correction);
        self.correction = correction;
    }

    /// Adds the correction and the change of the start; returns the largest correction in units of the tolerance, NaN
    /// if one is.
    pub(crate) fn apply(&mut self, change: &[f64]) -> f64 {
        self.piece.start.iter_mut().zip(change).for_each(|(start, change)| *start += change);
        let mut largest = 0.0f64;
        let scales = self.scale.iter().cycle();
        for ((stage, correction), scale) in self.piece.stages.iter_mut().zip(&self.correction).zip(scales) {
            *stage += correction;
            let size = (correction / scale).abs();
            largest = if size.is_nan() { f64::NAN } else { largest.max(size) };
            if largest.is_nan() {
                return largest;
            }
        }
        largest
    }

    /// The last row of the correction, `[D]`.
    pub(crate) fn end_change(&self) -> &[f64] {
        &self.correction[self.correction.len() - self.piece.dims()..]
    }
}
