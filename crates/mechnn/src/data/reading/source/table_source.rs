//! Where a table comes from.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::format::FileFormat;
use crate::data::fault::DataError;

/// Where a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableSource {
    /// A file.
    File(PathBuf),
    /// Bytes that are there already, such as those of standard input.
    Memory {
        /// What messages call them; without its extension it is the name of the trajectory.
        name: PathBuf,
        /// As a file would hold them.
        bytes: Vec<u8>,
    },
}

/// How much of a file is looked at before the rest of it is read: a device without end is no text from its beginning.
const SAMPLE_BYTES: u64 = 1 << 16;

/// The largest table that is read, in bytes: it is held in memory, and a pipe may have no end.
pub(super) const MOST_BYTES: u64 = 1 << 30;

impl TableSource {
    /// What can be read once only, such as standard input.
    ///
    /// # Errors
    /// [`DataError::Read`], [`DataError::TooLarge`].
    pub fn from_reader(name: impl Into<PathBuf>, input: impl Read) -> Result<Self, DataError> {
        let (name, mut bytes) = (name.into(), Vec::new());
        read_rest(&name, input, &mut bytes)?;
        Ok(Self::Memory { name, bytes })
    }

    /// What messages call it.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Memory { name, .. } => name,
        }
    }

    /// All bytes, and what they are.
    ///
    /// # Errors
    /// [`DataError::Read`], [`DataError::NotText`], [`DataError::TooLarge`].
    pub(super) fn read(self) -> Result<(PathBuf, Vec<u8>, FileFormat), DataError> {
        match self {
            Self::Memory { name, bytes } => {
                let format = checked_format(&name, &bytes)?;
                Ok((name, bytes, format))
            }
            Self::File(path) => {
                let (bytes, format) = read_file(&path)?;
                Ok((path, bytes, format))
            }
        }
    }
}

impl From<PathBuf> for TableSource {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

fn read_file(path: &Path) -> Result<(Vec<u8>, FileFormat), DataError> {
    let failed = |source| DataError::Read { file: path.to_owned(), source };
    let mut input = File::open(path).map_err(failed)?;
    let length = input.metadata().map_err(failed)?;
    if length.is_dir() {
        return Err(failed(std::io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    (&mut input).take(SAMPLE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    let format = checked_format(path, &bytes)?;
    // Otherwise the buffer would double until it is large enough, and have up to twice the size of the file. A size
    // that is not true only costs that.
    if length.len() > MOST_BYTES {
        return Err(DataError::TooLarge { file: path.to_owned(), limit: MOST_BYTES });
    }
    let rest = usize::try_from(length.len()).map_or(0, |length| length.saturating_sub(bytes.len()));
    if rest > 0 {
        let reserved = bytes.try_reserve_exact(rest + 1);
        reserved.map_err(|_| failed(std::io::ErrorKind::OutOfMemory.into()))?;
    }
    read_rest(path, input, &mut bytes)?;
    Ok((bytes, format))
}

/// Reads on up to the limit.
fn read_rest(file: &Path, input: impl Read, bytes: &mut Vec<u8>) -> Result<(), DataError> {
    let failed = |source| DataError::Read { file: file.to_owned(), source };
    input.take(MOST_BYTES + 1 - bytes.len() as u64).read_to_end(bytes).map_err(failed)?;
    match bytes.len() as u64 > MOST_BYTES {
        true => Err(DataError::TooLarge { file: file.to_owned(), limit: MOST_BYTES }),
        false => Ok(()),
    }
}

/// What the file is from its first bytes.
fn checked_format(file: &Path, bytes: &[u8]) -> Result<FileFormat, DataError> {
    let format = FileFormat::of(bytes);
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES as usize)];
    if format == FileFormat::Text
        && let Some(at) = sample.iter().position(|&byte| byte == 0)
    {
        let line = 1 + sample[..at].iter().filter(|&&byte| byte == b'\n').count();
        return Err(DataError::NotText { file: file.to_owned(), line });
    }
    Ok(format)
}
