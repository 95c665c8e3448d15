//! Rows of delimited text, one at a time.

use std::cmp::Ordering;
use std::io::BufRead;
use std::path::Path;

use csv::StringRecord;

use super::calendar::iso_decimal_year;
use super::cell::Cell;
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
    /// Finds the separators from the beginning of a file.
    ///
    /// The field separator is one that gives all rows of the sample the same number of fields, and of several such
    /// the one that leaves most numbers: `;` and `,` also stand in names, and a comma may be a decimal sign.
    pub(super) fn detect(sample: &[u8]) -> Self {
        let line = if sample.contains(&b'\r') && !sample.contains(&b'\n') { b'\r' } else { b'\n' };
        // Of equals the last one is taken: a comma, also for files of one column.
        let candidates = [b'\t', b';', b','].map(|field| (Separation::of(sample, Self { field, line }), field));
        let best = candidates.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, field)) = best else { unreachable!("three candidates have a largest one") };
        Self { field, line }
    }
}

/// What a field separator makes of a sample.
#[derive(Debug, Clone, Copy)]
struct Separation {
    /// Whether all rows have the same number of fields, at least two.
    consistent: bool,
    /// The share of numbers, dates and gaps among the fields below the first row.
    data: f64,
    first_row: usize,
}

impl Separation {
    fn of(sample: &[u8], separators: Separators) -> Self {
        const ROWS: usize = 20;
        let mut records = Records::new(Path::new(""), sample, separators);
        let mut rows: Vec<StringRecord> = Vec::with_capacity(ROWS);
        // The sample may end inside a character or a quoted field; the full reading reports such faults.
        while rows.len() < ROWS
            && let Ok(Some(row)) = records.next_row()
        {
            rows.push(row.fields.clone());
        }
        // The sample may also end inside a row.
        if rows.len() > 2 && rows.len() < ROWS {
            rows.pop();
        }
        // A sample without rows says nothing for any separator.
        let first_row = rows.first().map_or(0, StringRecord::len);
        let consistent = first_row > 1 && rows.iter().all(|row| row.len() == first_row);
        let fields = || rows.iter().skip(1).flatten();
        let data = fields().filter(|field| is_datum(field)).count() as f64 / fields().count().max(1) as f64;
        Self { consistent, data, first_row }
    }

    fn total_cmp(&self, other: &Self) -> Ordering {
        let by_data = || self.data.total_cmp(&other.data);
        // Where no separator is consistent the first row decides: a header rarely has a field too many.
        let by_first_row = || self.first_row.cmp(&other.first_row);
        let consistent = self.consistent.cmp(&other.consistent);
        consistent.then_with(|| if self.consistent { by_data() } else { by_first_row() })
    }
}

fn is_datum(field: &str) -> bool {
    let decimal_comma = || Cell::read(&field.replacen(',', ".", 1)) != Cell::Text;
    Cell::read(field) != Cell::Text || iso_decimal_year(field).is_some() || decimal_comma()
}

/// One row.
pub(super) struct Row<'a> {
    /// Line on which it begins, from 1.
    pub(super) line: usize,
    /// Empty lines since the row before.
    pub(super) empty_lines: usize,
    /// Its fields without outer blanks and quotes.
    pub(super) fields: &'a StringRecord,
}

/// Reads rows, skipping empty lines and those that begin with `#`. Holds one row at a time.
///
/// Lines are cut here and only rows with quotes go through the CSV parser: it skips empty lines by itself, and the
/// line numbers it gives are then those of the first line skipped.
pub(super) struct Records<'p, R> {
    file: &'p Path,
    input: R,
    separators: Separators,
    line: usize,
    bytes: Vec<u8>,
    fields: StringRecord,
}

impl<'p, R: BufRead> Records<'p, R> {
    pub(super) fn new(file: &'p Path, input: R, separators: Separators) -> Self {
        Self { file, input, separators, line: 0, bytes: Vec::new(), fields: StringRecord::new() }
    }

