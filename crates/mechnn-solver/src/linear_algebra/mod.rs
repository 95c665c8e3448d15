//! Linear algebra of small dense matrices, each method once: everything here knows matrices and no ODE.
//!
//! The matrices that grow with time are in [`engine`](crate::engine).

mod accurate_sum;

pub(crate) mod lu;

mod two_point;

mod symmetric_eigen;

pub(crate) use accurate_sum::AccurateSum;
pub use symmetric_eigen::symmetric_eigen;
pub(crate) use two_point::TwoPoint;
