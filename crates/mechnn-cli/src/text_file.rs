//! Files that people write: models, problems, configurations.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// The largest that is read, in bytes; a device has no end.
const MOST_BYTES: u64 = 4 << 20;

/// The text of a file.
///
/// # Errors
/// Input/output if it cannot be read, a limit if it is larger than any that somebody wrote, usage if it is not text.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::input_output("read", path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        let limit = MOST_BYTES >> 20;
        return Err(Failure::limit(format!("`{}` is larger than {limit} MiB", path.display()))
            .hint("this is no file that somebody wrote: check the path"));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("`{}` is not text in UTF-8", path.display())))
}
