//! Rows of delimited text, one at a time.

use std::cmp::Ordering;
use std::path::Path;

use csv::StringRecord;

use super::cell::is_datum;
use crate::data::fault::DataError;

/// How the fields and lines of a file are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separators {
    /// `,`, `;` or tab.
    pub(super) field: u8,
    /// The byte that ends a line: `\n` (a `\r` before it is dropped), or `\r` in files of old Macs.
    pub(super) line: u8,
}

impl Separators {
    /// Finds the separators of a file from all of its rows.
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
fn named_separator(line: &str) -> Option<u8> {
    let name = line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?.as_bytes();
    <[u8; 1]>::try_from(name).ok().map(|[field]| field).filter(|field| b",;\t".contains(field))
}

/// In so many rows below the first it is counted what fields hold: enough to tell, and long tables are read quickly.
const DATA_ROWS: usize = 1000;

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
        while let Ok(Some(row)) = records.next_row() {
            if (1..=DATA_ROWS).contains(&lengths.len()) {
                data += row.fields.iter().filter(|field| is_datum(field)).count();
                fields += row.fields.len();
            }
            lengths.push(row.fields.len());
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

/// One row, until the next is read.
pub(super) struct Row<'a> {
    /// Line on which it begins, from 1.
    pub(super) line: usize,
    /// Empty lines since the row before.
    pub(super) empty_lines: usize,
    /// Its fields without outer blanks and quotes.
    pub(super) fields: &'a StringRecord,
}

/// One row, kept.
#[derive(Debug, Clone)]
pub(super) struct GridRow {
    pub(super) line: usize,
    pub(super) empty_lines: usize,
    pub(super) fields: StringRecord,
}

/// Reads rows, skipping empty lines and those that begin with `#`. Holds one row at a time.
///
/// Lines are cut here and only rows with quotes go through the CSV parser: it skips empty lines by itself, and the
/// line numbers it gives are then those of the first line skipped.
pub(super) struct Records<'a> {
    file: &'a Path,
    /// What has not been read yet.
    rest: &'a str,
    separators: Separators,
    line: usize,
    fields: StringRecord,
}

impl<'a> Records<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str, separators: Separators) -> Self {
        let mut records = Self { file, rest: text, separators, line: 0, fields: StringRecord::new() };
        if text.lines().next().and_then(named_separator).is_some() {
            records.read_line();
        }
        records
    }

    /// All rows.
    pub(super) fn all(mut self) -> Result<Vec<GridRow>, DataError> {
        let mut rows = Vec::new();
        while let Some(Row { line, empty_lines, fields }) = self.next_row()? {
            rows.push(GridRow { line, empty_lines, fields: fields.clone() });
        }
        Ok(rows)
    }

    /// The next row, or `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, DataError> {
        let mut empty_lines = 0;
        let (from, first) = loop {
            let from = self.rest;
            let Some(line) = self.read_line() else { return Ok(None) };
            if self.is_empty(line) {
                empty_lines += 1;
            } else if !is_comment(line) {
                break (from, line);
            }
        };
        let line = self.line;
        let quoted = first.contains('"');
        let row = if quoted { self.read_rest_of_quoted(from, first, line)? } else { first };
        self.split(row, quoted);
        Ok(Some(Row { line, empty_lines, fields: &self.fields }))
    }

    /// One line without its end.
    fn read_line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once(char::from(self.separators.line)).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += 1;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// Blanks only; a row of nothing but tabs has empty fields where tab separates them.
    fn is_empty(&self, line: &str) -> bool {
        line.bytes().all(|byte| byte.is_ascii_whitespace() && byte != self.separators.field)
    }

    /// The row that begins at `from` with the line `first`, with all lines through which a quoted field is open.
    fn read_rest_of_quoted(&mut self, from: &'a str, first: &'a str, line: usize) -> Result<&'a str, DataError> {
        let mut state = Quoting::FieldStart;
        let mut part = first;
        loop {
            for byte in part.bytes() {
                state = state.after(byte, self.separators.field);
            }
            if state != Quoting::Quoted {
                let end = part.as_ptr() as usize - from.as_ptr() as usize + part.len();
                return Ok(&from[..end]);
            }
            part = self.read_line().ok_or_else(|| DataError::OpenQuote { file: self.file.to_owned(), line })?;
        }
    }

    fn split(&mut self, row: &str, quoted: bool) {
        self.fields.clear();
        if quoted {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(self.separators.field)
                .has_headers(false)
                .flexible(true)
                .from_reader(row.as_bytes());
            let mut raw = StringRecord::new();
            let read = reader.read_record(&mut raw);
            read.unwrap_or_else(|error| unreachable!("valid UTF-8 in memory is read: {error}"));
            self.fields.extend(raw.iter().map(without_blanks));
        } else {
            for field in row.split(char::from(self.separators.field)) {
                self.fields.push_field(field.trim());
            }
        }
    }
}

