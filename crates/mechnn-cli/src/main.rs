//! The command `mechnn`: equations from measured time series.
//!
//! # Exit codes
//! A decision, not an accident: scripts branch on them, so a number never changes its meaning.
//!
//! | code | meaning | who can fix it |
//! |---|---|---|
//! | 0 | success | |
//! | 2 | the command line or a configuration file is wrong | whoever typed it |
//! | 3 | the data are wrong: an array, a column, a number | whoever recorded them |
//! | 4 | numerical: singular, ill-conditioned, diverged | a different model or grid |
//! | 5 | input or output: no such file, no permission, disk full | the system |
//! | 6 | a limit: memory, time | raise it, or ask for less |
//! | 130 | stopped by Ctrl-C | |
//!
//! 101 is a panic and therefore always a bug in this program, whatever the input was.
//!
//! A broken pipe on stdout is success: `mechnn solve ode.toml | head` got all it wanted, and a complaint would say
//! that something had gone wrong when nothing had. (Rust ignores SIGPIPE, so the write fails instead of ending the
//! process.)
#![forbid(unsafe_code)]

mod failure;

mod interrupt;

mod shortened;

mod text_width;

mod text_table;

mod printer;

mod text_file;

mod atomic_file;

mod planned_run;

mod option;

mod command;

mod args;

use std::process::ExitCode;

use args::Args;
use failure::{Exit, Failure};
use interrupt::Interrupt;
use printer::Printer;

fn main() -> ExitCode {
    let interrupt = Interrupt::install();
    let args = match Args::parse() {
        Ok(args) => args,
        Err(refusal) => return ended(refusal.report(), &mut refusal.printer()),
    };
    let mut printer = Printer::new(args.global.output());
    let result = run(args, &mut printer, &interrupt);
    ended(result.map(|()| Exit::Success), &mut printer)
}

/// The exit code; a failure is printed.
fn ended(result: Result<Exit, Failure>, printer: &mut Printer) -> ExitCode {
    let exit = match result {
        Ok(exit) => exit,
        Err(Failure::OutputClosed) => Exit::Success,
        Err(Failure::Interrupted) => Exit::Interrupted,
        Err(Failure::Reported(report)) => {
            printer.error(&report);
            report.exit
        }
    };
    exit.into()
}

fn run(args: Args, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
    if let Some(threads) = args.global.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .map_err(|error| Failure::limit(format!("cannot start {threads} threads: {error}")))?;
    }
    match args.command {
        Some(command) => command.run(printer, interrupt),
        None => printer.result(&Args::help()),
    }
}
