//! What speaks for and against equations, beside how well they fit.

mod fitted_trajectory;

mod residuals;

mod held_out;

mod direction;

mod weighted_model;

mod verdict;

mod remark;

pub(crate) use direction::open_directions;
pub use direction::{Direction, Part};
pub use fitted_trajectory::FittedTrajectory;
pub use held_out::HeldOut;
pub(crate) use held_out::{Refit, refit_without_last_rows};
pub use remark::Evidence;
pub use residuals::Residuals;
pub(crate) use residuals::residuals;
pub use verdict::Verdict;
pub use weighted_model::{TermWeight, WeightedModel};
pub(crate) use weighted_model::{term_weights, weights};
