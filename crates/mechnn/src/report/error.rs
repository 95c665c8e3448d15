//! What can go wrong in writing results.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a report could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The file system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried: "create", "write", ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder holds the result of an earlier run.
    #[error("`{}` holds a finished run", path.display())]
    Finished {
        /// The folder.
        path: PathBuf,
    },
    /// A file name that leads out of the run folder, or that is kept for the result.
    #[error("\"{name}\" cannot be the name of a file in a run folder")]
    Name {
        /// The name.
        name: String,
    },
    /// A value has no JSON form.
    #[error("cannot write `{}` as JSON: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// Arrays of a figure do not fit together.
    #[error("figure of trajectory \"{trajectory}\": expected {what} of shape {expected:?}, found {found:?}")]
    Shape {
        /// The trajectory.
        trajectory: String,
        /// Which array.
        what: &'static str,
        /// Shape that fits.
        expected: (usize, usize),
        /// Shape found.
        found: (usize, usize),
    },
    /// The drawing library failed.
    #[error("cannot draw the figure: {source}")]
    Drawing {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
