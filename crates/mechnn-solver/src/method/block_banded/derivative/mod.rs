//! The derivative of one batch element, in both directions, from its factorisation.

// In data-flow order.
mod augmented;

mod gradient;

mod tangent;

pub(super) use augmented::{Augmented, RightHandSides};
pub(super) use gradient::{ElementGradient, element_gradient};
pub(super) use tangent::element_tangent;
