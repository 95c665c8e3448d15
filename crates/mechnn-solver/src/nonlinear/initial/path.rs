//! What is solved, and the steps found.

use super::solver::NonlinearSolver;
use crate::nonlinear::step::{Equations, Piece};

/// What is to be solved, checked.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) solver: &'a NonlinearSolver,
    pub(super) equations: Equations<'a>,
    pub(super) initial: &'a [f64],
    pub(super) times: &'a [f64],
}

/// Steps found, and how many of them end at or before each requested time that was reached.
pub(super) struct Path {
    pub(super) pieces: Vec<Piece>,
    pub(super) outputs: Vec<usize>,
}
