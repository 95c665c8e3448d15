//! The schema of a Parquet file, before anything is made of it.

use super::compact::{Compact, Kind};

/// Why a file is not handed to the decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FooterFault {
    /// It ends without a footer that could be read.
    Damaged,
    /// A column has columns of its own: a list, a map or a structure.
    Nested(String),
}

/// The length of the footer and the letters `PAR1`.
const TAIL: usize = 8;

/// Checks that each column stands directly below the root: the decoder follows nested ones by recursion, and reserves
/// room for as many columns as an element says it has.
pub(super) fn check(bytes: &[u8]) -> Result<(), FooterFault> {
    let elements = footer(bytes).and_then(schema).ok_or(FooterFault::Damaged)?;
    let Some((root, columns)) = elements.split_first() else { return Err(FooterFault::Damaged) };
    if let Some(nested) = columns.iter().find(|column| column.children != 0) {
        return Err(FooterFault::Nested(nested.name.clone()));
    }
    if usize::try_from(root.children) == Ok(columns.len()) { Ok(()) } else { Err(FooterFault::Damaged) }
}

fn footer(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.len().checked_sub(TAIL)?;
    let length = bytes[end..].first_chunk().map(|length| u32::from_le_bytes(*length))?;
    let start = end.checked_sub(usize::try_from(length).ok()?)?;
    bytes.ends_with(b"PAR1").then(|| &bytes[start..end])
}

struct Element {
    name: String,
    children: i64,
}

/// The elements of the schema, the root first. All lists of them, if there are several: the decoder might take any.
fn schema(footer: &[u8]) -> Option<Vec<Element>> {
    const SCHEMA: i64 = 2;
    let mut elements = Vec::new();
    let mut compact = Compact::new(footer);
    compact.structure(|compact, field, kind| {
        if (field, kind) != (SCHEMA, Kind::List) {
            return Some(false);
        }
        let (_, length) = compact.list()?;
        for _ in 0..length {
            elements.push(element(compact)?);
        }
        Some(true)
    })?;
    Some(elements)
}

fn element(compact: &mut Compact<'_>) -> Option<Element> {
    const NAME: i64 = 4;
    const CHILDREN: i64 = 5;
    let mut element = Element { name: String::new(), children: 0 };
    compact.structure(|compact, field, kind| {
        match (field, kind) {
            (NAME, Kind::Bytes) => element.name = String::from_utf8_lossy(compact.text()?).into_owned(),
            (CHILDREN, Kind::Integer) => element.children = compact.integer()?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(element)
}