    /// The next row, or `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, DataError> {
        let mut empty_lines = 0;
        loop {
            self.bytes.clear();
            if self.read_line()? == 0 {
                return Ok(None);
            }
            if self.line == 1 && self.bytes.starts_with(b"\xEF\xBB\xBF") {
                self.bytes.drain(..3);
            }
            if self.is_empty() {
                empty_lines += 1;
            } else if self.bytes.trim_ascii_start().first() != Some(&b'#') {
                break;
            }
        }
        let line = self.line;
        let quoted = self.bytes.contains(&b'"');
        if quoted {
            self.read_rest_of_quoted(line)?;
        }
        self.split(line, quoted)?;
        Ok(Some(Row { line, empty_lines, fields: &self.fields }))
    }

    /// Appends one line without its end; gives the number of bytes read.
    fn read_line(&mut self) -> Result<usize, DataError> {
        let read = self.input.read_until(self.separators.line, &mut self.bytes);
        let count = read.map_err(|source| DataError::Read { file: self.file.to_owned(), source })?;
        if self.bytes.last() == Some(&self.separators.line) {
            self.bytes.pop();
        }
        if self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        self.line += 1;
        Ok(count)
    }

    /// Blanks only; a row of nothing but tabs has empty fields where tab separates them.
    fn is_empty(&self) -> bool {
        self.bytes.iter().all(|&byte| byte.is_ascii_whitespace() && byte != self.separators.field)
    }

    /// Appends lines as long as a quoted field is open.
    fn read_rest_of_quoted(&mut self, line: usize) -> Result<(), DataError> {
        let mut state = Quoting::FieldStart;
        let mut seen = 0;
        loop {
            for &byte in &self.bytes[seen..] {
                state = state.after(byte, self.separators.field);
            }
            if state != Quoting::Quoted {
                return Ok(());
            }
            self.bytes.push(b'\n');
            seen = self.bytes.len();
            if self.read_line()? == 0 {
                return Err(DataError::OpenQuote { file: self.file.to_owned(), line });
            }
        }
    }

    fn split(&mut self, line: usize, quoted: bool) -> Result<(), DataError> {
        let not_utf8 = || DataError::NotUtf8 { file: self.file.to_owned(), line };
        let text = std::str::from_utf8(&self.bytes).map_err(|_| not_utf8())?;
        // Valid UTF-8, but the sign of a binary file or of UTF-16.
        if text.contains('\0') {
            return Err(not_utf8());
        }
        self.fields.clear();
        if quoted {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(self.separators.field)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            // From memory and from valid UTF-8 nothing can fail.
            let mut raw = StringRecord::new();
            reader.read_record(&mut raw).map_err(|_| not_utf8())?;
            self.fields.extend(raw.iter().map(without_blanks));
        } else {
            for field in text.split(char::from(self.separators.field)) {
                self.fields.push_field(field.trim());
            }
        }
        Ok(())
    }
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
        let separators = Separators::detect(text.as_bytes());
        let mut records = Records::new(Path::new("a.csv"), text.as_bytes(), separators);
        let mut rows = Vec::new();
        while let Some(row) = records.next_row().unwrap() {
            rows.push((row.line, row.fields.iter().map(str::to_owned).collect()));
        }
        rows
    }

    #[test]
    fn lines_are_counted_through_comments_empty_lines_and_quotes() {
        let text = "\u{FEFF}# made by \"us\n\nt, x\r\n\r\n0,1\n\"1\n2\",\"a\"\"b, c\"\n  \n3,4";
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
            assert_eq!(Separators::detect(text.as_bytes()).field, field, "{text}");
        }
        assert_eq!(rows("t,x\r0,1\r").len(), 2);
    }

    #[test]
    fn open_quotes_and_other_encodings_are_errors() {
        let fault = |bytes: &[u8]| {
            let mut records = Records::new(Path::new("a.csv"), bytes, Separators { field: b',', line: b'\n' });
            loop {
                if let Err(error) = records.next_row() {
                    return error;
                }
            }
        };
        assert!(matches!(fault(b"t,x\n0,\"1\n1,2\n"), DataError::OpenQuote { line: 2, .. }));
        assert!(matches!(fault(b"t,x\n0,1\n1,\xFF\n"), DataError::NotUtf8 { line: 3, .. }));
        assert!(matches!(fault(b"t,x\n0,\0\n"), DataError::NotUtf8 { line: 2, .. }));
        assert!(matches!(fault(b"\xFF\xFEt\0,\0x\0\n\0"), DataError::NotUtf8 { line: 1, .. }));
    }
}
