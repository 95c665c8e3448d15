//! `--time` and `--dt`: where the times of the rows come from.

use mechnn::data::TimeSource;

use super::positive;

/// The time of each row.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TimeArgs {
    /// The time column [default: one named t, time, year, date, .., else the first that increases]
    #[arg(long, value_name = "COLUMN", conflicts_with = "dt")]
    time: Option<String>,

    /// There is no time column: rows are this far apart
    #[arg(long, value_name = "STEP", value_parser = positive, allow_negative_numbers = true)]
    dt: Option<f64>,
}

impl TimeArgs {
    /// What was asked for.
    pub(crate) fn source(self) -> TimeSource {
        match (self.time, self.dt) {
            (Some(column), _) => TimeSource::Column(column),
            (None, Some(step)) => TimeSource::Step(step),
            (None, None) => TimeSource::Auto,
        }
    }
}
