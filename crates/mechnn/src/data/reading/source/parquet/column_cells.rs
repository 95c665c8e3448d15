//! The cells of one column of a Parquet file, some rows at a time.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};

use super::super::super::options::DecimalMark;
use super::value_kind::ValueKind;
use super::value_text::{clock, date, decimal_number, half, instant, nanoseconds_of, number, opaque, whole_number};

/// The cells of one column in one group of rows, some rows at a time.
pub(super) struct ColumnCells {
    values: ColumnReader,
    /// Whether the column may have gaps, so that each row says whether it has a value.
    has_gaps: bool,
    kind: ValueKind,
    decimal: DecimalMark,
    /// The cells read last.
    cells: Vec<String>,
}

impl ColumnCells {
    pub(super) fn new(values: ColumnReader, has_gaps: bool, kind: ValueKind, decimal: DecimalMark) -> Self {
        Self { values, has_gaps, kind, decimal, cells: Vec::new() }
    }

    /// Reads the next rows; an error if there are fewer.
    pub(super) fn read(&mut self, rows: usize) -> Result<&[String]> {
        let (kind, decimal) = (self.kind, self.decimal);
        let has_gaps = self.has_gaps;
        let whole = |value: i64| whole_cell(value, kind, decimal);
        self.cells = match &mut self.values {
            ColumnReader::BoolColumnReader(values) => {
                cells(values, rows, has_gaps, |value| if *value { "TRUE" } else { "FALSE" }.to_owned())
            }
            ColumnReader::Int32ColumnReader(values) => cells(values, rows, has_gaps, |&value| match kind {
                ValueKind::Unsigned => value.cast_unsigned().to_string(),
                _ => whole(value.into()),
            }),
            ColumnReader::Int64ColumnReader(values) => cells(values, rows, has_gaps, |&value| whole(value)),
            ColumnReader::Int96ColumnReader(values) => {
                cells(values, rows, has_gaps, |value| instant(nanoseconds_of(value), 1))
            }
            ColumnReader::FloatColumnReader(values) => {
                cells(values, rows, has_gaps, |&value| number(value.into(), decimal))
            }
            ColumnReader::DoubleColumnReader(values) => cells(values, rows, has_gaps, |&value| number(value, decimal)),
            ColumnReader::ByteArrayColumnReader(values) => {
                cells(values, rows, has_gaps, |value| bytes_cell(value.data(), kind, decimal))
            }
            ColumnReader::FixedLenByteArrayColumnReader(values) => {
                cells(values, rows, has_gaps, |value| bytes_cell(value.data(), kind, decimal))
            }
        }?;
        Ok(&self.cells)
    }

    /// The cell of one of the rows read last.
    pub(super) fn cell(&self, row: usize) -> &str {
        &self.cells[row]
    }
}

fn cells<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    has_gaps: bool,
    text: impl Fn(&T::T) -> String,
) -> Result<Vec<String>> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (read, ..) = column.read_records(rows, has_gaps.then_some(&mut levels), None, &mut values)?;
    if read < rows {
        return Err(ParquetError::General("a column has fewer rows than the table".to_owned()));
    }
    if !has_gaps {
        return Ok(values.iter().map(text).collect());
    }
    let mut values = values.iter();
    let cell = |&level: &i16| match level {
        0 => Some(String::new()),
        _ => values.next().map(&text),
    };
    let cells: Option<Vec<String>> = levels.iter().map(cell).collect();
    cells.ok_or_else(|| ParquetError::General("a column has fewer values than it says".to_owned()))
}

fn whole_cell(value: i64, kind: ValueKind, decimal: DecimalMark) -> String {
    match kind {
        ValueKind::Unsigned => value.cast_unsigned().to_string(),
        ValueKind::Decimal { decimals } => decimal_number(value.into(), decimals, decimal),
        ValueKind::Date => date(value),
        // pandas and NumPy mark a missing time by this number; fastparquet writes it.
        ValueKind::Instant { .. } | ValueKind::Clock { .. } if value == i64::MIN => String::new(),
        ValueKind::Instant { unit } => instant(value.into(), unit),
        ValueKind::Clock { unit } => clock(i128::from(value) * unit),
        ValueKind::Plain | ValueKind::Half | ValueKind::Text | ValueKind::Opaque => value.to_string(),
    }
}

fn bytes_cell(bytes: &[u8], kind: ValueKind, decimal: DecimalMark) -> String {
    match kind {
        ValueKind::Decimal { decimals } => match whole_number(bytes) {
            Some(value) => decimal_number(value, decimals, decimal),
            // Of more digits than a number of ours has.
            None => {
                let whole = bytes
                    .iter()
                    .skip(1)
                    .fold(f64::from(bytes.first().map_or(0, |byte| byte.cast_signed())), |sum, &byte| {
                        256.0 * sum + f64::from(byte)
                    });
                number(whole / 10_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX)), decimal)
            }
        },
        ValueKind::Half if bytes.len() == 2 => number(half([bytes[0], bytes[1]]), decimal),
        ValueKind::Text => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim().to_owned(),
            Err(_) => opaque(bytes),
        },
        _ => opaque(bytes),
    }
}
