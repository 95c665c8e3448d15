//! Standard initial value problems, shared by tests, benchmarks and examples.
//!
//! The letters are those of DETEST (Hull et al. 1972).

// In data-flow order.
mod dual;

mod equations;

mod standard_problem;

mod elliptic;

mod smooth;

mod stiff;

mod failing;

pub use failing::{overflow, pole, root_of_state, root_of_time};
pub use standard_problem::{Reference, StandardProblem};

/// Every problem with a solution on all of its times.
pub fn all() -> Vec<StandardProblem> {
    smooth::problems().into_iter().chain(stiff::problems()).collect()
}
