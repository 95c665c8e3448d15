//! The rows of one trajectory, and where a fault in them is.

use std::path::{Path, PathBuf};

use super::cell::{DAY, Instant, gap};
use super::time_column::{FileTimes, TimeForm};
use crate::data::fault::DataError;

/// The rows of one trajectory.
pub(super) struct Part {
    pub(super) file: PathBuf,
    pub(super) label: Option<String>,
    /// What is measured, where the table has one row for each measurement: then D is 1.
    pub(super) variable: Option<String>,
    /// Times that are numbers; empty for dates, but not for those of eight digits.
    pub(super) times: Vec<f64>,
    /// Times that are dates; empty for numbers.
    pub(super) instants: Vec<Instant>,
    /// `[N, D]`, row by row.
    pub(super) values: Vec<f64>,
    /// The line of each row.
    pub(super) lines: Vec<usize>,
    /// Text of the last time, for messages.
    last: String,
    /// Rows so far, missing ones included: where the times come from a step, these pass time as well.
    pub(super) elapsed: usize,
    /// How often times of day passed midnight.
    pub(super) midnights: usize,
}

impl Part {
    pub(super) fn new(file: &Path, label: Option<&str>, variable: Option<&str>) -> Self {
        Self {
            file: file.to_owned(),
            label: label.map(str::to_owned),
            variable: variable.map(str::to_owned),
            times: Vec::new(),
            instants: Vec::new(),
            values: Vec::new(),
            lines: Vec::new(),
            last: String::new(),
            elapsed: 0,
            midnights: 0,
        }
    }

    /// Room for so many rows of so many states.
    pub(super) fn reserve(&mut self, rows: usize, states: usize) {
        self.lines.reserve_exact(rows);
        self.values.reserve_exact(rows.saturating_mul(states));
    }

    pub(super) fn push_step(&mut self, line: usize, step: f64) {
        self.lines.push(line);
        self.times.push(self.elapsed as f64 * step);
        self.elapsed += 1;
    }

    pub(super) fn push_time(
        &mut self,
        place: &Place<'_>,
        column: usize,
        text: &str,
        times: FileTimes,
    ) -> Result<(), DataError> {
        if gap(text).is_some() {
            return Err(place.missing(column, true));
        }
        let mut is_later = true;
        if matches!(times.form, TimeForm::Number | TimeForm::Compact) {
            let time = times.number(text).ok_or_else(|| place.not_a_number(column, text))?;
            if !time.is_finite() {
                return Err(place.not_finite(column, text));
            }
            is_later = self.times.last().is_none_or(|&last| time > last);
            self.times.push(time);
        }
        if times.form != TimeForm::Number {
            let mut instant = times.instant(text).ok_or_else(|| place.not_a_date(column, text))?;
            if let (TimeForm::Clock, Some(&last)) = (times.form, self.instants.last()) {
                let day = last.div_euclid(DAY) * DAY;
                // A clock that goes back by more than half a day has passed midnight; less is a fault in the order.
                let passed = instant < DAY && last - (instant + day) > DAY / 2;
                if instant < DAY {
                    instant += if passed { day + DAY } else { day };
                }
                self.midnights += usize::from(passed);
            }
            is_later = self.instants.last().is_none_or(|&last| instant > last);
            self.instants.push(instant);
        }
        if !is_later {
            return Err(DataError::TimeOrder {
                file: place.file.to_owned(),
                line: place.line,
                column: place.column(column),
                found: text.into(),
                previous_line: self.lines.last().copied().unwrap_or_else(|| unreachable!("there is a time before")),
                previous: self.last.as_str().into(),
                long: None,
            });
        }
        self.lines.push(place.line);
        self.last.clear();
        self.last.push_str(text);
        Ok(())
    }
}

/// Where a fault is.
pub(super) struct Place<'a> {
    pub(super) file: &'a Path,
    pub(super) line: usize,
    pub(super) names: &'a [String],
}

impl Place<'_> {
    fn column(&self, column: usize) -> String {
        self.names[column].clone()
    }

    pub(super) fn missing(&self, column: usize, required: bool) -> DataError {
        DataError::Missing { file: self.file.to_owned(), line: self.line, column: self.column(column), required }
    }

    pub(super) fn not_finite(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotFinite { file: self.file.to_owned(), line: self.line, column, found }
    }

    pub(super) fn not_a_number(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotANumber { file: self.file.to_owned(), line: self.line, column, found }
    }

    pub(super) fn not_a_date(&self, column: usize, found: &str) -> DataError {
        let (column, found) = (self.column(column), found.to_owned());
        DataError::NotADate { file: self.file.to_owned(), line: self.line, column, found }
    }

    pub(super) fn ambiguous_date(&self, column: usize, found: &str, readings: [String; 2]) -> DataError {
        let (file, column) = (self.file.to_owned(), self.column(column));
        let readings = readings.map(String::into_boxed_str);
        DataError::AmbiguousDate { file, line: self.line, column, found: found.into(), readings }
    }

    /// The first column was only supposed to be the time: say that there is none instead of what is wrong with it.
    pub(super) fn no_time(&self, column: usize, error: DataError) -> DataError {
        let mut layout = None;
        let reason = match error {
            DataError::TimeOrder { found, previous, long, .. } => {
                layout = long;
                format!("does not increase: {found} on line {} follows {previous}", self.line)
            }
            DataError::Missing { .. } => format!("has no value on line {}", self.line),
            DataError::NotANumber { found, .. }
            | DataError::NotADate { found, .. }
            | DataError::NotFinite { found, .. } => {
                format!("holds {found:?} on line {}", self.line)
            }
            other => return other,
        };
        DataError::NoTimeColumn { file: self.file.to_owned(), column: self.column(column), reason, long: layout }
    }
}
