//! Solvers of an [`OdeProblem`](crate::OdeProblem). Every method agrees with [`Dense`] in values and gradients.

// In data-flow order.
mod solver;

mod dense;

mod block_banded;

mod collocation;

mod automatic;

pub use automatic::Automatic;
pub use block_banded::BlockBanded;
pub use collocation::Collocation;
#[doc(hidden)]
pub use collocation::ScalarCollocation;
pub use dense::{Dense, DenseSystem};
pub use solver::{OdeSolver, Pullback};

/// Every method, for tests and benchmarks that hold for all of them; each [`OdeSolver::supports`] its own schemes.
pub fn all_methods() -> Vec<Box<dyn OdeSolver>> {
    vec![Box::new(Dense), Box::new(BlockBanded), Box::new(Collocation)]
}
