//! Files that are either whole or not there.

use std::io;
use std::path::{Path, PathBuf};

use mechnn::whole_file;

use crate::failure::Failure;

/// Checks before a long computation that its result will have a place.
///
/// # Errors
/// An input/output failure if the folder does not exist or may not be written, or if `path` is a folder.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.is_dir() || path.file_name().is_none() {
        let error = io::Error::from(io::ErrorKind::IsADirectory);
        return Err(Failure::input_output("write", path, &error).hint("name a file in it"));
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        let error = io::Error::other("its folder does not exist");
        return Err(Failure::input_output("write", path, &error)
            .hint(format!("create it first: mkdir -p {}", folder.display())));
    }
    whole_file::check(path).map_err(|error| Failure::input_output("write", path, &error.source))
}

/// Writes `contents`; see [`whole_file`].
///
/// # Errors
/// An input/output failure; what was at `path` is untouched then.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    whole_file::write(path, contents).map_err(|error| Failure::input_output("write", path, &error.source))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
