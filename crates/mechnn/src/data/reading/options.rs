//! How a file is read.

use super::time_unit::TimeUnit;

/// Where the times come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum TimeSource {
    /// A column with a usual name (`t`, `time`, `year`, `date`, ..), else the first one if it increases strictly.
    #[default]
    Auto,
    /// The column of this name.
    Column(String),
    /// Rows are this far apart in time, from 0. Columns with a usual name for a time are ignored.
    Step(f64),
}

/// What a missing entry means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// Nothing was measured: NaN.
    #[default]
    AsMissing,
    /// A fault.
    Error,
}

/// The sign before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

/// The order of day, month and year in a date of numbers. A date that begins with a year of four digits needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/01/2020`
    DayFirst,
    /// `01/31/2020`
    MonthFirst,
    /// `20/01/31`
    YearFirst,
}

/// The columns of a table that has one row for each measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongColumns {
    /// The column with the name of what was measured; each name becomes a state.
    pub variable: String,
    /// The column with what was measured.
    pub value: String,
}

/// How to read a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CsvOptions {
    /// Where the times come from.
    pub time: TimeSource,
    /// The columns to read as states, in this order; by default all columns of numbers that are neither time nor
    /// trajectory. In a table with one row for each measurement, the names of what was measured.
    pub states: Option<Vec<String>>,
    /// The column whose entries tell the trajectories of one file apart; by default a file is one trajectory.
    pub trajectory: Option<String>,
    /// The columns with what was measured and its value, where the table has one row for each measurement; by default
    /// it has one row for each time.
    pub long: Option<LongColumns>,
    /// The sheet to read of a workbook; by default the first one with numbers.
    pub sheet: Option<String>,
    /// What a missing entry means.
    pub missing: Missing,
    /// The decimal mark; by default the numbers of the file tell, or the file is refused.
    pub decimal: Option<DecimalMark>,
    /// The order of dates; by default the dates of the file tell, or the file is refused.
    pub date_order: Option<DateOrder>,
    /// The unit of times that are dates; by default one that fits their span.
    pub time_unit: Option<TimeUnit>,
}
