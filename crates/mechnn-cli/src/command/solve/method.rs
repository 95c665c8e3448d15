//! Which method solves: the one line that decides it.

use mechnn_solver::OdeSolver;

/// The method of every `mechnn solve`.
pub(super) fn method() -> Box<dyn OdeSolver> {
    Box::new(mechnn_solver::method::Automatic)
}
