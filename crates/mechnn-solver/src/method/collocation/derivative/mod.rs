//! The derivative of the solution: multipliers of the rows, and what they mean for every input.

// In data-flow order.
mod gradient;

mod targets;

mod tangent;

mod pullback;

pub(super) use pullback::CollocationPullback;
