//! What was typed after `mechnn discover`.

use std::path::PathBuf;

use clap::ValueEnum;
use mechnn::data::Missing;
use mechnn::discovery::Robust;

use super::noise_arg::NoiseArg;
use super::search_args::SearchArgs;
use crate::option::TableArgs;

/// Find the differential equations behind measured time series
///
/// Each FILE is a table with a time column and one column for each quantity that was measured, as spreadsheets and
/// instruments export them (CSV, TSV, XLSX, ODS, NPZ); - is standard input. `mechnn inspect` shows how a table is
/// understood. Several files are several runs (trajectories) of one system. Cells may be empty, and times may be
/// irregular. The result is one equation for each column, x' = ..., where x' is the rate at which x changes. Each
/// coefficient is followed by its standard error in parentheses. How far the equations can be trusted is printed to
/// stderr.
#[derive(Debug, clap::Args)]
pub(crate) struct DiscoverArgs {
    /// The tables
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) table: TableArgs,

    /// The columns that get an equation, separated by commas [default: all but the time]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) vars: Option<Vec<String>>,

    /// Columns that act on the system from outside: equations may depend on them, but they get none. Between rows
    /// their values are on a straight line
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) controls: Vec<String>,

    /// Known inputs that keep their value until the next row, such as a valve or a heater that is switched
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) hold: Vec<String>,

    /// Order of the equations. With 2, the search is for x'' = f(x, x') where only x was measured; the velocity is
    /// called x_dot
    #[arg(long, default_value_t = 1, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(super) order: u8,

    /// Find the same terms for all trajectories, but separate coefficients for each
    #[arg(long)]
    pub(super) per_trajectory: bool,

    /// What to do about empty cells and marks for missing values: drop treats them as not measured, error refuses the
    /// table
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(super) missing: MissingArg,

    /// How to search: direct fits states and coefficients together; neural trains neural networks, and needs a program
    /// that was built with the feature `neural`
    #[arg(long, value_enum, default_value_t, value_name = "METHOD")]
    pub(super) method: MethodArg,

    /// A TOML file with settings for --method neural
    #[arg(long, value_name = "FILE", requires = "method")]
    pub(super) neural: Option<PathBuf>,

    /// The errors of measurement: additive (the same size everywhere), proportional (a fraction of each value), both,
    /// or auto. Where their standard deviation is known, one number for all columns, or one for each, as in x=0.1,y=2
    #[arg(long, default_value = "auto", value_name = "MODEL|F", allow_hyphen_values = true)]
    pub(super) noise: NoiseArg,

    /// Whether single values that contradict all others are set aside: auto, those that errors of measurement would
    /// hardly ever produce; on, all beyond three standard deviations; off, none
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(super) robust: RobustArg,

    /// A TOML file with what is already known of the equations, in its table [model]: possible terms, signs, known
    /// parts, coefficients that are equal, sums that are conserved
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,

    #[command(flatten)]
    pub(super) search: SearchArgs,
}

/// How to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MethodArg {
    /// States and coefficients jointly.
    #[default]
    Direct,
    /// Cycles of training and thresholding.
    Neural,
}

/// What becomes of single values that contradict all others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum RobustArg {
    /// They are set aside where noise would hardly ever produce them.
    #[default]
    Auto,
    /// Beyond three standard deviations they are set aside.
    On,
    /// They count like all others.
    Off,
}

impl From<RobustArg> for Robust {
    fn from(robust: RobustArg) -> Self {
        match robust {
            RobustArg::Auto => Robust::Auto,
            RobustArg::On => Robust::On,
            RobustArg::Off => Robust::Off,
        }
    }
}

/// What a missing cell means.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum MissingArg {
    /// It was not measured.
    #[default]
    Drop,
    /// It is a fault in the data.
    Error,
}

impl From<MissingArg> for Missing {
    fn from(missing: MissingArg) -> Self {
        match missing {
            MissingArg::Drop => Missing::AsMissing,
            MissingArg::Error => Missing::Error,
        }
    }
}
