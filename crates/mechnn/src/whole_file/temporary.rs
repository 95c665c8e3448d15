//! Files that vanish unless they get their final name.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::lock::{self, Lock};

/// The temporary files of this process. It is kept for signals, which are the process's, too; no result depends on it.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every file that is being written; what was at their places before stays.
///
/// For a process that is about to end, such as on a signal: whoever writes a file afterwards waits for ever.
pub fn remove_unfinished() {
    let guard = unfinished();
    for path in guard.iter() {
        // There is nobody left to tell, and the next run removes what is left.
        let _ = fs::remove_file(path);
    }
    std::mem::forget(guard);
}

/// A file that is removed unless it gets its final name.
pub(super) struct Temporary {
    path: Option<PathBuf>,
    /// Held until the file is renamed or removed: other processes see by it that somebody is writing.
    _lock: Lock,
}

/// Temporary files of one name and process at most: one for each thread that writes it.
const MOST_TEMPORARIES: usize = 1000;

impl Temporary {
    /// A new, empty file in the folder of `target`: renaming is atomic only within a file system. What killed
    /// processes have left of the same target is removed.
    pub(super) fn beside(target: &Path) -> io::Result<(Self, File)> {
        let name = target
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this is not the name of a file"))?;
        let folder = super::folder_of(target);
        remove_stale(&folder, name);
        for number in 0..MOST_TEMPORARIES {
            // Hidden, and with the number of the process: two that write the same file must not share it.
            let mut temporary = OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}.{number}.tmp", std::process::id()));
            let path = folder.join(temporary);
            let mut unfinished = unfinished();
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
                Ok(file) => {
                    // Between the two calls another process may have taken it for one that was left.
                    let Some(lock) = lock::new_file(&file)? else { continue };
                    unfinished.insert(path.clone());
                    return Ok((Self { path: Some(path), _lock: lock }, file));
                }
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "its folder is full of temporary files of this name"))
    }

    pub(super) fn rename_to(mut self, target: &Path) -> io::Result<()> {
        let Some(path) = self.path.take() else {
            unreachable!("only renaming takes the path, and it consumes the file");
        };
        // As soon as the name is free another thread may use it, but not before it is off the list.
        let mut unfinished = unfinished();
        match fs::rename(&path, target) {
            Ok(()) => {
                unfinished.remove(&path);
                Ok(())
            }
            Err(error) => {
                drop(unfinished);
                self.path = Some(path);
                Err(error)
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let mut unfinished = unfinished();
            // The fault to report is the one that came first.
            let _ = fs::remove_file(path);
            unfinished.remove(path);
        }
    }
}

/// Removes the temporary files of `name` that nobody writes any more.
fn remove_stale(folder: &Path, name: &OsStr) {
    // Into a folder that may not be listed one can write all the same.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_temporary_of(&entry.file_name(), name) && lock::is_abandoned(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `.NAME.PROCESS.NUMBER.tmp`
fn is_temporary_of(found: &OsStr, name: &OsStr) -> bool {
    let rest = found.as_encoded_bytes().strip_prefix(b".").and_then(|rest| rest.strip_prefix(name.as_encoded_bytes()));
    let Some(numbers) = rest.and_then(|rest| rest.strip_prefix(b".")?.strip_suffix(b".tmp")) else { return false };
    let numbers: Vec<&[u8]> = numbers.split(|byte| *byte == b'.').collect();
    numbers.len() == 2 && numbers.iter().all(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::is_temporary_of;

    #[test]
    fn only_temporary_files_of_the_same_name_are_meant() {
        for (found, expected) in [
            (".a.txt.17.0.tmp", true),
            (".a.txt.17.0.tmp~", false),
            (".a.txt.17.tmp", false),
            (".a.txt.17.x.tmp", false),
            (".a.txt..0.tmp", false),
            (".b.a.txt.17.0.tmp", false),
            ("a.txt.17.0.tmp", false),
            (".a.txt", false),
        ] {
            assert_eq!(is_temporary_of(OsStr::new(found), OsStr::new("a.txt")), expected, "{found}");
        }
    }
}
