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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Discretisation, OdeFile, System};

    /// Every kind of entry.
    const WHOLE: &str = r#"equations = ["x' = y*sin(t)/(1 + t^2)", "y'' + w*y' = -x + e^-t"]
scheme = "taylor-central"
weights = [1, 10.0, 1]
[grid]
start = 0
end = 2.5
points = 11
[initial]
x = [1.0]
y = [0.5, -1e-1]
[parameters]
w = 2.0
[exact]
x = "cos(t)"
"#;

    /// What means something somewhere in it.
    const PIECES: [&str; 16] =
        ["\n", "\"", "[", "]", "(", ")", "'", "^", "=", "1e999", "-", "points", "#", "é", "\0", "99999999999"];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn damaged_files_do_not_panic(
            cuts in proptest::collection::vec((0..WHOLE.len(), 0..20_usize, 0..PIECES.len()), 1..4),
        ) {
            let mut text = WHOLE.to_owned();
            for (at, length, piece) in cuts {
                let at = at.min(text.len());
                let end = (at + length).min(text.len());
                // The text is in ASCII but for one piece.
                if text.is_char_boundary(at) && text.is_char_boundary(end) {
                    text.replace_range(at..end, PIECES[piece]);
                }
            }
            let file = OdeFile::parse(&text, "ode.toml".as_ref());
            let memory = "0.01".parse().map_err(|error: String| TestCaseError::fail(error))?;
            let _ = file.and_then(|file| System::new(file, Discretisation::default(), memory));
        }
    }
}
