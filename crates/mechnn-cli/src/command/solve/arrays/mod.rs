//! A problem for programs: arrays in, arrays out, and the gradient of a loss.

mod archive;

mod batch;

mod input;

mod problem_archive;

mod solution_archive;

use std::path::Path;

use super::discretisation::Discretisation;
use super::limit::MemoryLimit;
use super::{evidence, method};
use crate::atomic_file;
use crate::failure::Failure;
use crate::printer::Printer;

use archive::Archive;
use problem_archive::ProblemArchive;

/// Solves the problem of a file; the solution and its gradients go to the file `output`.
pub(super) fn solve(
    path: &Path,
    discretisation: Discretisation,
    memory: MemoryLimit,
    output: &Path,
    printer: &mut Printer,
) -> Result<(), Failure> {
    // What is wrong with the options is said before the file is opened.
    discretisation.over_arrays(1)?;
    let archive = Archive::open(path)?;
    let in_file = |failure: Failure| failure.in_file(path);
    let (problem, unknown) = ProblemArchive::read(archive, discretisation, memory).map_err(in_file)?;
    for warning in unknown {
        printer.warning(&format!("`{}`: {warning}", path.display()));
    }

    let method = method::method();
    let failed = |error| in_file(problem.numerical(error));
    let (solution, gradient) = match problem.cotangent() {
        None => (method.solve(problem.problem()).map_err(failed)?, None),
        Some(cotangent) => {
            let (solution, pullback) = method.solve_with_pullback(problem.problem()).map_err(failed)?;
            let gradient = pullback.pull(cotangent).map_err(failed)?;
            (solution, Some(gradient))
        }
    };
    let bytes = solution_archive::bytes(&problem, &solution, gradient.as_ref())?;
    atomic_file::write(output, &bytes)?;
    printer.note(&evidence::evidence(problem.problem(), &solution));
    printer.detail(&evidence::work(&solution));
    Ok(())
}
