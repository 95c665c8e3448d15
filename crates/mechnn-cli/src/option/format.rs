//! `--format`: for people or for programs.

use clap::ValueEnum;

/// Form of the result on stdout.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Equations for people.
    #[default]
    Text,
    /// One JSON document, for programs.
    Json,
}
