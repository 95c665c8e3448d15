//! What is legal in data and yet worth a word.

use std::fmt;

/// Something in the data that was read as it stands, and that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataWarning {
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
    /// A column is neither time nor state: it has no name, or a usual name for the time while the times come from
    /// elsewhere.
    ColumnIgnored {
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
            Self::ConstantColumn { column } => write!(f, "column `{column}` is constant"),
            Self::TimeAssumed { column } => write!(f, "no column is named as a time; taking the first, `{column}`"),
            Self::DatesAsYears { column } => {
                write!(f, "column `{column}` holds dates; times are decimal years, and rates are per year")
            }
            Self::ColumnIgnored { column } if column.is_empty() => write!(f, "ignoring a column without a name"),
            Self::ColumnIgnored { column } => {
                write!(f, "ignoring column `{column}`: it is named as a time; --vars makes it a state")
            }
            Self::Renamed { column, python } => {
                write!(f, "`{column}` is not a valid name in Python; equations call it `{python}`")
            }
        }
    }
}
