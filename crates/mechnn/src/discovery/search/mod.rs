//! The search over structures.

mod stage;

mod shortlist;

mod neighbours;

mod relations;

mod search;

pub(crate) use search::{BEHIND, FINALISTS, Search, Step};
pub(crate) use stage::{FROM_SMOOTHED_STATES, SearchStage};
