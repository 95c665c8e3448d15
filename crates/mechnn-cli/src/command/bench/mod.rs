//! `mechnn bench`: how well methods do on systems whose equations are known.

mod odebench;

mod campaign;

mod document;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

/// Measure discovery on a folder of systems whose equations are known
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    protocol: Protocol,
}

/// What is measured.
#[derive(Debug, clap::Subcommand)]
enum Protocol {
    Odebench(Box<odebench::OdeBenchArgs>),
}

impl BenchArgs {
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        match self.protocol {
            Protocol::Odebench(args) => args.run(printer, interrupt),
        }
    }
}
