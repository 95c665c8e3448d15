//! An NPZ archive, read with nothing believed: no allocation exceeds what the file really holds.
//!
//! `ndarray_npy::NpzReader` allocates what an array's header claims before reading it, so a 200-byte file could ask
//! for petabytes. Here the entry's bytes are read first, and [`array::decode`](super::array::decode) compares the
//! claim with them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ndarray::ArrayD;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::array;
use crate::failure::Failure;

/// The arrays of an open NPZ file, read one at a time.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// Array name to index in the archive.
    entries: BTreeMap<String, usize>,
    /// Bytes that may still be read: entries of an honest file do not overlap, so all of them together are no larger
    /// than the file.
    unread: u64,
}

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
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => unreadable(error),
            _ => Failure::data(format!("not an npz file: {error}")).hint(NPZ).in_file(path),
        })?;

        let mut entries = BTreeMap::new();
        for index in 0..zip.len() {
            let Some(name) = zip.name_for_index(index) else { continue };
            let name = name.strip_suffix(".npy").unwrap_or(name).to_owned();
            if let Some(_first) = entries.insert(name.clone(), index) {
                return Err(Failure::data(format!("`{name}` is there twice")).in_file(path));
            }
        }
        Ok(Self { zip, entries, unread: metadata.len() })
    }

    /// Reads the array `name` and forgets it, or `None` if there is none.
    ///
    /// # Errors
    /// Data, naming the array, if it cannot be decoded.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<ArrayD<f64>>, Failure> {
        let Some(index) = self.entries.remove(name) else { return Ok(None) };
        let bytes = self.bytes(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(_) => Failure::data(format!("`{name}` is compressed or encrypted")).hint(NPZ),
            error => {
                Failure::data(format!("`{name}` is damaged: {error}")).hint("was the file cut short while copying?")
            }
        })?;
        let array = array::decode(&bytes).map_err(|error| Failure::data(format!("`{name}`: {error}")))?;
        Ok(Some(array))
    }

    /// Names of the arrays nobody has taken.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
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

const NPZ: &str = "write it with numpy.savez(\"problem.npz\", coefficients=.., ..), not savez_compressed";
