//! A linear-time, differentiable solver for batches of linear ODEs with time-varying coefficients.
//!
//! All derivatives at all points are found together as one sparse least-squares problem in time: equation rows, initial
//! rows and smoothness rows are weighed against each other, and the result is differentiable in every input.
//!
//! Letters used in every doc comment: batch B, points N, equations E, dimensions D, orders K = order + 1 (derivatives
//! 0..K are unknowns), pinned points S, pinned derivatives Q. `[B | 1, ..]` marks an axis that may be broadcast.
//! Axis order never varies: batch, point, equation, dimension, order.
//!
//! References: Pervez, Locatello, Gavves, "Mechanistic Neural Networks for Scientific Machine Learning", ICML 2024
//! (NeuRLP, the relaxed linear programme); Chen et al., "Scalable Mechanistic Neural Networks", ICLR 2025 (S-MNN, least
//! squares in linear time).

// In data-flow order.
mod shape;

mod grid;

mod ode;

mod boundary;

mod problem;

mod scheme;

mod condition;

mod rows;

pub mod linear_algebra;

mod quadrature;

pub mod engine;

pub mod method;

mod solution;

mod variances;

pub mod problems;

pub mod smoother;

pub mod nonlinear;

mod error;

pub use boundary::{BoundaryCondition, BoundaryValues, End};
pub use error::{ProblemError, SolveError};
pub use grid::{Steps, TimeGrid};
pub use method::{OdeSolver, Pullback};
pub use ode::{InitialValues, LinearOde};
pub use problem::{MAX_ORDERS, OdeProblem};
pub use scheme::{CollocationNodes, EquationRows, Scheme, Weights};
pub use shape::Sizes;
pub use solution::{Cotangent, Factorization, OdeGradient, RowResiduals, Solution, SolveInfo, StepsGradient};
pub use variances::SolutionVariances;
