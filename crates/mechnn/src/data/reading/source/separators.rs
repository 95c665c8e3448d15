//! How the fields and lines of a file are separated.

use std::cmp::Ordering;
use std::path::Path;

use super::super::cell::is_datum;
use super::records::Records;

/// How the fields and lines of a file are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separators {
    /// `,`, `;` or tab.
    pub(super) field: u8,
    /// The byte that ends a line: `\n` (a `\r` before it is dropped), or `\r` in files of old Macs.
    pub(super) line: u8,
}

/// So many rows tell how a file is separated; in a longer file the others are as these.
const TELLING_ROWS: usize = 10_000;

/// In so many rows below the first it is counted what fields hold.
const DATA_ROWS: usize = 1000;

impl Separators {
    /// Finds the separators of a file from its first ten thousand rows.
    ///
    /// The field separator is the one that gives most rows the same number of fields, and of several such the one that
    /// leaves most numbers: `;` and `,` also stand in names, and a comma may be a decimal mark. A first line `sep=;`,
    /// which Excel reads and writes, says it outright.
    pub(super) fn detect(text: &str) -> Self {
        let line = if text.contains('\r') && !text.contains('\n') { b'\r' } else { b'\n' };
        if let Some(field) = text.lines().next().and_then(named_separator) {
            return Self { field, line };
        }
        // Of equals the last one is taken: a comma, also for files of one column.
        let candidates = [b'\t', b';', b','].map(|field| (Separation::of(text, Self { field, line }), field));
        let best = candidates.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, field)) = best else { unreachable!("three candidates have a largest one") };
        Self { field, line }
    }
}

/// The separator of a line `sep=;`.
pub(super) fn named_separator(line: &str) -> Option<u8> {
    let name = line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?.as_bytes();
    <[u8; 1]>::try_from(name).ok().map(|[field]| field).filter(|field| b",;\t".contains(field))
}

/// What a field separator makes of a file.
#[derive(Debug, Clone, Copy)]
struct Separation {
    /// Whether rows have more than one field.
    several: bool,
    /// The share of rows with the usual number of fields.
    regular: f64,
    /// The share of numbers, dates and gaps among the fields below the first row.
    data: f64,
}

impl Separation {
    fn of(text: &str, separators: Separators) -> Self {
        let mut records = Records::new(Path::new(""), text, separators);
        let mut lengths: Vec<usize> = Vec::new();
        let (mut data, mut fields) = (0_usize, 0_usize);
        // A quote that is never closed ends the count; the full reading reports it.
        while let Ok(Some(record)) = records.next_record() {
            let counts = (1..=DATA_ROWS).contains(&lengths.len());
            let mut length = 0;
            records.for_each_field(record, |field| {
                length += 1;
                data += usize::from(counts && is_datum(field));
            });
            fields += if counts { length } else { 0 };
            lengths.push(length);
            if lengths.len() == TELLING_ROWS {
                break;
            }
        }
        lengths.sort_unstable();
        let runs = || lengths.chunk_by(|a, b| a == b);
        // Of equally frequent lengths the largest: a separator that cuts is one.
        let usual = runs().max_by_key(|run| run.len()).unwrap_or(&[]);
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        Self {
            several: usual.first().is_some_and(|&length| length > 1),
            regular: share(usual.len(), lengths.len()),
            data: share(data, fields),
        }
    }

    fn total_cmp(&self, other: &Self) -> Ordering {
        let regular = || self.regular.total_cmp(&other.regular);
        self.several.cmp(&other.several).then_with(regular).then_with(|| self.data.total_cmp(&other.data))
    }
}

#[cfg(test)]
mod tests {
    use super::Separators;

    #[test]
    fn separators_are_found() {
        for (text, field) in [
            ("t,x\n0,1\n", b','),
            ("t;x\n0,5;1,5\n1,5;2,5\n", b';'),
            ("time\tvalue (a, b)\n0\t1\n", b'\t'),
            ("t,\"a;b\"\n0,1\n", b','),
            ("t,x,y\n0,1\n1,2,3\n", b','),
            ("x\n1\n2\n", b','),
            ("t,x\n0,1;2\n", b','),
            ("t,x;y,label\n0,1,a;b\n1,2,c;d\n", b','),
        ] {
            assert_eq!(Separators::detect(text).field, field, "{text}");
        }
    }
}
