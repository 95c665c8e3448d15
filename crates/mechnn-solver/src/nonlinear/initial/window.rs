//! A run of steps solved together: quasi-linearisation.
//!
//! Newton's method on the collocation equations of all steps at once. The linear system is block bidiagonal, so one
//! forward substitution solves it exactly: the correction of a step needs only the change of the state it starts from.

use rayon::prelude::*;

use super::info::NonlinearInfo;
use crate::dynamics::Linearization;
use crate::nonlinear::step::{Equations, Failure, Newton, Piece, Step};

/// Runs of at least so many steps are linearised on all threads; results do not depend on it.
const MIN_PARALLEL: usize = 16;

/// Steps that follow each other, and the linearisation at the first one's start.
pub(super) struct Window {
    pub(super) steps: Vec<Step>,
    left: Linearization,
}

impl Window {
    /// Steps with given guesses of their polynomials; `left` is the linearisation at the start of the first.
    pub(super) fn new(pieces: Vec<Piece>, left: Linearization, equations: &Equations<'_>) -> Self {
        Self { steps: pieces.into_iter().map(|piece| Step::new(piece, equations)).collect(), left }
    }

    /// Steps along `nodes`, continued from the piece `before` if it is known. All but the first step are predicted by
    /// one Newton iteration of their own, each from the end of the step before it.
    pub(super) fn predicted(
        nodes: &[f64],
        state: &[f64],
        before: Option<&Piece>,
        left: Linearization,
        equations: &Equations<'_>,
        info: &mut NonlinearInfo,
    ) -> Result<Self, Failure> {
        let mut window = Self { steps: Vec::with_capacity(nodes.len() - 1), left };
        for (k, ends) in nodes.windows(2).enumerate() {
            let before = if k == 0 { before } else { window.steps.last().map(|step| &step.piece) };
            let start = if k == 0 { state.to_vec() } else { before.map_or(state, Piece::last).to_vec() };
            let mut step = Step::new(predict(before, ends[0], ends[1], &start, equations), equations);
            if nodes.len() > 2 {
                step.linearize(equations)?;
                info.linearizations += equations.tableau.stages;
                let left = window.steps.last().map_or(&window.left, |step| &step.at[equations.tableau.stages - 1]);
                let unchanged = vec![0.0; start.len()];
                step.correct(equations.tableau, left, &unchanged);
                if step.apply(&unchanged).is_nan() {
                    return Err(Failure::NotFinite);
                }
            }
            window.steps.push(step);
        }
        Ok(window)
    }

    /// Newton's method until the correction is small against the tolerance.
    pub(super) fn converge(
        &mut self,
        newton: &Newton,
        equations: &Equations<'_>,
        info: &mut NonlinearInfo,
    ) -> Result<(), Failure> {
        info.windows += 1;
        let mut progress = newton.begin(self.steps.len(), equations.tolerance.relative);
        loop {
            info.iterations += 1;
            info.linearizations += self.steps.len() * equations.tableau.stages;
            if progress.is_converged(self.iterate(equations)?)? {
                return Ok(());
            }
        }
    }

    /// One Newton iteration; returns the largest correction in units of the tolerance.
    fn iterate(&mut self, equations: &Equations<'_>) -> Result<f64, Failure> {
        if self.steps.len() >= MIN_PARALLEL {
            self.steps.par_iter_mut().map(|step| step.linearize(equations)).collect::<Vec<_>>().into_iter().collect()
        } else {
            self.steps.iter_mut().try_for_each(|step| step.linearize(equations))
        }?;
        let mut change = vec![0.0; equations.dims()];
        let mut largest = 0.0f64;
        for k in 0..self.steps.len() {
            let (before, rest) = self.steps.split_at_mut(k);
            let left = before.last().map_or(&self.left, |step| &step.at[equations.tableau.stages - 1]);
            rest[0].correct(equations.tableau, left, &change);
            let size = rest[0].apply(&change);
            if size.is_nan() {
                return Err(Failure::NotFinite);
            }
            largest = largest.max(size);
            change.copy_from_slice(rest[0].end_change());
        }
        Ok(largest)
    }

    /// The linearisation at the start of step `k`, at the last iterate.
    pub(super) fn left_of(&self, k: usize) -> &Linearization {
        match k.checked_sub(1).and_then(|before| self.steps[before].at.last()) {
            Some(left) => left,
            None => &self.left,
        }
    }

    /// Gives the first `count` polynomials away.
    pub(super) fn into_pieces(self, count: usize) -> impl Iterator<Item = Piece> {
        self.steps.into_iter().take(count).map(|step| step.piece)
    }
}

/// A polynomial read further than this many of its own steps beyond its end is no guess at all.
const MAX_EXTRAPOLATION: f64 = 2.5;

fn predict(before: Option<&Piece>, time: f64, end: f64, start: &[f64], equations: &Equations<'_>) -> Piece {
    if let Some(before) = before
        && end - time <= MAX_EXTRAPOLATION * before.step()
    {
        let piece = before.continued(time, end, start, equations.tableau);
        if piece.stages.iter().all(|value| value.is_finite()) {
            return piece;
        }
    }
    Piece::constant(time, end, start, equations.tableau)
}
