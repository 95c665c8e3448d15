//! Files that are either whole or not there.
//!
//! What is written goes under a temporary name into the folder of the file, is synced, and is then renamed: a reader,
//! a crash, a full disk or a second process never meets half a file, and what was there before stays until the new
//! file is complete. The temporary file of a process that was killed is removed by the next one that writes the same
//! file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

mod lock;

mod temporary;

use temporary::Temporary;
pub use temporary::remove_unfinished;

/// Why a file could not be written. What was at its path before is untouched, and no temporary file stays.
#[derive(Debug, Error)]
#[error("cannot write `{}`: {source}", path.display())]
#[non_exhaustive]
pub struct WholeFileError {
    /// The file.
    pub path: PathBuf,
    /// The reason of the operating system, or of whoever produced the contents.
    pub source: io::Error,
}

/// Writes `contents` to the file at `path`.
///
/// # Errors
/// As [`write_with`].
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), WholeFileError> {
    write_with(path, |file| file.write_all(contents.as_ref()))
}

/// Writes what `fill` produces to the file at `path`; a file that was there is replaced, and its permissions are kept.
///
/// A symbolic link stays, and what it points to is written. What cannot be renamed over, such as a pipe, is written in
/// place. A file that nobody may write is not replaced, though its folder would allow it.
///
/// # Errors
/// [`WholeFileError`], also with what `fill` returns.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), WholeFileError> {
    let written = behind_links(path).and_then(|target| match fs::metadata(&target) {
        // To replace a pipe or a device would break whoever uses it, and /dev/null for everybody.
        Ok(there) if !there.is_file() => fill_in_place(&target, fill),
        Ok(there) if there.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        Ok(there) => replace(&target, Some(there.permissions()), fill),
        Err(_) => replace(&target, None, fill),
    });
    written.map_err(|source| WholeFileError { path: path.to_owned(), source })
}

/// Whether [`write()`] could write the file at `path`, found by beginning with it; nothing is left of that.
///
/// # Errors
/// As [`write_with`].
pub fn check(path: &Path) -> Result<(), WholeFileError> {
    let checked = behind_links(path).and_then(|target| match fs::metadata(&target) {
        // To open a pipe would wait for its reader.
        Ok(there) if !there.is_file() => Ok(()),
        Ok(there) if there.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Temporary::beside(&target).map(drop),
    });
    checked.map_err(|source| WholeFileError { path: path.to_owned(), source })
}

/// The file that is written: `path`, or what it points to, which need not exist.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            // Links in a circle do not get here: they are another kind of error.
            Ok(next) => behind_links(&folder_of(path).join(next)),
            Err(_) => Ok(path.to_owned()),
        },
        found => found,
    }
}

fn fill_in_place(target: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = BufWriter::new(OpenOptions::new().write(true).open(target)?);
    fill(&mut file)?;
    file.flush()
}

fn replace(
    target: &Path,
    permissions: Option<fs::Permissions>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let (temporary, file) = Temporary::beside(target)?;
    if let Some(permissions) = permissions {
        // Before there is anything to read: a private file is private from its first byte.
        file.set_permissions(permissions)?;
    }
    let mut file = BufWriter::new(file);
    fill(&mut file)?;
    // Closed before the rename, which some systems ask for.
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    temporary.rename_to(target)?;
    sync_folder(&folder_of(target))
}

/// Makes the rename itself durable, where folders can be opened and synced.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Into a folder that may not be listed one can write all the same.
    let Ok(folder) = File::open(folder) else { return Ok(()) };
    match folder.sync_all() {
        // File systems over a network do not know the request.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Other systems cannot open folders, and order renames by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::io;
    use std::path::Path;

    use super::{check, write, write_with};

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: Result<fs::DirEntry, _>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_made_and_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        write(&path, "a long first version").unwrap();
        write(&path, b"short").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "short");
        assert_eq!(names(root.path()), ["a.txt"]);
    }

    #[test]
    fn after_a_fault_everything_is_as_before() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        write(&path, "first").unwrap();
        let error = write_with(&path, |file| {
            file.write_all(b"half of the sec")?;
            Err(io::Error::other("no more"))
        })
        .unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write `{}`: no more", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(root.path()), ["a.txt"]);
    }

    #[test]
    fn a_panic_leaves_no_temporary_file() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        let panicked = std::panic::catch_unwind(|| write_with(&path, |_| panic!("a fault of the caller")));
        assert!(panicked.is_err() && names(root.path()).is_empty(), "{:?}", names(root.path()));
    }

    #[cfg(unix)]
    #[test]
    fn what_a_killed_process_left_is_removed_and_what_another_writes_is_not() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        let left = format!(".a.txt.{}.0.tmp", std::process::id());
        fs::write(root.path().join(&left), "of a killed process").unwrap();
        fs::write(root.path().join(".b.txt.1.0.tmp"), "of another file").unwrap();
        write_with(&path, |file| {
            // While this one is open, another is written.
            write(&path, "in between").map_err(|error| error.source)?;
            assert_eq!(names(root.path()).len(), 3, "{:?}", names(root.path()));
            file.write_all(b"whole")
        })
        .unwrap();
        assert_eq!(names(root.path()), [".b.txt.1.0.tmp", "a.txt"]);
        assert_eq!(fs::read_to_string(path).unwrap(), "whole");
    }

    #[test]
    fn a_place_is_checked_without_a_trace() {
        let root = tempfile::tempdir().unwrap();
        check(&root.path().join("a.txt")).unwrap();
        assert!(names(root.path()).is_empty());
        assert!(check(&root.path().join("nowhere/a.txt")).is_err());
    }

    #[test]
    fn a_write_protected_file_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.txt");
        write(&path, "first").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        for error in [write(&path, "second").unwrap_err(), check(&path).unwrap_err()] {
            assert_eq!(error.source.kind(), io::ErrorKind::PermissionDenied);
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    }

    #[test]
    fn what_is_no_place_for_a_file_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("folder");
        fs::create_dir(&folder).unwrap();
        for path in [folder.as_path(), Path::new(""), Path::new(".."), &root.path().join("nowhere/a.txt")] {
            let error = write(path, "x").unwrap_err();
            assert_eq!(error.path, path);
        }
        assert_eq!(names(root.path()), ["folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_their_targets_are_written() {
        let root = tempfile::tempdir().unwrap();
        let (data, link, dangling) =
            (root.path().join("data"), root.path().join("link"), root.path().join("dangling"));
        fs::create_dir(&data).unwrap();
        write(&data.join("old.txt"), "old").unwrap();
        std::os::unix::fs::symlink("data/old.txt", &link).unwrap();
        std::os::unix::fs::symlink("data/new.txt", &dangling).unwrap();
        write(&link, "newer").unwrap();
        write(&dangling, "new").unwrap();
        assert!(link.is_symlink() && dangling.is_symlink());
        assert_eq!(fs::read_to_string(data.join("old.txt")).unwrap(), "newer");
        assert_eq!(fs::read_to_string(data.join("new.txt")).unwrap(), "new");
        assert_eq!(names(&data), ["new.txt", "old.txt"]);
        std::os::unix::fs::symlink("circle", root.path().join("circle")).unwrap();
        assert!(write(&root.path().join("circle"), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt as _;

        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("private.txt");
        write(&path, "first").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write(&path, "second").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_in_place() {
        use std::os::unix::fs::FileTypeExt as _;

        write(Path::new("/dev/null"), "nothing is left of this").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
