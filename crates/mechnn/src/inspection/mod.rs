//! What can be said of data before anything is fitted: times, ranges, noise, values that stand out.

// In data-flow order.
mod times;

mod outliers;

#[allow(clippy::module_inception)]
mod inspection;

pub use crate::data::Peculiarity;
pub use inspection::{Inspection, StateSummary, inspect};
pub use outliers::Outlier;
pub use times::{Gap, Spacing, TimeSummary};
