//! Options of a search, shared by `discover` and `demo`.

use std::path::PathBuf;

use mechnn::equation::LibrarySpec;

use super::unit_assignment::UnitAssignment;
use crate::option::{Format, SettingsArg, not_negative};

/// What to search for, and what to say about it.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// The terms that equations may be made of (candidates): poly:N for all products of up to N columns, and any of
    /// trig, exp, log, power, abs, rational, sigmoid and combined, separated by commas [default: depends on the number
    /// of columns]
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) library: Option<LibrarySpec>,

    /// A further candidate term, such as "x/(1+x**2)". Numbers inside it are estimated; those given are where the
    /// estimation starts (can be repeated)
    #[arg(long = "term", value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub(super) terms: Vec<String>,

    /// Let terms depend on the time itself: powers of it and, with trig and exp, oscillations and exponentials
    #[arg(long)]
    pub(super) explicit_time: bool,

    #[command(flatten)]
    pub(super) settings: SettingsArg,

    /// Leave every coefficient as it was fitted. Otherwise one that agrees with a simple number, such as 1 or -8/3, is
    /// set to it
    #[arg(long)]
    pub(super) no_simplify: bool,

    /// Drop terms whose coefficient is smaller than this after all variables have been scaled to order one
    #[arg(
        long,
        value_name = "F",
        value_parser = not_negative,
        allow_negative_numbers = true
    )]
    pub(super) threshold: Option<f64>,

    /// Units of columns and time, as in x=m,t=s; then the unit of every coefficient is printed
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub(super) units: Vec<UnitAssignment>,

    /// Also print the best equations with each number of terms
    #[arg(long)]
    pub(super) pareto: bool,

    /// Print the result as text for people, or as one JSON document for programs
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,

    /// Write the equations, a figure, the options and a record of the search into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    /// Replace what another run has written into the folder
    #[arg(long, requires = "output")]
    pub(super) overwrite: bool,
}
