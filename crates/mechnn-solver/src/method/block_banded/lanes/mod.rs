//! The same normal equations on vectors: each lane is a batch element, everything about a point is done while it is in
//! registers and the first-level cache, and no matrix is stored but the factors of the group at work.
//!
//! What is not solved here, problem or element, is left to the scalar code beside: see [`supports`] and [`judgement`].

// In data-flow order.
mod tile;

mod interval;

mod point;

mod group;

mod workspace;

mod eliminate;

mod solve_back;

mod measure;

mod pull_back;

mod judgement;

mod shape;

mod batch;

mod gradient;

#[cfg(test)]
mod tests;

pub(super) use batch::solve;
pub(super) use gradient::pull;
pub(super) use shape::supports;
