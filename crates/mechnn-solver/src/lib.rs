//! A linear-time, differentiable solver for batches of linear ODEs with time-varying coefficients.
//!
//! All derivatives at all points are found together as one sparse least-squares problem in time: equation rows,
//! initial rows and smoothness rows are weighed against each other, and the result is differentiable in every input.
//!
//! Letters used in every doc comment: batch B, points N, equations E, dimensions D, orders K = order + 1 (derivatives
//! 0..K are unknowns), pinned points S, pinned derivatives Q. `[B | 1, ..]` marks an axis that may be broadcast.
//! Axis order never varies: batch, point, equation, dimension, order.
//!
//! References: Pervez, Locatello, Gavves, "Mechanistic Neural Networks for Scientific Machine Learning", ICML 2024
//! (NeuRLP, the relaxed linear programme); Chen et al., "Scalable Mechanistic Neural Networks", ICLR 2025 (S-MNN,
//! least squares in linear time).

// But for the processor instructions of `lanes`.
#![deny(unsafe_code)]

// In data-flow order.
mod error;

mod problem;

pub mod lanes;

mod many_points;

mod dynamics;

pub mod linear_algebra;

mod quadrature;

pub mod engine;

mod rows;

mod solution;

mod gradient;

mod gradient_errors;

mod variances;

pub mod method;

pub mod problems;

pub mod smoother;

pub mod nonlinear;

pub use error::{ProblemError, SolveError};
pub use gradient::{Cotangent, OdeGradient, StepsGradient};
pub use gradient_errors::GradientErrors;
pub use method::{OdeSolver, Pullback};
pub use problem::{
    BoundaryCondition, BoundaryValues, CollocationNodes, End, EquationRows, InitialValues, LinearOde, MAX_ORDERS,
    OdeProblem, Scheme, Sizes, Steps, TimeGrid, Weights,
};
pub use solution::{Factorization, RowResiduals, Solution, SolveInfo};
pub use variances::SolutionVariances;
