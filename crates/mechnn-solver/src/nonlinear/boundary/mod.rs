//! Two-point boundary value problems of nonlinear ODEs.
//!
//! $$ x' = f(t, x, \theta), \qquad B_0\, x(t_0) + B_1\, x(t_{N-1}) = \beta $$
//!
//! Damped Newton iteration (quasi-linearisation) on the collocation equations of the whole interval. Condensing the
//! stages of a step leaves an affine map between its ends; the maps and the conditions are an almost block diagonal
//! system, eliminated orthogonally by the same code as linear collocation: growing solutions do no harm. The mesh
//! follows the error, which is measured by halving all steps. The guess decides which solution is found where there
//! are several.
//!
//! Derivation and measurements: `docs/src/concepts/nonlinear.md`.

// In data-flow order.
mod conditions;

mod status;

mod trajectory;

mod linearized;

mod damped;

mod mesh;

mod solver;

mod solution;

pub use conditions::LinearConditions;
pub use solution::{BoundaryGradient, BoundarySolution};
pub use solver::BoundarySolver;
pub use status::{BoundaryInfo, BoundaryStatus};
