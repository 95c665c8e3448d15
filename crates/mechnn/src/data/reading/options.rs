//! How a file is read.

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

/// How to read a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CsvOptions {
    /// Where the times come from.
    pub time: TimeSource,
    /// The columns to read as states, in this order; by default all that are neither time nor trajectory.
    pub states: Option<Vec<String>>,
    /// The column whose entries tell the trajectories of one file apart; by default a file is one trajectory.
    pub trajectory: Option<String>,
    /// What a missing entry means.
    pub missing: Missing,
}
