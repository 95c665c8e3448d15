//! What was typed, and what it means: decided once, before a table is read.

mod noise_arg;

mod unit_assignment;

mod search_args;

mod discover_args;

mod refusal;

mod model_file;

mod tables;

mod direct_search;

mod neural_search;

mod parse;

pub(crate) use direct_search::DirectSearch;
pub(super) use direct_search::{PerTrajectorySearch, SearchOptions};
pub(crate) use discover_args::DiscoverArgs;
pub(super) use neural_search::NeuralSearch;
pub(super) use parse::Request;
pub(super) use refusal::Refusal;
pub(crate) use search_args::SearchArgs;
pub(super) use unit_assignment::{variables, without_unit};
