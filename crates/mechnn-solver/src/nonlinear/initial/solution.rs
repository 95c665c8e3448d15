//! A solution, and what it knows about itself.

use ndarray::Array2;

use super::info::NonlinearInfo;
use super::path::Path;
use super::status::Status;
use crate::dynamics::Dynamics;
use crate::nonlinear::step::{Equations, Tableau, Tolerance};

/// States at the requested times, and the steps behind them.
///
/// [`pull`](Self::pull) and [`push`](Self::push) differentiate it.
pub struct NonlinearSolution<'a> {
    /// States at the first R requested times, `[R, D]`, finite; R = N exactly if the status is `Converged`.
    pub states: Array2<f64>,
    /// Why the solve ended.
    pub status: Status,
    /// Work and quality.
    pub info: NonlinearInfo,
    pub(super) dynamics: &'a dyn Dynamics,
    pub(super) theta: Vec<f64>,
    pub(super) tableau: Tableau,
    pub(super) tolerance: Tolerance,
    pub(super) initial: Vec<f64>,
    pub(super) start_time: f64,
    pub(super) path: Path,
}

impl NonlinearSolution<'_> {
    /// Ends of all steps, the initial time first, `[info.steps + 1]`.
    pub fn mesh(&self) -> Vec<f64> {
        std::iter::once(self.start_time).chain(self.path.pieces.iter().map(|piece| piece.end)).collect()
    }

    /// States at all ends of steps, `[info.steps + 1, D]`. Where the status is not `Converged` they reach beyond the
    /// last row of `states`.
    pub fn mesh_states(&self) -> Array2<f64> {
        let row = |steps: usize| if steps == 0 { &self.initial[..] } else { self.path.pieces[steps - 1].last() };
        Array2::from_shape_fn((self.path.pieces.len() + 1, self.initial.len()), |(steps, d)| row(steps)[d])
    }

    pub(super) fn equations(&self) -> Equations<'_> {
        Equations { dynamics: self.dynamics, theta: &self.theta, tableau: &self.tableau, tolerance: &self.tolerance }
    }

    /// Time and state of requested row `n`, which was reached.
    pub(super) fn output(&self, n: usize) -> (f64, &[f64]) {
        match self.path.outputs[n].checked_sub(1) {
            Some(step) => (self.path.pieces[step].end, self.path.pieces[step].last()),
            None => (self.start_time, &self.initial),
        }
    }
}
