//! The archive of a problem, as the command reads it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use mechnn::numpy::{ArchiveError, NpzArchive};
use ndarray::ArrayD;

use crate::failure::Failure;

/// The arrays of an open NPZ file, read one at a time.
pub(super) struct Archive(NpzArchive<BufReader<File>>);

impl Archive {
    /// Opens the file and reads its table of contents.
    ///
    /// # Errors
    /// Input/output if there is no such file, data if it is not an NPZ archive.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error| Failure::input_output("read", path, &error);
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
        }
        NpzArchive::open(BufReader::new(file), metadata.len()).map(Self).map_err(|error| match error {
            ArchiveError::Io(error) => unreadable(error),
            error => failure(&error).in_file(path),
        })
    }

    /// Reads the array `name` and forgets it, or `None` if there is none.
    ///
    /// # Errors
    /// Data, naming the array, if it cannot be decoded.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<ArrayD<f64>>, Failure> {
        self.0.take(name).map_err(|error| failure(&error))
    }

    /// Names of the arrays nobody has taken.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &str> {
        self.0.remaining()
    }
}

fn failure(error: &ArchiveError) -> Failure {
    let hint = match error {
        ArchiveError::NotAnArchive(_) | ArchiveError::Compressed { .. } => Some(NPZ),
        ArchiveError::Damaged { .. } => Some("was the file cut short while copying?"),
        _ => None,
    };
    Failure::data(error.to_string()).hint_if(hint.map(str::to_owned))
}

const NPZ: &str = "write it with numpy.savez(\"problem.npz\", coefficients=.., ..), not savez_compressed";
