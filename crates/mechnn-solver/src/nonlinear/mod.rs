//! Initial value problems of nonlinear ODEs, solved and differentiated.
//!
//! [`Dynamics`](crate::dynamics::Dynamics) in, [`NonlinearSolution`] out: Newton's method on the collocation equations
//! of one or many steps (quasi-linearisation), steps chosen by an error estimate, a [`Status`] that tells convergence
//! from a spent budget, a solution that ends, a singular linearisation and a right-hand side that is not finite. Stiff
//! problems are no special case. [`BoundarySolver`] solves two-point boundary value problems. Method, error estimate,
//! adjoint and measurements: `docs/src/concepts/nonlinear.md`.
//!
//! # Example
//! ```
//! use mechnn_solver::nonlinear::{NonlinearSolver, Status};
//! use mechnn_solver::smoother::{Dynamics, Linearization};
//!
//! /// x' = θ x (1 - x)
//! struct Growth;
//!
//! impl Dynamics for Growth {
//!     fn dims(&self) -> usize {
//!         1
//!     }
//!     fn parameters(&self) -> usize {
//!         1
//!     }
//!     fn rate(&self, _t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
//!         rate[0] = theta[0] * x[0] * (1.0 - x[0]);
//!     }
//!     fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
//!         self.rate(t, x, theta, &mut out.rate);
//!         out.by_state[0] = theta[0] * (1.0 - 2.0 * x[0]);
//!         out.by_parameter[0] = x[0] * (1.0 - x[0]);
//!     }
//! }
//!
//! let solution = NonlinearSolver::with_tolerance(1e-8, 1e-10).solve(&Growth, &[2.0], &[0.5], &[0.0, 1.0])?;
//! assert_eq!(solution.status, Status::Converged);
//! // x(1) = 1 / (1 + e^-2) and dx(1)/dθ = x (1 - x)
//! let exact = 1.0 / (1.0 + (-2.0f64).exp());
//! assert!((solution.states[[1, 0]] - exact).abs() < 1e-8);
//! let gradient = solution.pull(ndarray::array![[0.0], [1.0]].view())?;
//! assert!((gradient.parameters[0] - exact * (1.0 - exact)).abs() < 1e-8);
//! # Ok::<(), mechnn_solver::nonlinear::NonlinearError>(())
//! ```

// In data-flow order.
mod error;

mod step;

mod initial;

mod boundary;

mod jacobian_check;

pub mod problems;

pub use boundary::{
    BoundaryGradient, BoundaryInfo, BoundarySolution, BoundarySolver, BoundaryStatus, LinearConditions,
};
pub use error::NonlinearError;
pub use initial::{NonlinearGradient, NonlinearInfo, NonlinearSolution, NonlinearSolver, Start, Status};
pub use jacobian_check::check_jacobians;
pub use step::{CollocationRule, Newton, Tolerance};
