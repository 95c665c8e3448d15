//! The linear-time method of collocation: elements condensed to their highest derivatives, then joined.

// In data-flow order.
mod inputs;

mod rules;

mod element;

mod first;

mod sweep;

mod system;

mod check;

mod evidence;

mod batch;

mod derivative;

mod lanes;

mod pullback;

mod solver;

pub use solver::{Collocation, ScalarCollocation};
