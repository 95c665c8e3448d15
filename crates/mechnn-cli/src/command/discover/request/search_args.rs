//! Options of a search, shared by `discover` and `demo`.

use std::path::PathBuf;

use mechnn::equation::LibrarySpec;

use super::unit_assignment::UnitAssignment;
use crate::option::{Format, SettingsArg, not_negative};

/// What to search for, and what to say about it.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// Candidate terms: poly:N, all products of states up to degree N, and the functions trig, exp, log, power, abs,
    /// rational, sigmoid, combined, separated by commas [default: by the number of states]
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) library: Option<LibrarySpec>,

    /// A further candidate term, an expression such as "x/(1+x**2)"; numbers inside are estimated (can be repeated)
    #[arg(long = "term", value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub(super) terms: Vec<String>,

    /// Terms may depend on the time itself: powers of it, and with trig and exp oscillations and exponentials
    #[arg(long)]
    pub(super) explicit_time: bool,

    #[command(flatten)]
    pub(super) settings: SettingsArg,

    /// Leave every coefficient as fitted, also where the data cannot tell it from a simple number
    #[arg(long)]
    pub(super) no_simplify: bool,

    /// Also drop terms whose coefficient, in scaled variables, is smaller than this
    #[arg(
        long,
        value_name = "F",
        value_parser = not_negative,
        allow_negative_numbers = true
    )]
    pub(super) threshold: Option<f64>,

    /// Units of states and time, as in x=m,t=s: prints that of every coefficient
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub(super) units: Vec<UnitAssignment>,

    /// Also print the best equations of every size
    #[arg(long)]
    pub(super) pareto: bool,

    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,

    /// Write equations, figure, configuration and metrics into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    /// Replace another run in the folder
    #[arg(long, requires = "output")]
    pub(super) overwrite: bool,
}
