//! Which methods are asked to solve a problem.
#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::method::all_methods;
use mechnn_solver::{OdeProblem, OdeSolver};

/// Every method that can solve the problem in the time of a test: the dense reference is cubic.
pub(crate) fn methods_for(problem: &OdeProblem) -> Vec<Box<dyn OdeSolver>> {
    let sizes = problem.sizes();
    let unknowns = sizes.points * sizes.dims * sizes.orders;
    let is_fast = |name: &str| name != "dense" || unknowns <= LARGEST_DENSE;
    all_methods().into_iter().filter(|method| method.supports(problem) && is_fast(method.name())).collect()
}

/// Every method but the dense reference that can solve the problem.
pub(crate) fn fast_methods_for(problem: &OdeProblem) -> Vec<Box<dyn OdeSolver>> {
    all_methods().into_iter().filter(|method| method.name() != "dense" && method.supports(problem)).collect()
}

/// Unknowns per batch element up to which the dense reference takes part.
const LARGEST_DENSE: usize = 1000;
