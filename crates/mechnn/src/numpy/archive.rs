//! An NPZ archive, read with nothing believed: no allocation exceeds what the file really holds.
//!
//! `ndarray_npy::NpzReader` allocates what an array's header claims before reading it, so a 200-byte file could ask
//! for petabytes. Here the entry's bytes are read first, and [`read_npy`] compares the claim with them.

use std::io::{self, Read, Seek};

use ndarray::ArrayD;
use thiserror::Error;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::array::{ArrayError, read_npy};

/// Why a file is no NPZ archive, or an array of one cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(io::Error),
    /// It is another kind of file, or damaged.
    #[error("not an npz file: {0}")]
    NotAnArchive(ZipError),
    /// Two arrays have the same name.
    #[error("`{name}` is there twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// An array is compressed or encrypted: how large it will be is not known beforehand.
    #[error("`{name}` is compressed or encrypted")]
    Compressed {
        /// The array.
        name: String,
    },
    /// An array is cut short or changed.
    #[error("`{name}` is damaged: {source}")]
    Damaged {
        /// The array.
        name: String,
        /// What is wrong with it.
        source: ZipError,
    },
    /// An array does not hold numbers.
    #[error("`{name}`: {source}")]
    Array {
        /// The array.
        name: String,
        /// What is wrong with it.
        source: ArrayError,
    },
}

/// The arrays of an open NPZ file, read one at a time.
#[derive(Debug)]
pub struct NpzArchive<R> {
    zip: ZipArchive<R>,
    /// Name and index in the archive of each array, in the order of the archive.
    entries: Vec<(String, usize)>,
    /// Bytes that may still be read: entries of an honest file do not overlap, so all of them together are no larger
    /// than the file.
    unread: u64,
}

impl<R: Read + Seek> NpzArchive<R> {
    /// Opens a file of `length` bytes and reads its table of contents.
    ///
    /// # Errors
    /// [`ArchiveError::Io`], [`ArchiveError::NotAnArchive`], [`ArchiveError::Twice`].
    pub fn open(file: R, length: u64) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(file).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => ArchiveError::Io(error),
            error => ArchiveError::NotAnArchive(error),
        })?;
        let mut entries: Vec<(String, usize)> = Vec::new();
        for index in 0..zip.len() {
            let Some(name) = zip.name_for_index(index) else { continue };
            let name = name.strip_suffix(".npy").unwrap_or(name).to_owned();
            if entries.iter().any(|(other, _)| *other == name) {
                return Err(ArchiveError::Twice { name });
            }
            entries.push((name, index));
        }
        Ok(Self { zip, entries, unread: length })
    }

    /// Reads the array `name` and forgets it, or `None` if there is none.
    ///
    /// # Errors
    /// [`ArchiveError::Compressed`], [`ArchiveError::Damaged`], [`ArchiveError::Array`].
    pub fn take(&mut self, name: &str) -> Result<Option<ArrayD<f64>>, ArchiveError> {
        let Some(place) = self.entries.iter().position(|(entry, _)| entry == name) else { return Ok(None) };
        let (name, index) = self.entries.remove(place);
        let bytes = match self.bytes(index) {
            Ok(bytes) => bytes,
            Err(ZipError::UnsupportedArchive(_)) => return Err(ArchiveError::Compressed { name }),
            Err(source) => return Err(ArchiveError::Damaged { name, source }),
        };
        let array = read_npy(&bytes).map_err(|source| ArchiveError::Array { name, source })?;
        Ok(Some(array))
    }

    /// Names of the arrays nobody has taken, in the order of the archive.
    pub fn remaining(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    fn bytes(&mut self, index: usize) -> Result<Vec<u8>, ZipError> {
        let entry = self.zip.by_index(index)?;
        // Compressed entries can claim more than the file holds; that other crates of the build can inflate them
        // does not make them bounded here.
        if entry.compression() != CompressionMethod::Stored {
            return Err(ZipError::UnsupportedArchive("compressed"));
        }
        let claimed = entry.size();
        if claimed > self.unread {
            return Err(ZipError::InvalidArchive("it claims to be larger than the file".into()));
        }
        self.unread -= claimed;
        let size = usize::try_from(claimed)
            .map_err(|_| ZipError::InvalidArchive("it is larger than the memory of this machine can be".into()))?;
        let mut bytes = Vec::with_capacity(size);
        // The entry's reader checks the sum over the bytes at the end.
        entry.take(claimed.saturating_add(1)).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == claimed {
            true => Ok(bytes),
            false => Err(ZipError::InvalidArchive("its length is not what the archive says".into())),
        }
    }
}
