//! A Parquet file as a grid of cells.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;

use super::super::super::options::{CsvOptions, DecimalMark};
use super::super::grid::{Grid, GridWriter};
use super::super::raw_table::{RawTable, TableForm};
use super::super::table_source::MOST_BYTES;
use super::super::text_numbers::TextNumbers;
use super::column_file::ColumnFile;
use super::footer::{self, FooterFault};
use crate::data::fault::{DataError, SourceError};

/// More cells than this are no table that could be read: each takes 8 bytes beside its text.
const MOST_CELLS: u64 = 100_000_000;

/// Rows of each column that are read at a time.
const ROWS_AT_A_TIME: usize = 1024;

/// Reads all columns.
pub(in super::super) fn read(file: PathBuf, bytes: Vec<u8>, options: &CsvOptions) -> Result<RawTable, DataError> {
    match footer::check(&bytes) {
        Ok(()) => {}
        Err(FooterFault::Damaged) => return Err(damaged(&file, "its end does not say what is in it").into()),
        Err(FooterFault::Nested(column)) => return Err(SourceError::ParquetNested { file, column }.into()),
    }
    // In a damaged file the decoder may come upon a place that it thinks impossible.
    match catch_unwind(AssertUnwindSafe(|| table(&file, bytes, options))) {
        Ok(Ok(table)) => Ok(table),
        Ok(Err(Fault::Data(error))) => Err(*error),
        Ok(Err(Fault::Decoder(ParquetError::General(reason)))) => Err(damaged(&file, &reason).into()),
        Ok(Err(Fault::Decoder(error))) => Err(damaged(&file, &error.to_string()).into()),
        Err(_) => Err(damaged(&file, "its bytes contradict each other").into()),
    }
}

fn damaged(file: &Path, reason: &str) -> SourceError {
    SourceError::ParquetDamaged { file: file.to_owned(), reason: reason.to_owned() }
}

enum Fault {
    Decoder(ParquetError),
    Data(Box<DataError>),
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::Decoder(error)
    }
}

impl From<DataError> for Fault {
    fn from(error: DataError) -> Self {
        Self::Data(Box::new(error))
    }
}

fn table(file: &Path, bytes: Vec<u8>, options: &CsvOptions) -> Result<RawTable, Fault> {
    let content = ColumnFile::open(bytes)?;
    if content.columns().is_empty() {
        return Err(DataError::NoData { file: file.to_owned() }.into());
    }
    if let Some(list) = content.columns().iter().find(|column| column.is_list) {
        let (file, column) = (file.to_owned(), list.name.clone());
        return Err(DataError::from(SourceError::ParquetNested { file, column }).into());
    }
    let cells = content.rows().saturating_mul(content.columns().len() as u64);
    if content.unpacked_size() > MOST_BYTES || cells > MOST_CELLS {
        return Err(DataError::TooLarge { file: file.to_owned(), limit: MOST_BYTES }.into());
    }
    let decimal = match options.decimal {
        Some(mark) => mark,
        None => text_numbers(&content)?.decimal_mark(file)?,
    };
    let grid = grid(file, &content, decimal)?;
    Ok(RawTable { file: file.to_owned(), form: TableForm::Parquet, grid, decimal: Some(decimal) })
}

/// The numbers that stand in columns of texts.
fn text_numbers(content: &ColumnFile) -> Result<TextNumbers, ParquetError> {
    let mut numbers = TextNumbers::new();
    let room = Arc::new(AtomicU64::new(MOST_BYTES));
    for (index, column) in content.columns().iter().enumerate().filter(|(_, column)| column.has_texts()) {
        let mut line = 0;
        for group in content.groups() {
            let mut cells = content.cells(group, index, DecimalMark::Point, &room)?;
            for rows in batches(group) {
                for text in cells.read(rows)? {
                    line += 1;
                    numbers.add(line, || column.name.clone(), text);
                }
            }
        }
    }
    Ok(numbers)
}

fn grid(file: &Path, content: &ColumnFile, decimal: DecimalMark) -> Result<Grid, Fault> {
    let too_large = || DataError::TooLarge { file: file.to_owned(), limit: MOST_BYTES };
    let mut writer = GridWriter::default();
    let (mut line, mut text) = (0, 0);
    // The names stand above the first row, which is 1 in messages.
    writer.begin_row(line, 0);
    content.columns().iter().try_for_each(|column| writer.push(&column.name)).map_err(|_| too_large())?;
    let room = Arc::new(AtomicU64::new(MOST_BYTES));
    for group in content.groups() {
        let columns = (0..content.columns().len()).map(|index| content.cells(group, index, decimal, &room));
        let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
        for rows in batches(group) {
            for column in &mut columns {
                text += column.read(rows)?.iter().map(|cell| cell.len() as u64).sum::<u64>();
            }
            // A long text that is stored once may stand in every row.
            if text > MOST_BYTES {
                return Err(too_large().into());
            }
            for row in 0..rows {
                line += 1;
                writer.begin_row(line, 0);
                columns.iter().try_for_each(|column| writer.push(column.cell(row))).map_err(|_| too_large())?;
            }
        }
    }
    Ok(writer.finish(String::new()))
}

/// Rows that are read at a time, from the first to the last of a group.
fn batches(group: &RowGroupMetaData) -> impl Iterator<Item = usize> + use<> {
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    (0..rows).step_by(ROWS_AT_A_TIME).map(move |start| (rows - start).min(ROWS_AT_A_TIME))
}
