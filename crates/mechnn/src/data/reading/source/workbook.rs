//! Sheets of workbooks: `.xlsx`, `.xlsb`, `.xls` and `.ods`.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Cursor;
use std::path::PathBuf;

use calamine::{Cell, Data, DataRef, Reader, Sheets, open_workbook_auto_from_rs};

use super::super::cell::number;
use super::super::options::{CsvOptions, DecimalMark};
use super::grid::{Grid, GridWriter, TooLong};
use super::raw_table::{RawTable, TableForm};
use super::records::is_comment;
use super::sheet_cell::text;
use super::text_numbers::TextNumbers;
use crate::data::fault::{DataError, DataWarning, SourceError};

type Workbook = Sheets<Cursor<Vec<u8>>>;

/// More cells than this are no table that could be read.
const MOST_CELLS: usize = 100_000_000;

/// Reads the sheet that was asked for, else the first one with numbers.
pub(super) fn read(
    file: PathBuf,
    bytes: Vec<u8>,
    options: &CsvOptions,
    warnings: &mut Vec<DataWarning>,
) -> Result<RawTable, DataError> {
    let unreadable = |reason: String| SourceError::Workbook { file: file.clone(), reason };
    let mut workbook: Workbook =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let names = workbook.sheet_names();
    let (name, sheet) = match &options.sheet {
        Some(asked) => {
            let Some(name) = names.iter().find(|name| *name == asked) else {
                let (file, sheet) = (file.clone(), asked.clone());
                return Err(SourceError::Sheet { file, sheet, available: names }.into());
            };
            (name.clone(), Sheet::read(&mut workbook, name).map_err(unreadable)?)
        }
        None => {
            let mut found = None;
            for name in &names {
                let sheet = Sheet::read(&mut workbook, name).map_err(unreadable)?;
                if sheet.has_numbers() {
                    found = Some((name.clone(), sheet));
                    break;
                }
            }
            found.ok_or_else(|| DataError::NoData { file: file.clone() })?
        }
    };
    if options.sheet.is_none() && names.len() > 1 {
        let others = names.iter().filter(|other| **other != name).cloned().collect();
        warnings.push(DataWarning::SheetChosen { file: file.clone(), sheet: name.clone(), others });
    }
    let decimal = match options.decimal {
        Some(mark) => mark,
        None => sheet.text_numbers().decimal_mark(&file)?,
    };
    let grid = sheet.grid(decimal).map_err(|_| unreadable("a row is too long".to_owned()))?;
    let form = TableForm::Sheet { name, sheets: names.len() };
    Ok(RawTable { file, form, grid, decimal: Some(decimal) })
}

/// The cells of a sheet that are not empty, row by row: their row and column from 0, and what they hold.
///
/// Not a rectangle: one forgotten blank in the last row of the sheet would make it one of millions of cells.
struct Sheet(Vec<(u32, u32, Data)>);

impl Sheet {
    fn read(workbook: &mut Workbook, name: &str) -> Result<Self, String> {
        let words = |error: &dyn Display| error.to_string();
        let mut cells = match workbook {
            Sheets::Xlsx(workbook) => {
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| words(&error))?;
                streamed(|| reader.next_cell().map(|cell| cell.map(owned)).map_err(|error| words(&error)))?
            }
            Sheets::Xlsb(workbook) => {
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| words(&error))?;
                streamed(|| reader.next_cell().map(|cell| cell.map(owned)).map_err(|error| words(&error)))?
            }
            other => {
                let range = other.worksheet_range(name).map_err(|error| words(&error))?;
                let (row, column) = range.start().unwrap_or((0, 0));
                let place = |(i, j, cell): (usize, usize, &Data)| (row + i as u32, column + j as u32, cell.clone());
                range.used_cells().map(place).collect()
            }
        };
        let is_blank = |cell: &Data| matches!(cell, Data::String(text) if text.trim().is_empty());
        cells.retain(|(_, _, cell)| *cell != Data::Empty && !is_blank(cell));
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        Ok(Self(cells))
    }

    /// Rows with their numbers in the sheet, from 1.
    fn rows(&self) -> impl Iterator<Item = (usize, &[(u32, u32, Data)])> {
        self.0.chunk_by(|a, b| a.0 == b.0).map(|row| (row[0].0 as usize + 1, row))
    }

    /// Whether there are numbers in two rows, as in a table.
    fn has_numbers(&self) -> bool {
        let is_number = |cell: &Data| match cell {
            Data::Int(_) | Data::Float(_) | Data::DateTime(_) => true,
            Data::String(text) => DecimalMark::BOTH.iter().any(|&mark| number(text.trim(), mark).is_some()),
            _ => false,
        };
        self.rows().filter(|(_, row)| row.iter().any(|(_, _, cell)| is_number(cell))).nth(1).is_some()
    }

    /// The numbers that stand in the sheet as text.
    fn text_numbers(&self) -> TextNumbers {
        let mut numbers = TextNumbers::new();
        for (row, column, cell) in &self.0 {
            if let Data::String(text) = cell {
                numbers.add(*row as usize + 1, || letters(*column), text.trim());
            }
        }
        numbers
    }

    fn grid(&self, decimal: DecimalMark) -> Result<Grid, TooLong> {
        let is_comment_row = |row: &[(u32, u32, Data)]| is_comment(&text(&row[0].2, decimal));
        let rows = || self.rows().filter(|(_, row)| !is_comment_row(row));
        let columns: BTreeSet<u32> = rows().flat_map(|(_, row)| row.iter().map(|(_, column, _)| *column)).collect();
        let mut writer = GridWriter::default();
        let mut previous = 0;
        for (line, row) in rows() {
            writer.begin_row(line, line - previous - 1);
            let mut cells = row.iter().peekable();
            for column in &columns {
                match cells.next_if(|(_, own, _)| own == column) {
                    Some((_, _, cell)) => writer.push(&text(cell, decimal))?,
                    None => writer.push("")?,
                }
            }
            previous = line;
        }
        Ok(writer.finish(String::new()))
    }
}

fn owned(cell: Cell<DataRef<'_>>) -> (u32, u32, Data) {
    let (row, column) = cell.get_position();
    (row, column, cell.get_value().clone().into())
}

/// All cells of a reader; no more than could be kept.
fn streamed(
    mut next: impl FnMut() -> Result<Option<(u32, u32, Data)>, String>,
) -> Result<Vec<(u32, u32, Data)>, String> {
    let mut cells = Vec::new();
    while let Some(cell) = next()? {
        if cells.len() == MOST_CELLS {
            return Err(format!("a sheet has more than {MOST_CELLS} cells"));
        }
        cells.push(cell);
    }
    Ok(cells)
}

/// The name of a column in a sheet: A, B, .., Z, AA, ..
fn letters(column: u32) -> String {
    let letter = char::from(b'A' + (column % 26) as u8);
    if column < 26 { letter.to_string() } else { letters(column / 26 - 1) + &letter.to_string() }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_are_named_as_in_a_sheet() {
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
