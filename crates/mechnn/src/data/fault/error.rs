//! What can be wrong with data: the thing, the place, both sides.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::input_error::InputError;
use super::listing::plural_s;
use super::long_layout::LongLayout;
use super::source_error::SourceError;
use super::trajectory_error::TrajectoryError;

/// What can be wrong with data. Files, lines (counted from 1) and columns are named wherever there are any.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file could not be opened or read.
    #[error("cannot read `{}`: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// More than is read of one file.
    #[error("`{}` is larger than {} MiB, the most that one table may have", file.display(), limit >> 20)]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// Bytes that no text has, such as a byte 0: neither UTF-8 nor UTF-16 with its mark nor Windows-1252.
    #[error("`{}` line {line} is not text: it has bytes that stand for no letter", file.display())]
    NotText {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
    },
    /// A quoted field that never ends.
    #[error("`{}` line {line}: the quotation mark that opens a field is never closed", file.display())]
    OpenQuote {
        /// The file.
        file: PathBuf,
        /// The line where it begins.
        line: usize,
    },
    /// A line of more than 4 GiB.
    #[error("`{}` line {line} is longer than 4 GiB", file.display())]
    LongRow {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
    },
    /// A file that holds no table, or one that needs more words.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Nothing but comments and empty lines, or a header alone.
    #[error("`{}` holds no data", file.display())]
    NoData {
        /// The file.
        file: PathBuf,
    },
    /// A row is longer or shorter than the first.
    #[error(
        "`{}` line {line} has {found} field{}, but the first row has {expected}",
        file.display(), plural_s(*found)
    )]
    Ragged {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// Fields in the first row.
        expected: usize,
        /// Fields in this one.
        found: usize,
    },
    /// A header with the same name twice.
    #[error("`{}` has two columns with the name `{column}`", file.display())]
    DuplicateColumn {
        /// The file.
        file: PathBuf,
        /// The name.
        column: String,
    },
    /// A column that was asked for is not there.
    #[error("`{}` has no column `{column}`", file.display())]
    UnknownColumn {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        column: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A name that was asked for is not among those of what was measured.
    #[error("column `{column}` has no row for `{variable}`")]
    UnknownVariable {
        /// The column with the names.
        column: String,
        /// The name asked for.
        variable: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// A file has other columns than the first one.
    #[error("`{}` has the columns {found}, but `{}` has {expected}", file.display(), first.display())]
    Columns {
        /// The file.
        file: PathBuf,
        /// The file it is compared with.
        first: PathBuf,
        /// Columns of `file`, as one text.
        found: String,
        /// Columns of `first`, as one text.
        expected: String,
    },
    /// A column has another unit than in the first file.
    #[error("column `{column}` is in {found} in `{}`, but in {expected} in `{}`", file.display(), first.display())]
    Units {
        /// The file.
        file: PathBuf,
        /// The file it is compared with.
        first: PathBuf,
        /// The column.
        column: String,
        /// Its unit in `file`.
        found: Box<str>,
        /// Its unit in `first`.
        expected: Box<str>,
    },
    /// No column is known to hold the times.
    #[error(
        "`{}` has no time column: no column has a usual name for a time, such as `t` or `date`, and the first, \
         `{column}`, {reason}",
        file.display()
    )]
    NoTimeColumn {
        /// The file.
        file: PathBuf,
        /// The first column.
        column: String,
        /// Why that one is not the time.
        reason: String,
        /// How the table would be read if it has one row for each measurement, or several subjects.
        long: Option<Box<LongLayout>>,
    },
    /// No column is left for the states.
    #[error("`{}` has no column of numbers to find equations for; its columns are {columns}", file.display())]
    NoStates {
        /// The file.
        file: PathBuf,
        /// All columns, as one text.
        columns: String,
    },
    /// One column was asked for in two roles.
    #[error("column `{column}` cannot be {first} and {second} at once")]
    TwoRoles {
        /// The column.
        column: String,
        /// A role.
        first: &'static str,
        /// The other role.
        second: &'static str,
    },
    /// A time step that is not positive and finite.
    #[error("the time step is {step}; it must be positive and finite")]
    Step {
        /// The step given.
        step: f64,
    },
    /// A cell that is neither a number nor a mark for a missing one.
    #[error("`{}` line {line}, column `{column}`: {found:?} is not a number", file.display())]
    NotANumber {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        found: String,
    },
    /// A number that is another with the other decimal mark, and nothing in the file tells which is meant.
    #[error(
        "`{}` line {line}, column `{column}`: {found:?} is {} with a decimal point and {} with a decimal comma, and \
         no other number of the file tells which is meant",
        file.display(), readings[0], readings[1]
    )]
    AmbiguousNumber {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        found: Box<str>,
        /// The number with a decimal point, and with a decimal comma.
        readings: [f64; 2],
    },
    /// Numbers of one column with different decimal marks.
    #[error(
        "`{}` column `{column}`: {:?} on line {} has a decimal point and {:?} on line {} a decimal comma",
        file.display(), found[0], lines[0], found[1], lines[1]
    )]
    MixedDecimals {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// The lines of a number with a point and of one with a comma.
        lines: [usize; 2],
        /// The two numbers.
        found: [Box<str>; 2],
    },
    /// A date that is another in another order of day, month and year, and no other date of the column tells which.
    #[error(
        "`{}` line {line}, column `{column}`: {found:?} is {} or {}, and no other date of the column tells which",
        file.display(), readings[0], readings[1]
    )]
    AmbiguousDate {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        found: Box<str>,
        /// Two dates that it may be, year first.
        readings: [Box<str>; 2],
    },
    /// A unit was asked for of times that are plain numbers.
    #[error("the times in column `{column}` are numbers and not dates, so that they cannot be converted to {unit}")]
    TimeUnitOfNumbers {
        /// The time column.
        column: String,
        /// The unit asked for.
        unit: String,
    },
    /// A cell of the time column that is not a date, among dates.
    #[error("`{}` line {line}, column `{column}`: {found:?} is not a date", file.display())]
    NotADate {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        found: String,
    },
    /// A number that is infinite, or beyond the range of f64.
    #[error("`{}` line {line}, column `{column}`: {found:?} is infinite or too large", file.display())]
    NotFinite {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// The cell.
        found: String,
    },
    /// A missing entry where there must be one: in the time or trajectory column, or anywhere if that was asked for.
    #[error("`{}` line {line}, column `{column}`: the value is missing", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: String,
        /// Whether it is the time or trajectory column, where an entry can never be missing.
        required: bool,
    },
    /// A time that is not later than the one before it.
    #[error(
        "`{}` line {line}, column `{column}`: {found} is not later than {previous} on line {previous_line}",
        file.display()
    )]
    TimeOrder {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The time column.
        column: String,
        /// The time, as written.
        found: Box<str>,
        /// Line of the time before it in the same trajectory.
        previous_line: usize,
        /// The time before it, as written.
        previous: Box<str>,
        /// How the table would be read if it has one row for each measurement, or several subjects.
        long: Option<Box<LongLayout>>,
    },
    /// A column without a single number.
    #[error("column `{column}` has no value in any row")]
    NothingMeasured {
        /// The column.
        column: String,
    },
    /// A column that is to be an input is no state.
    #[error("there is no column `{column}` that could be a known input")]
    NoSuchState {
        /// The column.
        column: String,
        /// The states there are.
        available: Vec<String>,
    },
    /// Every column would be an input.
    #[error("`{column}` cannot be a known input: it is the only state, and no equation would be left to find")]
    OnlyInputs {
        /// The column.
        column: String,
    },
    /// An input is not known over the whole of a trajectory.
    #[error(
        "trajectory `{trajectory}`: the input `{column}` has no value at time {time}, where the trajectory begins or \
         ends"
    )]
    InputEnds {
        /// The trajectory.
        trajectory: String,
        /// The input.
        column: String,
        /// The time.
        time: f64,
    },
    /// An input that is no signal.
    #[error(transparent)]
    Input(#[from] InputError),
    /// No trajectory at all.
    #[error("there are no trajectories; at least one is needed")]
    NoTrajectories,
    /// Numbers that are no trajectory.
    #[error(transparent)]
    Trajectory(#[from] TrajectoryError),
    /// A column or the times are so large or small that their products overflow or vanish.
    #[error(
        "column `{column}` {what} {value:.3e}; for products of such numbers to be computed, their size must be 0 or \
         between {:e} and {largest:e}",
        largest.recip()
    )]
    Magnitude {
        /// The column.
        column: String,
        /// What the value is of the column: "holds" its largest, "spans" the times.
        what: &'static str,
        /// The absolute value.
        value: f64,
        /// The largest usable one.
        largest: f64,
    },
    /// A trajectory with another number of states than its data set.
    #[error("trajectory `{trajectory}` has {found} states, but there are {expected} names of states")]
    States {
        /// The trajectory.
        trajectory: String,
        /// Number of names.
        expected: usize,
        /// Number of columns.
        found: usize,
    },
    /// A name of the time or of a state that is empty or has control characters or outer blanks.
    #[error(
        "{name:?} cannot be a name: names are not empty, and have no control characters and no blanks at their ends"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two variables, or two trajectories, of the same name.
    #[error("the name `{name}` is used twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A noise level that is negative or not finite.
    #[error("the noise level is {fraction}; it must be finite and not negative")]
    NoiseLevel {
        /// The level given, as a fraction of the standard deviation.
        fraction: f64,
    },
    /// No known system of that name.
    #[error("there is no known system `{name}`")]
    UnknownSystem {
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// The integrator gave up on a known system.
    #[error("{system} could not be integrated: {reason}")]
    Integration {
        /// The system.
        system: &'static str,
        /// The integrator's words.
        reason: String,
    },
}

impl DataError {
    /// Whether a file could not be read or written, as opposed to holding unusable data.
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Write { .. })
    }
}
