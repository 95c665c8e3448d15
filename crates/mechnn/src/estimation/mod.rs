//! What discovery and inference share of estimation.

mod directions;

mod noise;

pub(crate) use directions::named_parts;
pub(crate) use noise::largest_change;
