//! States and parameters of a nonlinear ODE estimated together from noisy, incomplete observations.
//!
//! $$ \min_{x, \theta} \; \sum_{t,d} \frac{(x_{t,d} - y_{t,d})^2}{\sigma_d^2}
//!    + \sum_{t,d} \frac{c_{t,d}(x_t, x_{t+1}, \theta)^2}{q_d^2\, h_t / \bar h} + \sum_j \pi_j \theta_j^2 $$
//!
//! where `c` is the defect of one implicit fourth-order step over `[t, t+1]` (Hermite-Simpson) and missing
//! observations have no term. Gauss-Newton linearises the defects; the normal equations are block tridiagonal in the
//! states (block size D), bordered by the parameters, and are solved in O(N D (D + P)^2) by the same
//! [`engine`](crate::engine) that solves linear ODEs. The border's Schur complement is the posterior precision of the
//! parameters: error bars come free.
//!
//! The derivation is in `docs/src/concepts/smoother.md`. Related: Ramsay et al. 2007 (generalised profiling), Särkkä
//! 2013, chapter 9 (smoothing as a banded least-squares problem).

// In data-flow order.
mod defect;

mod relative_noise;

mod problem;

mod intervals;

mod normal_equations;

mod gauss_newton;

mod marginals;

mod initial_state;

mod reduced;

mod exact;

mod step_determinant;

mod wiener;

pub use crate::dynamics::{Dynamics, Linearization, Residuals};
pub use crate::many_points::{Linearizations, Points};
pub use exact::{ExactFit, ExactReport};
pub use gauss_newton::{GaussNewton, GaussNewtonReport, Profile, Termination};
pub use initial_state::InitialState;
pub use marginals::Marginals;
pub use problem::{Estimate, Objective, Segment, SmootherError, SmootherProblem};
pub use relative_noise::RelativeNoise;
pub use wiener::{WienerEstimate, WienerSmoother};
