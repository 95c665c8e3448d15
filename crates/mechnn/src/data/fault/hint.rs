//! One thing to try for each kind of fault.

use super::error::DataError;
use super::listing::listed;
use super::trajectory_error::TrajectoryError;

impl DataError {
    /// One thing to try, in the words of the command line; `None` where the message says it all.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "check the path",
            Self::Read { file, source } if source.kind() == std::io::ErrorKind::IsADirectory => {
                return Some(format!("name the tables in it, as in {}", file.join("*.csv").display()));
            }
            Self::TooLarge { .. } => "leave out rows or columns, or divide the table into several files",
            Self::NotText { .. } => "save the table as a CSV file in UTF-8",
            Self::OpenQuote { .. } => "close it with \", or write \"\" for a quote inside a quoted field",
            Self::NoData { .. } => "a data file has a header line and at least two rows",
            Self::Ragged { .. } => "give every row the same number of fields, empty where a value is missing",
            Self::DuplicateColumn { .. } => "rename one of the columns",
            Self::UnknownColumn { available, .. } => return Some(format!("the columns are {}", listed(available))),
            Self::UnknownVariable { available, .. } => return Some(format!("it has rows for {}", listed(available))),
            Self::Source(source) => return source.hint(),
            Self::Units { .. } => "bring the column to one unit in all files, or leave it out with --vars",
            Self::NoTimeColumn { long: Some(long), .. } | Self::TimeOrder { long: Some(long), .. } => {
                return Some(long.hint());
            }
            Self::Columns { .. } => "files read together need the same columns; run the others separately",
            Self::NoTimeColumn { .. } => "name it with --time COLUMN, or give a constant step with --dt STEP",
            Self::NoStates { columns, .. } if !columns.contains(',') => {
                "separate columns by `,`, `;` or tab; if there is no time column, give a constant step with --dt STEP"
            }
            Self::NoStates { .. } => "a state is a column of numbers other than the time and the trajectory",
            Self::TwoRoles { .. } => "name another column",
            Self::NotANumber { .. } => {
                "mark missing values with an empty cell, NA or NaN, or choose the columns of numbers with --vars"
            }
            Self::AmbiguousNumber { .. } => "say which it is with --decimal point or --decimal comma",
            Self::MixedDecimals { .. } => "write all numbers of a column in one way",
            Self::AmbiguousDate { .. } => "say which it is with --date-order day-first, month-first or year-first",
            Self::TimeUnitOfNumbers { .. } => "leave out --time-unit, or name a column of dates with --time COLUMN",
            Self::NotADate { .. } => "write dates all in one way, as in 2020-01-31 or 2020-01-31T12:00:00",
            Self::NotFinite { .. } => "mark missing values with an empty cell, NA or NaN",
            Self::Missing { required: true, .. } => "fill in the value, or delete the row",
            Self::Missing { .. } => "fill in the value, or allow missing values with --missing drop",
            Self::TimeOrder { .. } => {
                "sort the rows by time and keep one for each time, or name another time column with --time COLUMN, or \
                 name the column that tells several trajectories apart with --id COLUMN; where clocks are set back, \
                 an hour is repeated, and times need their offset, as in 02:30+01:00"
            }
            Self::Trajectory(TrajectoryError::TooFewPoints { .. }) => {
                "a trajectory needs at least two rows, and to find equations it needs many more"
            }
            Self::Magnitude { .. } => {
                "look for outliers and marks for missing values, or write the column in another unit"
            }
            Self::NoSuchState { available, .. } => return Some(format!("the states are {}", listed(available))),
            Self::InputEnds { .. } => "fill in the value, or delete the rows before or after the input is known",
            Self::NothingMeasured { .. } => "remove the column, or name the states to use with --vars",
            Self::UnknownSystem { available, .. } => {
                return Some(format!("the known systems are {}", listed(available)));
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
