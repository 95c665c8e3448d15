//! What is legal in data and yet worth a word.

use std::fmt;
use std::path::PathBuf;

use super::listing::listed;

/// Something in the data that was read as it stands, and that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataWarning {
    /// A file is not Unicode and was read as Windows-1252, the encoding of Western European Windows.
    Windows1252 {
        /// The file.
        file: PathBuf,
        /// The first line with a character that depends on it.
        line: usize,
    },
    /// Of several sheets of a workbook the first one with numbers was read.
    SheetChosen {
        /// The file.
        file: PathBuf,
        /// The sheet.
        sheet: String,
        /// The other sheets.
        others: Vec<String>,
    },
    /// A state has the same value wherever it was measured.
    ConstantColumn {
        /// The column.
        column: String,
    },
    /// No column has a usual name for the time, and the first one increases strictly.
    TimeAssumed {
        /// The column.
        column: String,
    },
    /// The time column holds dates: times are decimal years.
    DatesAsYears {
        /// The column.
        column: String,
    },
    /// The time column holds dates or times of day: times are counted in a unit that fits, from the first of them.
    DatesAsTimes {
        /// The column.
        column: String,
        /// The unit, in the plural.
        unit: String,
        /// The first time; empty for times of day.
        from: String,
    },
    /// A column of dates and one of times of day are read as one.
    DateAndTime {
        /// The column of dates.
        date: String,
        /// The column of times of day, which gives the name.
        time: String,
    },
    /// A time column holds times of day, and some are earlier than the one before: taken as those of the next day.
    Midnight {
        /// The column.
        column: String,
        /// How often.
        count: usize,
    },
    /// A column holds text for the most part: it is neither time nor state.
    TextIgnored {
        /// The column.
        column: String,
        /// The first text in it.
        found: String,
    },
    /// Rows at the beginning of a file that say what it is are not read.
    TitleRows {
        /// The file.
        file: PathBuf,
        /// Their lines.
        lines: Vec<usize>,
    },
    /// Rows at the end of a file that sum it up are not read.
    SummaryRows {
        /// The file.
        file: PathBuf,
        /// Their lines.
        lines: Vec<usize>,
    },
    /// Cells with an unusual mark are taken as missing.
    UnusualGaps {
        /// The column.
        column: String,
        /// The first mark.
        found: String,
        /// How many cells.
        count: usize,
    },
    /// Cells such as `<0.05` are taken as missing, although they say a little.
    BeyondLimit {
        /// The column.
        column: String,
        /// The first one.
        found: String,
        /// How many cells.
        count: usize,
    },
    /// A usual number for missing values, far from all others of the column, is taken as such.
    Sentinel {
        /// The column.
        column: String,
        /// The number, as written first.
        found: String,
        /// How many cells.
        count: usize,
    },
    /// A column is neither time nor state: it has no name, or a usual name for the time while the times come from
    /// elsewhere.
    ColumnIgnored {
        /// The column; empty if it has no name.
        column: String,
    },
    /// A column of a table with one row for each measurement is none of those that tell what it is of.
    NoPartOfLong {
        /// The column; empty if it has no name.
        column: String,
    },
    /// A name is not a valid Python identifier and is written otherwise in equations.
    Renamed {
        /// The name of the column.
        column: String,
        /// The name in equations.
        python: String,
    },
}

impl fmt::Display for DataWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Windows1252 { file, line } => {
                let file = file.display();
                write!(f, "`{file}` is not in UTF-8; special characters, as on line {line}, are read as Windows-1252")
            }
            Self::SheetChosen { file, sheet, others } => {
                let (file, others) = (file.display(), listed(others));
                write!(f, "reading sheet `{sheet}` of `{file}`; --sheet chooses another one: {others}")
            }
            Self::ConstantColumn { column } => write!(f, "column `{column}` has the same value in every row"),
            Self::TimeAssumed { column } => {
                write!(f, "no column has a usual name for a time; the first, `{column}`, is taken as the time")
            }
            Self::DatesAsYears { column } => {
                write!(f, "column `{column}` holds dates; they are read as decimal years, and rates are per year")
            }
            Self::DatesAsTimes { column, unit, from } if from.is_empty() => {
                write!(
                    f,
                    "column `{column}` holds times of day; they are counted in {unit}, and rates are {}",
                    per(unit)
                )
            }
            Self::DatesAsTimes { column, unit, from } => {
                write!(
                    f,
                    "column `{column}` holds dates; times are counted in {unit} from {from}, and rates are {}",
                    per(unit)
                )
            }
            Self::DateAndTime { date, time } => {
                write!(f, "columns `{date}` and `{time}` are read together, as dates with their times of day")
            }
            Self::Midnight { column, count } => {
                let times = if *count == 1 { "once" } else { "several times" };
                write!(
                    f,
                    "column `{column}` passes midnight {times}: a time of day that is earlier than the one before it \
                     is taken as one of the next day"
                )
            }
            Self::TextIgnored { column, found } => {
                write!(f, "ignoring column `{column}`: it holds text, such as {found:?}")
            }
            Self::TitleRows { file, lines } => {
                let (file, lines) = (file.display(), numbers(lines));
                write!(f, "ignoring the first rows of `{file}`, which stand above the table: line {lines}")
            }
            Self::SummaryRows { file, lines } => {
                let (file, lines) = (file.display(), numbers(lines));
                write!(f, "ignoring the last rows of `{file}`, which sum up the others: line {lines}")
            }
            Self::UnusualGaps { column, found, count } => {
                write!(f, "column `{column}`: {} such as {found:?} {}", cells(*count), taken_as_missing(*count))
            }
            Self::BeyondLimit { column, found, count } => write!(
                f,
                "column `{column}`: {} such as {found:?} {}, because a limit is not a measured value",
                cells(*count),
                taken_as_missing(*count)
            ),
            Self::Sentinel { column, found, count } => write!(
                f,
                "column `{column}`: {} with {found} {}, because the number is far from all others and often marks a \
                 missing value",
                cells(*count),
                taken_as_missing(*count)
            ),
            Self::ColumnIgnored { column } | Self::NoPartOfLong { column } if column.is_empty() => {
                write!(f, "ignoring a column without a name")
            }
            Self::ColumnIgnored { column } => {
                write!(
                    f,
                    "ignoring column `{column}`: it has a usual name for a time, and another column is the time; \
                     --vars makes it a state"
                )
            }
            Self::NoPartOfLong { column } => {
                write!(
                    f,
                    "ignoring column `{column}`: it is not the time, and --id, --variable and --value do not name it"
                )
            }
            Self::Renamed { column, python } => {
                write!(f, "`{column}` is not a valid name in Python; equations call it `{python}`")
            }
        }
    }
}

fn numbers(lines: &[usize]) -> String {
    lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// "per day" for times in days.
fn per(unit: &str) -> String {
    format!("per {}", unit.strip_suffix('s').unwrap_or(unit))
}

fn taken_as_missing(count: usize) -> &'static str {
    if count == 1 { "is taken as missing" } else { "are taken as missing" }
}

/// "1 cell" or "5 cells".
fn cells(count: usize) -> String {
    format!("{count} cell{}", if count == 1 { "" } else { "s" })
}
