//! A problem for people: equations as text in a TOML file, the solution as a table.

mod names;

mod equation;

mod ode_file;

mod system;

mod table;

use std::path::Path;

use clap::ValueEnum;

use super::discretisation::Discretisation;
use super::limit::MemoryLimit;
use super::{evidence, method};
use crate::atomic_file;
use crate::failure::Failure;
use crate::printer::Printer;

use ode_file::OdeFile;
use system::System;
use table::Table;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// Aligned columns, seven digits.
    Text,
    /// One document, all digits.
    Json,
}

/// Solves the problem of a file; the table goes to a file or to stdout, in the form asked for.
pub(super) fn solve(
    path: &Path,
    typed: Discretisation,
    memory: MemoryLimit,
    (output, format): (Option<&Path>, Option<TableFormat>),
    printer: &mut Printer,
) -> Result<(), Failure> {
    let file = OdeFile::read(path)?;
    let in_file = |failure: Failure| failure.in_file(path);
    let system = System::new(file, typed, memory).map_err(in_file)?;
    let method = method::method();
    let (problem, solution) = system.solve(&*method).map_err(|error| in_file(error.into()))?;
    let table = Table::new(&system, problem, &solution);

    match (output, format) {
        (Some(path), Some(TableFormat::Json)) => atomic_file::write(path, table.json()?.as_bytes())?,
        (Some(path), None) => atomic_file::write(path, table.csv().as_bytes())?,
        (Some(path), Some(TableFormat::Text)) => atomic_file::write(path, table.text().as_bytes())?,
        (None, Some(TableFormat::Json)) => printer.result(&table.json()?)?,
        (None, _) => printer.result(&table.text())?,
    }
    printer.note(&evidence::evidence(problem, &solution));
    for line in table.error_summary() {
        printer.note(&line);
    }
    printer.detail(&evidence::work(&solution));
    Ok(())
}
