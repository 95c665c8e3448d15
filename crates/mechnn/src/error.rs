//! The crate's error: one variant per kind of fault, each wrapping the typed error of its module.

use thiserror::Error;

/// Any error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The data cannot be used.
    #[error(transparent)]
    Data(#[from] crate::data::DataError),
    /// Nothing could be discovered.
    #[error(transparent)]
    Discovery(#[from] crate::discovery::DiscoveryError),
    /// A model could not be simulated.
    #[error(transparent)]
    Simulation(#[from] crate::equation::SimulationError),
    /// A file could not be written.
    #[error(transparent)]
    Report(#[from] crate::report::ReportError),
}
