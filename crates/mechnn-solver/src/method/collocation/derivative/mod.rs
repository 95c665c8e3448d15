//! The derivative of the solution: multipliers of the rows, and what they mean for every input.

// In data-flow order.
mod gradient;

mod targets;

mod tangent;

pub(super) use gradient::{ElementGradient, StepAxes};
pub(super) use tangent::tangent_rows;
pub(super) use targets::Targets;
