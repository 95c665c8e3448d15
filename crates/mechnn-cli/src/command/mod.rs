//! The commands, one file (or folder) each. A new command is a file, a variant and an arm.

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

mod bench;

mod demo;

mod discover;

mod inspect;

mod infer;

mod solve;

mod train;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Inspect(inspect::InspectArgs),
    Discover(Box<discover::DiscoverArgs>),
    Infer(infer::InferArgs),
    Demo(demo::DemoArgs),
    Solve(solve::SolveArgs),
    Bench(bench::BenchArgs),
    Train(train::TrainArgs),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        match self {
            Command::Inspect(args) => args.run(printer),
            Command::Discover(args) => args.run(printer, interrupt),
            Command::Infer(args) => args.run(printer, interrupt),
            Command::Demo(args) => args.run(printer, interrupt),
            Command::Solve(args) => args.run(printer),
            Command::Bench(args) => args.run(printer, interrupt),
            Command::Train(args) => args.run(printer, interrupt),
        }
    }
}
