//! One cell of a sheet, as it would stand in a text file.

use calamine::{Data, ExcelDateTime};

use super::super::options::DecimalMark;
use crate::number::exact;

/// A cell as it would stand in a text file.
pub(super) fn text(cell: &Data, decimal: DecimalMark) -> String {
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
