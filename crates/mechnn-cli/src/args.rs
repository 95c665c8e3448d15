//! What was typed, exactly. What it means is decided once, by each command.

use std::ffi::OsString;

use anstream::ColorChoice;
use clap::{CommandFactory, Parser, ValueEnum};

use crate::command::Command;
use crate::failure::{Exit, Failure};
use crate::printer::{OutputOptions, Printer, Verbosity, print_refusal};

/// Real commands: they run as they stand in the repository's root.
const EXAMPLES: &str = "\
Examples:
  mechnn inspect data/lynx_hare_1900_1920.csv    see how a table is understood
  mechnn discover data/lynx_hare_1900_1920.csv   find the equations behind a table with a time column
  mechnn demo lorenz --noise 0.1 --seed 1        see how well that works on a system that is known
  mechnn solve examples/damped.toml              solve a linear differential equation";

/// Equations from measured time series.
#[derive(Debug, Parser)]
#[command(name = "mechnn", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct GlobalArgs {
    /// Print only the result, and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Also print how the result was computed
    #[arg(short, long, global = true)]
    verbose: bool,

    /// Whether to use colours: auto uses them on a terminal, unless the variable NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,

    /// Number of threads, on which results do not depend [default: one for each core]
    #[arg(long, global = true, value_name = "N", value_parser = parse_threads)]
    pub(crate) threads: Option<usize>,

    /// Do not show progress
    #[arg(long, global = true)]
    no_progress: bool,
}

impl GlobalArgs {
    /// How the output is to look.
    pub(crate) fn output(&self) -> OutputOptions {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        };
        OutputOptions { verbosity, color: self.color.into(), progress: !self.no_progress }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Also in a pipe.
    Always,
    /// Plain text.
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

impl Color {
    /// The colours asked for on a command line that could not be parsed.
    fn guess(words: &[OsString]) -> Self {
        let after = |word: &OsString| Color::from_str(&word.to_string_lossy(), false).ok();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let word = word.to_string_lossy();
            let color = match word.strip_prefix("--color=") {
                Some(value) => Color::from_str(value, false).ok(),
                None if word == "--color" => words.next().and_then(after),
                None => None,
            };
            if let Some(color) = color {
                return color;
            }
        }
        Color::Auto
    }
}

/// A command line that runs nothing: a mistake, or a request for help or the version.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: clap::Error,
    color: Color,
}

impl Refusal {
    /// Prints it where it belongs: help and version are results, mistakes are not.
    ///
    /// # Errors
    /// An input/output failure if help cannot be printed, [`Failure::OutputClosed`] if nobody reads it.
    pub(crate) fn report(&self) -> Result<Exit, Failure> {
        let styled = self.error.render().ansi().to_string();
        if self.error.use_stderr() {
            print_refusal(&styled, &self.error.render().to_string(), self.color.into());
            return Ok(Exit::Usage);
        }
        self.printer().result(&styled).map(|()| Exit::Success)
    }

    /// A printer for what goes wrong with [`Refusal::report`].
    pub(crate) fn printer(&self) -> Printer {
        let color = self.color.into();
        Printer::new(OutputOptions { verbosity: Verbosity::Normal, color, progress: false })
    }
}

impl Args {
    /// Reads the command line of this process.
    pub(crate) fn parse() -> Result<Self, Box<Refusal>> {
        let words: Vec<OsString> = std::env::args_os().collect();
        Self::try_parse_from(&words).map_err(|error| Box::new(Refusal { error, color: Color::guess(&words) }))
    }

    /// The help text, with styles.
    pub(crate) fn help() -> String {
        Self::command().render_help().ansi().to_string()
    }
}

/// More threads than this are a typing error; the pool would try to start them.
const MAX_THREADS: usize = 1024;

fn parse_threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads) if (1..=MAX_THREADS).contains(&threads) => Ok(threads),
        _ => Err(format!("expected a number from 1 to {MAX_THREADS}")),
    }
}
