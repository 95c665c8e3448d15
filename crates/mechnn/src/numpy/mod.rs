//! Arrays in the files of NumPy: `.npy` holds one, `.npz` several by name.
//!
//! Files are read with nothing believed: no allocation exceeds what they really hold.

// In data-flow order.
mod array;

mod archive;

pub use archive::{ArchiveError, NpzArchive};
pub use array::{ArrayError, read_npy};
