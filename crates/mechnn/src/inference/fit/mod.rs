//! States and parameters at their best.

mod observer;

mod identifiability;

mod fitted;

mod problem;

mod levels;

mod loose;

mod exact;

mod stochastic;

mod best_fit;

pub(crate) use best_fit::best_fit;
pub(crate) use fitted::Fit;
pub(crate) use identifiability::{OpenDirection, analyse};
pub use observer::{InferenceObserver, InferenceProgress};
pub(crate) use problem::problem_per_time;
