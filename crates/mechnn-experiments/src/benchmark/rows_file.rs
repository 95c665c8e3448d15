//! The file of rows: appended to as runs finish, read back to go on, sorted at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{BenchmarkError, Method, Row, Run};
use mechnn::whole_file;

/// First line: the form of the file. The number rises when a column changes its meaning or leaves.
const SCHEMA: &str = "# mechnn odebench rows 1";

/// A CSV file of rows that survives being stopped at any moment: every row is one write of one line.
#[derive(Debug)]
pub struct RowsFile {
    path: PathBuf,
    file: File,
}

impl RowsFile {
    /// A new, empty file in place of any other.
    ///
    /// # Errors
    /// [`BenchmarkError::Io`].
    pub fn create(path: &Path) -> Result<Self, BenchmarkError> {
        Self::with_rows(path, &[])
    }

    /// A file to go on with, and the rows that are in it. A last line that was cut short is dropped.
    ///
    /// # Errors
    /// [`BenchmarkError::Io`]; [`BenchmarkError::Rows`] if the file is something else.
    pub fn resume(path: &Path) -> Result<(Self, Vec<Row>), BenchmarkError> {
        let rows = read(path)?;
        Ok((Self::with_rows(path, &rows)?, rows))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`BenchmarkError::Io`].
    pub fn append(&mut self, row: &Row) -> Result<(), BenchmarkError> {
        let written = lines(std::slice::from_ref(row), false).and_then(|line| self.file.write_all(&line));
        written.map_err(|source| write_error(&self.path, source))
    }

    /// Replaces the file by all of `rows`, sorted.
    ///
    /// # Errors
    /// [`BenchmarkError::Io`].
    pub fn finish(self, rows: &[Row]) -> Result<(), BenchmarkError> {
        replace(&self.path, &sorted(rows)).map(|_| ())
    }

    fn with_rows(path: &Path, rows: &[Row]) -> Result<Self, BenchmarkError> {
        replace(path, rows)?;
        let file = OpenOptions::new().append(true).open(path).map_err(|source| write_error(path, source))?;
        Ok(Self { path: path.to_owned(), file })
    }
}

/// The rows by method, condition, system and start.
pub fn sorted(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.method.cmp(&b.method).then(a.run().order(&b.run())));
    rows
}

impl Row {
    /// Whether it is the result of `run` by `method`.
    pub fn is_of(&self, run: &Run, method: Method) -> bool {
        self.method == method && self.run() == *run
    }
}

fn read(path: &Path) -> Result<Vec<Row>, BenchmarkError> {
    let failed = |source| BenchmarkError::Io { action: "read", path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        // Nothing is done yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = |line, reason: String| BenchmarkError::Rows { path: path.to_owned(), line, reason };
    if !text.starts_with(SCHEMA) {
        return Err(wrong(1, format!("expected \"{SCHEMA}\"")));
    }
    // Every row ends with a line break: what follows the last one was cut short. (A cut inside a quoted field that
    // holds a line break would escape this; rows have none.)
    let whole = &text[..text.rfind('\n').map_or(0, |last| last + 1)];
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(whole.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    let mut records = reader.deserialize::<Row>();
    while let Some(row) = records.next() {
        let row = row.map_err(|error| wrong(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        if rows.iter().any(|known| known.is_of(&row.run(), row.method)) {
            // The reader stands at the end of the row, which is one line.
            let line = records.reader().position().line() - 1;
            return Err(wrong(line, "its run is there twice".to_owned()));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn lines(rows: &[Row], header: bool) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().has_headers(header).comment(Some(b'#')).from_writer(Vec::new());
    for row in rows {
        // A row is one line, whatever an error message holds.
        let message = row.message.split_whitespace().collect::<Vec<_>>().join(" ");
        writer.serialize(Row { message, ..row.clone() }).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

/// The header alone, for a file without rows: the writer makes it from the first row.
const HEADER: &str = "system,name,dim,class,start,noise,drop,seed,method,outcome,r2_reconstruction,r2_generalisation,\
                      structure,worst_coefficient_error,terms,core_seconds,equations,message\n";

fn replace(path: &Path, rows: &[Row]) -> Result<(), BenchmarkError> {
    let fill = |file: &mut dyn Write| {
        file.write_all(format!("{SCHEMA}\n{HEADER}").as_bytes())?;
        file.write_all(&lines(rows, false)?)
    };
    whole_file::write_with(path, fill).map_err(|error| write_error(&error.path, error.source))
}

fn write_error(path: &Path, source: io::Error) -> BenchmarkError {
    BenchmarkError::Io { action: "write", path: path.to_owned(), source }
}
