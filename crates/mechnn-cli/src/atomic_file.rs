//! Files that are either whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Checks before a long computation that its result will have a place.
///
/// # Errors
/// An input/output failure if the folder does not exist or `path` is a folder.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.is_dir() || path.file_name().is_none() {
        let error = io::Error::from(io::ErrorKind::IsADirectory);
        return Err(Failure::input_output("write", path, &error).hint("name a file in it"));
    }
    let folder = folder_of(path);
    match folder.is_dir() {
        true => Ok(()),
        false => {
            let error = io::Error::other("its folder does not exist");
            Err(Failure::input_output("write", path, &error)
                .hint(format!("create it first: mkdir -p {}", folder.display())))
        }
    }
}

/// Writes `contents` under a temporary name beside `path`, then renames: a reader, a crash or a full disk never meets
/// half a file.
///
/// # Errors
/// An input/output failure; the temporary file is removed and what was at `path` is untouched.
pub(crate) fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    // Through a link, so that the link survives.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // A pipe or a device cannot be replaced by renaming (and /dev/null must not be).
    let special = fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file());
    let written = match special {
        true => OpenOptions::new().write(true).open(&target).and_then(|mut file| file.write_all(contents)),
        false => replace(&target, contents),
    };
    written.map_err(|error| Failure::input_output("write", path, &error))
}

fn replace(target: &Path, contents: &[u8]) -> io::Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder_of(target).join(format!(".{name}.{}.tmp", std::process::id()));
    let attempt = || -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(contents)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, target)
    };
    attempt().inspect_err(|_| {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
