//! The data, prepared: scaled, on a grid, with smoothed states and the noise found beside them.
//!
//! Everything that is known before the first candidate term is thought of.

mod scaling;

mod grid;

mod range;

pub(crate) mod known;

mod smoothed;

mod outliers;

pub(crate) mod noise;

mod first_estimate;

mod prepared;

mod signs;

mod excerpt;

mod refinement;

mod variables;

mod spectrum;

pub(crate) use outliers::{SeriesOf, SeriesOutliers, SetAside};
pub(crate) use prepared::{Preparation, PreparedData};
pub(crate) use range::Range;
pub(crate) use spectrum::dominant_frequencies;
