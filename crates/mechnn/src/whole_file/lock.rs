//! Locks by which processes tell each other that a temporary file is being written; the system takes them away when
//! their process ends, however it ends.

use std::fs::File;
use std::io;
use std::path::Path;

/// Held as long as the value lives.
pub(super) struct Lock {
    #[cfg(unix)]
    _file: File,
}

/// The lock of a file that was just made; `None` if another process removes it at this moment.
#[cfg(unix)]
pub(super) fn new_file(file: &File) -> io::Result<Option<Lock>> {
    use std::os::unix::fs::MetadataExt as _;

    // The lock belongs to both handles, and goes with the last of them.
    let lock = Lock { _file: file.try_clone()? };
    match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        // Some file systems know no locks: there nothing is taken for abandoned, either.
        _ => Ok((file.metadata()?.nlink() > 0).then_some(lock)),
    }
}

/// Whether nobody writes the file any more.
#[cfg(unix)]
pub(super) fn is_abandoned(path: &Path) -> bool {
    let lock = |file: File| rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
    File::open(path).is_ok_and(|file| lock(file).is_ok())
}

/// Other systems do not remove what is open.
#[cfg(not(unix))]
pub(super) fn new_file(_: &File) -> io::Result<Option<Lock>> {
    Ok(Some(Lock {}))
}

/// Nothing is known of it.
#[cfg(not(unix))]
pub(super) fn is_abandoned(_: &Path) -> bool {
    false
}
