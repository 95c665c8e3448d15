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
/// Each FILE is a table with a time column, as spreadsheets and instruments export them (CSV, TSV, XLSX, ODS, NPZ);
/// several files are several trajectories of one system, and - is standard input. Empty cells are missing values,
/// times may be irregular. `mechnn inspect` shows how a table is understood.
/// Prints the equations with the standard error of each coefficient in parentheses; what they are worth goes to
/// stderr.
#[derive(Debug, clap::Args)]
pub(crate) struct DiscoverArgs {
    /// Tables with measurements
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) table: TableArgs,

    /// The columns to use as states, separated by commas [default: all but the time]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) vars: Option<Vec<String>>,

    /// Columns that are known inputs: terms may depend on them, and they have no equations; linear between rows
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) controls: Vec<String>,

    /// Known inputs that keep their value until the next row, such as a valve or a heater that is switched
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(super) hold: Vec<String>,

    /// 2 searches for x'' = f(x, x'): the velocities, x_dot of x, are states that nobody measured
    #[arg(long, default_value_t = 1, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(super) order: u8,

    /// One structure for all trajectories, but coefficients of each its own
    #[arg(long)]
    pub(super) per_trajectory: bool,

    /// What an empty cell, or a mark for a missing value, means: drop treats it as not measured, error refuses it
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(super) missing: MissingArg,

    /// How to search: direct fits states and coefficients jointly; neural trains networks in cycles and needs a build
    /// with the feature `neural`
    #[arg(long, value_enum, default_value_t, value_name = "METHOD")]
    pub(super) method: MethodArg,

    /// A file with settings of the neural method, TOML [default: those of the paper, smaller]
    #[arg(long, value_name = "FILE", requires = "method")]
    pub(super) neural: Option<PathBuf>,

    /// What the noise depends on: additive is the same everywhere, proportional a fraction of the value, both the two
    /// together; or its standard deviation where that is known, one number for all columns, or x=0.1,y=2
    #[arg(long, default_value = "auto", value_name = "MODEL|F", allow_hyphen_values = true)]
    pub(super) noise: NoiseArg,

    /// What becomes of single values that contradict all others: auto sets aside those that noise would hardly ever
    /// produce, on all beyond three standard deviations, off none
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(super) robust: RobustArg,

    /// What is known of the equations: the table [model] of a TOML file, with terms, signs, known parts, ties,
    /// conserved sums
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
