//! One step: the collocation polynomial, its equations linearised, and their derivative.

// In data-flow order.
mod tolerance;

mod rule;

mod piece;

mod failure;

mod equations;

mod linearized_step;

mod newton;

mod adjoint;

pub(super) use adjoint::{pull_step, push_step};
pub(super) use equations::Equations;
pub(super) use failure::Failure;
pub(super) use linearized_step::Step;
pub use newton::Newton;
pub(super) use piece::Piece;
pub use rule::CollocationRule;
pub(super) use rule::Tableau;
pub use tolerance::Tolerance;
