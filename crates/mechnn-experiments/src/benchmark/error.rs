//! What is wrong with a benchmark folder, or with what was asked of it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::polynomial::ExpansionError;
use mechnn::data::DataError;

/// Why a benchmark cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BenchmarkError {
    /// A file cannot be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// "read" or "write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The list of systems is not what it should be.
    #[error("`{}` is not a list of systems: {source}", path.display())]
    Systems {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// A field of a system does not fit the others.
    #[error("system {system}: `{field}` has {found}, expected {expected}")]
    Field {
        /// Id of the system.
        system: u32,
        /// The field.
        field: &'static str,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The true right-hand side is said to be a polynomial and is none.
    #[error("system {system}, right-hand side {equation}: {source}")]
    Truth {
        /// Id of the system.
        system: u32,
        /// Index of the equation.
        equation: usize,
        /// What is wrong with the text.
        source: ExpansionError,
    },
    /// The trajectories are not in an NPZ archive.
    #[error("`{}` is not an npz archive: {reason}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An array is not there.
    #[error("array `{array}` is missing in `{}`", path.display())]
    MissingArray {
        /// The file.
        path: PathBuf,
        /// Name of the array.
        array: String,
    },
    /// An array is not what it should be.
    #[error("array `{array}` in `{}`: expected {expected}, found {found}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// Name of the array.
        array: String,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A noise level that is negative or not finite.
    #[error("the noise is {found}, expected a number that is not negative")]
    Noise {
        /// What was asked for.
        found: f64,
    },
    /// A part of rows to drop for which there are no masks.
    #[error("the part of rows to drop is \"{found}\", expected 0, 0.25 or 0.5")]
    Drop {
        /// What was asked for.
        found: String,
    },
    /// The folder has no noise or no mask of this seed.
    #[error("system {system}: there is no {what} of seed {seed}; the folder has {available}")]
    Seed {
        /// Id of the system.
        system: u32,
        /// Noise or mask.
        what: &'static str,
        /// The seed asked for.
        seed: u32,
        /// How many seeds there are, counted from 0.
        available: usize,
    },
    /// No system of this id.
    #[error("there is no system {id} in the folder")]
    UnknownSystem {
        /// The id asked for.
        id: u32,
    },
    /// A corrupted trajectory is no trajectory any more.
    #[error("system {system}: {source}")]
    Data {
        /// Id of the system.
        system: u32,
        /// What is wrong with it.
        source: DataError,
    },
    /// A file of rows cannot be understood.
    #[error("`{}` line {line} is no row of this benchmark: {reason}", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// There can be no further thread.
    #[error("cannot start a thread: {reason}")]
    Thread {
        /// The system's reason.
        reason: String,
    },
}
