//! `discover`: one set of equations for all trajectories.

use std::path::PathBuf;
use std::slice;
use std::sync::Arc;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryError, DiscoveryOptions, DiscoveryResult, Observer, discover};
use mechnn::equation::SparseModel;

use super::finding::Part;
use super::flow::{self, Search};
use super::request::{DirectSearch, SearchOptions};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

impl DirectSearch {
    /// Searches, prints and writes. `files` are what the data came from, for the record.
    pub(crate) fn run(
        &self,
        data: Dataset,
        files: &[PathBuf],
        printer: &mut Printer,
        interrupt: &Interrupt,
    ) -> Result<DiscoveryResult, Failure> {
        flow::run(self, data, files, printer, interrupt)
    }
}

impl Search for DirectSearch {
    type Found = DiscoveryResult;

    const TOO_EARLY: &'static str = "the search was stopped before it had found any equations";

    fn asked(&self) -> &SearchOptions {
        &self.options
    }

    fn discovery_options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure> {
        DirectSearch::discovery_options(self, data)
    }

    fn parts(&self, data: &Arc<Dataset>) -> Result<Vec<Part>, Failure> {
        Ok(vec![Part { data: Arc::clone(data), name: None }])
    }

    fn search(
        data: &Dataset,
        options: &DiscoveryOptions,
        observer: &mut dyn Observer,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        discover(data, options, observer)
    }

    fn results(found: &DiscoveryResult) -> &[DiscoveryResult] {
        slice::from_ref(found)
    }

    fn is_interrupted(found: &DiscoveryResult) -> bool {
        found.interrupted
    }

    fn compared(_: &DiscoveryResult) -> Option<usize> {
        None
    }

    fn shows_front(&self) -> bool {
        self.front
    }

    fn unfinished(best: Option<SparseModel>) -> Option<SparseModel> {
        best
    }
}
