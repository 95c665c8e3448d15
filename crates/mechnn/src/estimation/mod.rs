//! What discovery and inference share of estimation: nothing here knows of structures or of model files.

mod directions;

mod noise;

mod neighbours;

mod limits;

pub(crate) use directions::named_parts;
pub use limits::REPRODUCED_R2;
pub(crate) use limits::{TELLING_CORRELATION, WITHIN_NOISE};
pub(crate) use neighbours::Neighbours;
pub(crate) use noise::largest_change;
