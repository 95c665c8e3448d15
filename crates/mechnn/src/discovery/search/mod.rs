//! The search over structures.

mod stage;

mod shortlist;

mod neighbours;

mod relations;

mod structure_search;

#[cfg(test)]
mod tests;

pub(crate) use stage::{FROM_SMOOTHED_STATES, SearchStage};
pub(crate) use structure_search::{BEHIND, FINALISTS, Search, Step};
