//! Rows of delimited text, one at a time.

use std::path::Path;

use csv::StringRecord;

use super::grid::{Grid, GridWriter, TooLong};
use super::separators::{Separators, named_separator};
use crate::data::fault::DataError;

/// The grid of a text.
///
/// # Errors
/// [`DataError::OpenQuote`], [`DataError::LongRow`].
pub(super) fn grid_of_text(file: &Path, text: String, separators: Separators) -> Result<Grid, DataError> {
    let mut records = Records::new(file, &text, separators);
    let lines = 1 + text.bytes().filter(|&byte| byte == separators.line).count();
    let fields = 1 + text.lines().nth(1).map_or(0, |line| line.bytes().filter(|&b| b == separators.field).count());
    // Most tables have as many fields on every line as on their second.
    let cells = lines.saturating_mul(fields).min(1 + text.len());
    let mut writer = GridWriter::with_capacity(text.len(), lines, cells);
    while let Some(record) = records.next_record()? {
        let too_long = |_: TooLong| DataError::LongRow { file: file.to_owned(), line: record.line };
        if record.quoted {
            writer.begin_row(record.line, record.empty_lines);
            let mut pushed = Ok(());
            records.for_each_field(record, |field| pushed = pushed.and_then(|()| writer.push(field)));
            pushed.map_err(too_long)?;
            continue;
        }
        writer.begin_in_text(record.line, record.empty_lines, record.text.as_ptr() as usize - text.as_ptr() as usize);
        let mut start = 0;
        for field in record.text.split(char::from(separators.field)) {
            let begin = start + (field.len() - field.trim_start().len());
            writer.push_in_text(begin, begin + field.trim().len()).map_err(too_long)?;
            start += field.len() + 1;
        }
    }
    Ok(writer.finish(text))
}

/// One row, not yet cut into fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Line on which it begins, from 1.
    pub(super) line: usize,
    /// Empty lines since the row before.
    pub(super) empty_lines: usize,
    text: &'a str,
    /// Whether there are quotes in it.
    quoted: bool,
}

/// Reads rows, skipping empty lines and those that begin with `#`.
///
/// Lines are cut here and only rows with quotes go through the CSV parser: it skips empty lines by itself, and the
/// line numbers it gives are then those of the first line skipped.
pub(super) struct Records<'a> {
    file: &'a Path,
    /// What has not been read yet.
    rest: &'a str,
    separators: Separators,
    line: usize,
}

impl<'a> Records<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str, separators: Separators) -> Self {
        let mut records = Self { file, rest: text, separators, line: 0 };
        if text.lines().next().and_then(named_separator).is_some() {
            records.read_line();
        }
        records
    }

    /// The next row, or `None` at the end of the file.
    pub(super) fn next_record(&mut self) -> Result<Option<Record<'a>>, DataError> {
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
        let text = if quoted { self.read_rest_of_quoted(from, first, line)? } else { first };
        Ok(Some(Record { line, empty_lines, text, quoted }))
    }

    /// Gives each field without outer blanks and quotes.
    pub(super) fn for_each_field(&self, record: Record<'_>, mut give: impl FnMut(&str)) {
        if !record.quoted {
            record.text.split(char::from(self.separators.field)).for_each(|field| give(field.trim()));
            return;
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.separators.field)
            .has_headers(false)
            .flexible(true)
            .from_reader(record.text.as_bytes());
        let mut raw = StringRecord::new();
        let read = reader.read_record(&mut raw);
        read.unwrap_or_else(|error| unreachable!("valid UTF-8 in memory is read: {error}"));
        raw.iter().for_each(|field| give(without_blanks(field)));
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
}

/// Whether a line is a comment. What Excel writes for faults, as in `#N/A,1.5`, begins with `#`, too.
pub(super) fn is_comment(line: &str) -> bool {
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

    use super::{DataError, Separators, grid_of_text};

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let grid = grid_of_text(Path::new("a.csv"), text.to_owned(), Separators::detect(text)).unwrap();
        grid.rows().map(|row| (row.line, row.iter().map(str::to_owned).collect())).collect()
    }

    #[test]
    fn lines_are_counted_through_comments_empty_lines_and_quotes() {
        let text = "# made by \"us\n\nt, x\r\n\r\n0,1\n\"1\n2\",\"a\"\"b, c\"\n  \n3,4";
        let expected = [(3, ["t", "x"]), (5, ["0", "1"]), (6, ["1\n2", "a\"b, c"]), (9, ["3", "4"])];
        assert_eq!(rows(text), expected.map(|(line, row)| (line, row.map(String::from).to_vec())));
    }

    #[test]
    fn quotes_after_blanks_are_dropped() {
        assert_eq!(rows("\"t\", \"x y\"\n0, 1\n")[0].1, ["t", "x y"]);
        assert_eq!(rows("\"\"\"t\"\"\",x\n")[0].1, ["\"t\"", "x"]);
        assert_eq!(rows("t,x\r0,1\r").len(), 2);
    }

    #[test]
    fn open_quotes_are_errors() {
        let grid =
            grid_of_text(Path::new("a.csv"), "t,x\n0,\"1\n1,2\n".to_owned(), Separators { field: b',', line: b'\n' });
        assert!(matches!(grid, Err(DataError::OpenQuote { line: 2, .. })));
    }

    #[test]
    fn what_excel_writes_is_no_comment() {
        let found: Vec<String> = rows("sep=;\nt;x,y\n#N/A;1\n").iter().map(|row| row.1.join("|")).collect();
        assert_eq!(found, ["t|x,y", "#N/A|1"]);
    }
}
