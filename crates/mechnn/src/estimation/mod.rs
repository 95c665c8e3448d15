//! What discovery and inference share of estimation: nothing here knows of structures or of model files.

mod directions;

mod noise;

mod neighbours;

pub(crate) use directions::named_parts;
pub(crate) use neighbours::Neighbours;
pub(crate) use noise::largest_change;
