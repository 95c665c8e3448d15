//! Initial value problems of nonlinear ODEs, solved and differentiated.
//!
//! [`Dynamics`](crate::smoother::Dynamics) in, [`NonlinearSolution`] out: Newton's method on the collocation equations of
//! one or many steps (quasi-linearisation), steps chosen by an error estimate, a [`Status`] that tells convergence from a
//! spent budget, a solution that ends, a singular linearisation and a right-hand side that is not finite. Stiff problems
//! are no special case. Method, error estimate, adjoint and measurements: `docs/src/concepts/nonlinear.md`.

// In data-flow order.
mod tolerance;

mod rule;

mod lu;

mod piece;

mod step;

mod window;

mod newton;

mod estimate;

mod controller;

mod adaptive;

mod fixed;

mod warm;

mod solver;

mod status;

mod info;

mod solution;

mod adjoint;

mod jacobian_check;

mod error;

pub mod problems;

pub use adjoint::NonlinearGradient;
pub use error::NonlinearError;
pub use info::{NonlinearInfo, Start};
pub use jacobian_check::check_jacobians;
pub use newton::Newton;
pub use rule::CollocationRule;
pub use solution::NonlinearSolution;
pub use solver::NonlinearSolver;
pub use status::Status;
pub use tolerance::Tolerance;
