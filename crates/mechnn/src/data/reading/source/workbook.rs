//! Sheets of workbooks: `.xlsx`, `.xlsb`, `.xls` and `.ods`.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, ExcelDateTime, Range, Reader, Sheets, open_workbook_auto_from_rs};

use super::super::cell::{MarkEvidence, NumberStyles, number};
use super::super::options::{CsvOptions, DecimalMark};
use super::grid::{Grid, GridWriter, TooLong};
use super::raw_table::{RawTable, TableForm};
use super::records::is_comment;
use crate::data::fault::{DataError, DataWarning, SourceError};
use crate::number::exact;

type Workbook = Sheets<Cursor<Vec<u8>>>;

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
    let mut cells = |name: &String| workbook.worksheet_range(name).map_err(|error| unreadable(error.to_string()));
    let (name, range) = match &options.sheet {
        Some(asked) => {
            let Some(name) = names.iter().find(|name| *name == asked) else {
                return Err(SourceError::Sheet { file, sheet: asked.clone(), available: names }.into());
            };
            (name.clone(), cells(name)?)
        }
        None => {
            let mut found = None;
            for name in &names {
                let range = cells(name)?;
                if has_numbers(&range) {
                    found = Some((name.clone(), range));
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
    let decimal = decimal_mark(&file, &range, options.decimal)?;
    let grid = grid(&range, decimal).map_err(|_| unreadable("a row is too long".to_owned()))?;
    let form = TableForm::Sheet { name, sheets: names.len() };
    Ok(RawTable { file, form, grid, decimal: Some(decimal) })
}

/// A table has a time and a value in at least two rows.
fn has_numbers(range: &Range<Data>) -> bool {
    let is_number = |cell: &&Data| matches!(cell, Data::Int(_) | Data::Float(_) | Data::DateTime(_));
    let is_written = |cell: &&Data| matches!(cell, Data::String(text) if number_of(text));
    let number_of_cells = |row: &[Data]| row.iter().filter(|cell| is_number(cell) || is_written(cell)).count();
    range.rows().filter(|row| number_of_cells(row) > 0).nth(1).is_some()
}

fn number_of(text: &str) -> bool {
    DecimalMark::BOTH.iter().any(|&mark| number(text.trim(), mark).is_some())
}

/// The decimal mark of the numbers that stand in the sheet as text: those that are numbers need none, and are written
/// into the grid in the same way.
fn decimal_mark(file: &Path, range: &Range<Data>, asked: Option<DecimalMark>) -> Result<DecimalMark, DataError> {
    if let Some(mark) = asked {
        return Ok(mark);
    }
    let mut styles = NumberStyles::new();
    for (line, row) in lines(range) {
        for cell in row {
            if let Data::String(text) = cell {
                styles.add(line, text.trim());
            }
        }
    }
    match (styles.evidence(), styles.undecided) {
        (MarkEvidence::Only(mark), _) => Ok(mark),
        (MarkEvidence::Undecided, Some((line, found))) => {
            let readings = DecimalMark::BOTH.map(|mark| number(&found, mark).unwrap_or(f64::NAN));
            let column = "text".to_owned();
            Err(DataError::AmbiguousNumber { file: file.to_owned(), line, column, found: found.into(), readings })
        }
        // Where columns contradict each other, each is judged by itself later.
        (MarkEvidence::Same | MarkEvidence::Mixed | MarkEvidence::Undecided, _) => Ok(DecimalMark::Point),
    }
}

/// Rows with their numbers in the sheet, from 1.
fn lines(range: &Range<Data>) -> impl Iterator<Item = (usize, &[Data])> {
    let first = range.start().map_or(0, |(row, _)| row as usize);
    range.rows().enumerate().map(move |(index, row)| (first + index + 1, row))
}

fn grid(range: &Range<Data>, decimal: DecimalMark) -> Result<Grid, TooLong> {
    // A column that only has a width or a colour is none.
    let used: Vec<bool> =
        (0..range.width()).map(|column| range.rows().any(|row| row[column] != Data::Empty)).collect();
    let mut writer = GridWriter::default();
    let mut previous = 0;
    for (line, row) in lines(range) {
        let first = row.iter().find(|cell| **cell != Data::Empty).map(|cell| text(cell, decimal));
        let Some(first) = first.filter(|text| !text.is_empty() || row.iter().any(|cell| !is_blank(cell))) else {
            continue;
        };
        if is_comment(&first) {
            previous = line;
            continue;
        }
        writer.begin_row(line, line - previous - 1);
        for (cell, _) in row.iter().zip(&used).filter(|(_, used)| **used) {
            writer.push(&text(cell, decimal))?;
        }
        previous = line;
    }
    Ok(writer.finish(String::new()))
}

fn is_blank(cell: &Data) -> bool {
    match cell {
        Data::Empty => true,
        Data::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A cell as it would stand in a text file.
fn text(cell: &Data, decimal: DecimalMark) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number, decimal),
        Data::String(text) => text.trim().to_owned(),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(instant) => instant_text(instant),
        Data::DateTimeIso(text) => text.clone(),
        Data::DurationIso(text) => clock_of_duration(text).unwrap_or_else(|| text.clone()),
        Data::Error(fault) => fault.to_string(),
    }
}

fn number_text(number: f64, decimal: DecimalMark) -> String {
    let text = exact(number);
    let text = text.strip_suffix(".0").unwrap_or(&text);
    match decimal {
        DecimalMark::Point => text.to_owned(),
        DecimalMark::Comma => text.replace('.', ","),
    }
}

const DAY_MILLISECONDS: f64 = 86_400_000.0;

/// A date, a date with a time of day, or one of these alone.
fn instant_text(instant: &ExcelDateTime) -> String {
    let days = instant.as_f64();
    if instant.is_duration() || (0.0..1.0).contains(&days) {
        // Excel knows no time finer than milliseconds.
        let milliseconds = (days * DAY_MILLISECONDS).round() as i64;
        let (sign, milliseconds) = (if milliseconds < 0 { "-" } else { "" }, milliseconds.unsigned_abs());
        let seconds = milliseconds / 1000;
        let clock = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return with_milliseconds(clock, milliseconds % 1000);
    }
    let (year, month, day, hour, minute, second, millisecond) = instant.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, millisecond) == (0, 0, 0, 0) {
        return date;
    }
    with_milliseconds(format!("{date} {hour:02}:{minute:02}:{second:02}"), millisecond.into())
}

fn with_milliseconds(text: String, milliseconds: u64) -> String {
    if milliseconds == 0 { text } else { format!("{text}.{milliseconds:03}") }
}

/// `09:30:00` of `PT09H30M00S`.
fn clock_of_duration(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.replace(',', ".");
    Some(format!("{hours}:{minutes}:{seconds}"))
}

#[cfg(test)]
mod tests {
    use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

    use super::{DecimalMark, text};

    #[test]
    fn cells_are_written_as_in_a_text_file() {
        let instant = |days: f64, kind| Data::DateTime(ExcelDateTime::new(days, kind, false));
        let (date, duration) = (ExcelDateTimeType::DateTime, ExcelDateTimeType::TimeDelta);
        for (cell, expected) in [
            (Data::Float(1.5), "1.5"),
            (Data::Float(3.0), "3"),
            (Data::Float(1e-300), "1e-300"),
            (Data::Int(-7), "-7"),
            (Data::String(" a b ".to_owned()), "a b"),
            (Data::Empty, ""),
            (Data::Error(calamine::CellErrorType::NA), "#N/A"),
            (instant(44_260.0, date), "2021-03-05"),
            (instant(44_260.395_833_333_336, date), "2021-03-05 09:30:00"),
            (instant(0.395_833_333_333_333_3, date), "09:30:00"),
            (instant(1.5, duration), "36:00:00"),
            (Data::DurationIso("PT09H30M00S".to_owned()), "09:30:00"),
        ] {
            assert_eq!(text(&cell, DecimalMark::Point), expected, "{cell:?}");
        }
        assert_eq!(text(&Data::Float(-0.25), DecimalMark::Comma), "-0,25");
    }
}
