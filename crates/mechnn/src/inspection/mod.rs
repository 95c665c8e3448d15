//! What can be said of data before anything is fitted: times, ranges, noise, values that stand out.

// In data-flow order.
mod times;

mod peculiarity;

mod outliers;

#[allow(clippy::module_inception)]
mod inspection;

pub use inspection::{Inspection, StateSummary, inspect};
pub use outliers::Outlier;
pub use peculiarity::Peculiarity;
pub use times::{Gap, Spacing, TimeSummary};
