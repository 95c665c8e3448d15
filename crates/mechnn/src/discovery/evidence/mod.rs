//! What speaks for and against equations, beside how well they fit.

mod fitted_trajectory;

mod residuals;

mod state_evidence;

mod column;

mod forecast;

mod held_out;

mod direction;

mod same_functions;

mod weighted_model;

mod verdict;

mod finding;

mod remark;

pub use column::Column;
pub(crate) use column::columns;
pub(crate) use direction::open_directions;
pub use direction::{Direction, Part};
pub use finding::Finding;
pub use fitted_trajectory::FittedTrajectory;
pub use forecast::Forecast;
pub(crate) use forecast::Past;
pub use held_out::{HeldOut, Prediction};
pub(crate) use held_out::{Refit, deviation_limit, refit_without_last_rows};
pub use remark::Evidence;
pub use residuals::Residuals;
pub(crate) use residuals::residuals;
pub(crate) use same_functions::{SameFunctions, classes_of_functions};
pub use state_evidence::{Description, StateEvidence};
pub(crate) use state_evidence::{Judged, state_evidence};
pub use verdict::Verdict;
pub use weighted_model::{TermWeight, WeightedModel};
pub(crate) use weighted_model::{term_weights, weights};
