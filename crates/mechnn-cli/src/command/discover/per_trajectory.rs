//! `discover --per-trajectory`: one structure, coefficients of each trajectory its own.

use std::sync::Arc;

use mechnn::data::Dataset;
use mechnn::discovery::{
    DiscoveryError, DiscoveryOptions, DiscoveryResult, Observer, SharedDiscovery, discover_shared,
};
use mechnn::equation::SparseModel;

use super::finding::Part;
use super::flow::Search;
use super::request::{PerTrajectorySearch, Refusal, SearchOptions};
use crate::failure::Failure;

impl Search for PerTrajectorySearch {
    type Found = SharedDiscovery;

    const TOO_EARLY: &'static str = "the search was stopped before it had equations for all trajectories";

    fn asked(&self) -> &SearchOptions {
        &self.options
    }

    fn discovery_options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure> {
        PerTrajectorySearch::discovery_options(self, data)
    }

    fn parts(&self, data: &Arc<Dataset>) -> Result<Vec<Part>, Failure> {
        if data.trajectories.len() < 2 {
            return Err(Refusal::OneTrajectory.into());
        }
        let part = |index: usize| {
            let name = data.trajectories[index].name.clone();
            Part { data: Arc::new(data.single(index)), name: Some(name) }
        };
        Ok((0..data.trajectories.len()).map(part).collect())
    }

    fn search(
        data: &Dataset,
        options: &DiscoveryOptions,
        observer: &mut dyn Observer,
    ) -> Result<SharedDiscovery, DiscoveryError> {
        discover_shared(data, options, observer)
    }

    fn results(found: &SharedDiscovery) -> &[DiscoveryResult] {
        &found.results
    }

    fn is_interrupted(found: &SharedDiscovery) -> bool {
        found.interrupted
    }

    fn compared(found: &SharedDiscovery) -> Option<usize> {
        Some(found.compared)
    }

    fn shows_front(&self) -> bool {
        false
    }

    fn unfinished(_: Option<SparseModel>) -> Option<SparseModel> {
        // Those of one trajectory are not those of all.
        None
    }
}
