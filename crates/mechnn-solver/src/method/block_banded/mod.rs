//! The linear-time method: normal equations by blocks of time, Cholesky, refinement with the residuals of the rows.

// In data-flow order.
mod rows;

mod factor;

mod derivative;

mod lanes;

mod pullback;

mod lane_pullback;

mod solver;

mod variances;

pub use solver::BlockBanded;
