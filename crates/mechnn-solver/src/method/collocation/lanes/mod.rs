//! Initial value problems of the usual shapes with a batch element in each lane: what the other path does, fused.
//!
//! A group of batch elements, one in each lane, is swept over in one pass: points are read a stage at a time, an
//! element is condensed, solved without exchanging rows, and its residuals are judged while its numbers are in
//! registers. The transposed sweep computes the solution again, a stage at a time, instead of reading it from memory.
//! Where a lane's pivots are small beside their columns, or a residual is larger than rounding explains, that batch
//! element is solved again on the other path ([`crate::method::collocation::sweep`]), whatever its neighbours do.

// In data-flow order.
mod problem;

mod rule;

mod elimination;

mod element;

mod element_rules;

mod stage;

mod monitor;

mod solve;

mod gradient;

mod step_gradient;

mod pull;

mod kernel;

mod tasks;

#[cfg(test)]
mod tests;

pub(super) use kernel::Kernel;
pub(super) use tasks::{Checkpoints, Solved, pull, solve};
