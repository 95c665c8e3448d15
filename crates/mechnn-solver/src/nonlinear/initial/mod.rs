//! Initial value problems: runs of steps solved together, their length chosen by the error.

// In data-flow order.
mod status;

mod info;

mod solver;

mod path;

mod window;

mod estimate;

mod controller;

mod adaptive;

mod fixed;

mod warm;

mod solution;

mod solve;

mod adjoint;

pub use adjoint::NonlinearGradient;
pub use info::{NonlinearInfo, Start};
pub use solution::NonlinearSolution;
pub use solver::NonlinearSolver;
pub use status::Status;
