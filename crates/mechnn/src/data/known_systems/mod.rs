//! Systems with known equations: for demonstrations, tests and benchmarks.

// In data-flow order.
mod right_hand_side;

mod known_system;

mod simulation;

pub use known_system::KnownSystem;
pub use right_hand_side::TrueTerm;