/// Whether a line is a comment. What Excel writes for faults, as in `#N/A,1.5`, begins with `#`, too.
fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let faults = ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!"];
    line.starts_with('#') && !faults.iter().any(|fault| line.starts_with(fault))
}

/// Drops outer blanks, and the quotes of `, "a"`: after a blank they are no quotes to the CSV parser.
fn without_blanks(field: &str) -> &str {
    let trimmed = field.trim();
    if trimmed.len() == field.len() {
        return field;
    }
    trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(trimmed)
}

/// Where in a row the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote in a quoted field: its end, or the first half of an escaped quote.
    Closing,
}

impl Quoting {
    fn after(self, byte: u8, separator: u8) -> Self {
        match (self, byte) {
            (Self::FieldStart | Self::Closing, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::Closing,
            (Self::Quoted, _) => Self::Quoted,
            (_, byte) if byte == separator => Self::FieldStart,
            _ => Self::Unquoted,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{DataError, Records, Separators};

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let separators = Separators::detect(text);
        let mut records = Records::new(Path::new("a.csv"), text, separators);
        let mut rows = Vec::new();
        while let Some(row) = records.next_row().unwrap() {
            rows.push((row.line, row.fields.iter().map(str::to_owned).collect()));
        }
        rows
    }

    #[test]
    fn lines_are_counted_through_comments_empty_lines_and_quotes() {
        let text = "# made by \"us\n\nt, x\r\n\r\n0,1\n\"1\n2\",\"a\"\"b, c\"\n  \n3,4";
        let fields: Vec<(usize, Vec<String>)> = rows(text);
        let expected = [(3, ["t", "x"]), (5, ["0", "1"]), (6, ["1\n2", "a\"b, c"]), (9, ["3", "4"])];
        assert_eq!(fields, expected.map(|(line, row)| (line, row.map(String::from).to_vec())));
    }

    #[test]
    fn quotes_after_blanks_are_dropped() {
        assert_eq!(rows("\"t\", \"x y\"\n0, 1\n")[0].1, ["t", "x y"]);
        assert_eq!(rows("\"\"\"t\"\"\",x\n")[0].1, ["\"t\"", "x"]);
    }

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
        assert_eq!(rows("t,x\r0,1\r").len(), 2);
    }

    #[test]
    fn open_quotes_are_errors() {
        let text = "t,x\n0,\"1\n1,2\n";
        let mut records = Records::new(Path::new("a.csv"), text, Separators { field: b',', line: b'\n' });
        records.next_row().unwrap();
        assert!(matches!(records.next_row(), Err(DataError::OpenQuote { line: 2, .. })));
    }

    #[test]
    fn what_excel_writes_is_no_comment() {
        assert_eq!(
            rows("sep=;\nt;x,y\n#N/A;1\n").iter().map(|row| row.1.join("|")).collect::<Vec<_>>(),
            ["t|x,y", "#N/A|1"]
        );
    }
}
