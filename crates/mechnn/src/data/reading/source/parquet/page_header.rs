//! What stands before a page of a Parquet file.

use super::compact::{Compact, Kind};

/// What stands before a page: a run of values of one column, or the values that others refer to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the header itself.
    pub(super) length: usize,
    /// 0 for values, 2 for a dictionary, 3 for values in the second form; others are passed over.
    pub(super) kind: i64,
    /// Bytes of the page as it stands in the file.
    pub(super) compressed: i64,
    /// Bytes of it when it is unpacked.
    pub(super) uncompressed: i64,
    /// Values of a dictionary.
    pub(super) dictionary_values: i64,
    /// Bytes at the beginning of a page in the second form that are not compressed.
    pub(super) levels: i64,
}

impl PageHeader {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut header = Self::default();
        let mut compact = Compact::new(bytes);
        compact.structure(|compact, field, kind| {
            match (field, kind) {
                (1, Kind::Integer) => header.kind = compact.integer()?,
                (2, Kind::Integer) => header.uncompressed = compact.integer()?,
                (3, Kind::Integer) => header.compressed = compact.integer()?,
                (7, Kind::Structure) => compact.structure(|compact, field, kind| {
                    let is_count = (field, kind) == (1, Kind::Integer);
                    if is_count {
                        header.dictionary_values = compact.integer()?;
                    }
                    Some(is_count)
                })?,
                (8, Kind::Structure) => compact.structure(|compact, field, kind| {
                    let is_length = matches!((field, kind), (5 | 6, Kind::Integer));
                    if is_length {
                        header.levels = header.levels.checked_add(compact.integer()?)?;
                    }
                    Some(is_length)
                })?,
                _ => return Some(false),
            }
            Some(true)
        })?;
        header.length = compact.position();
        Some(header)
    }

    /// A page that is passed over, such as an index.
    pub(super) fn is_other(&self) -> bool {
        !matches!(self.kind, 0 | 2 | 3)
    }
}
