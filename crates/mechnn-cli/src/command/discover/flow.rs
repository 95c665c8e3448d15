//! The steps around every search by the direct method: what is refused before it, the search itself, and what is said
//! and written after it, for one set of equations or for several.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryError, DiscoveryOptions, DiscoveryResult, Observer};
use mechnn::equation::SparseModel;

use super::finding::{Finding, Part, print_documents, print_equations, warn_of_units};
use super::progress::ProgressReport;
use super::request::{SearchOptions, variables};
use super::search_thread::{self, Ended};
use super::{admission, evidence, run_folder};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::Format;
use crate::planned_run::PlannedRun;
use crate::printer::Printer;

/// A way of searching: what it does unlike the others.
pub(super) trait Search {
    /// What the library finds.
    type Found: Send + 'static;

    /// What is said if there are no equations yet.
    const TOO_EARLY: &'static str;

    /// What was asked for, as far as all ways know it.
    fn asked(&self) -> &SearchOptions;

    /// The options of the library.
    fn discovery_options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure>;

    /// Data that get equations of their own.
    fn parts(&self, data: &Arc<Dataset>) -> Result<Vec<Part>, Failure>;

    fn search(
        data: &Dataset,
        options: &DiscoveryOptions,
        observer: &mut dyn Observer,
    ) -> Result<Self::Found, DiscoveryError>;

    /// One for each part, in their order.
    fn results(found: &Self::Found) -> &[DiscoveryResult];

    /// Whether Ctrl-C ended the search.
    fn is_interrupted(found: &Self::Found) -> bool;

    /// Structures that were compared on all parts, if there are several.
    fn compared(found: &Self::Found) -> Option<usize>;

    /// Whether the best equations of every size are printed.
    fn shows_front(&self) -> bool;

    /// The equations of the step before Ctrl-C, if they are equations of all data.
    fn unfinished(best: Option<SparseModel>) -> Option<SparseModel>;
}

/// Searches, prints and writes. `files` are what the data came from, for the record.
pub(super) fn run<S: Search>(
    search: &S,
    data: Dataset,
    files: &[PathBuf],
    printer: &mut Printer,
    interrupt: &Interrupt,
) -> Result<S::Found, Failure> {
    // What can be refused is refused before the search.
    let asked = search.asked();
    let data = Arc::new(data);
    let parts = search.parts(&data)?;
    let options = search.discovery_options(&data)?;
    let variables = variables(&asked.units, &data)?;
    admission::check(&data, &options)?;
    let planned = plan(asked, &parts, files, &options)?;

    // The search, on a thread of its own.
    interrupt.watch();
    let start = Instant::now();
    let mut progress = ProgressReport::new(printer);
    let (searched, given) = (Arc::clone(&data), options.clone());
    let ended = search_thread::run(move |observer| S::search(&searched, &given, observer), interrupt, &mut progress);
    progress.finish();
    let seconds = start.elapsed().as_secs_f64();
    let found = match ended? {
        Ended::Finished(found) => *found,
        Ended::Abandoned(best) => {
            match S::unfinished(best) {
                Some(model) => print_unfinished(asked.format, &data, &options, &model, seconds, printer)?,
                None => printer.warning(S::TOO_EARLY),
            }
            return Err(Failure::Interrupted);
        }
    };

    // The equations on stdout, what they are worth on stderr.
    let finding = |(part, result)| Finding::new(part, result, &options.constraints, variables.as_deref(), seconds);
    let findings = parts.iter().zip(S::results(&found)).map(finding).collect::<Result<Vec<_>, _>>()?;
    warn_of_units(&findings, printer);
    match asked.format {
        Format::Json => print_documents(&findings, S::compared(&found), seconds, printer)?,
        Format::Text => print_equations(&findings, search.shows_front(), printer)?,
    }
    if let Some(compared) = S::compared(&found) {
        printer.note(&format!("{compared} choices of terms were compared on all trajectories."));
    }
    for Finding { part, result, document, .. } in &findings {
        if let Some(name) = &part.name {
            printer.note(&format!("# {name}"));
        }
        evidence::print(printer, &part.data, result, document);
    }

    // The folder of a run that was stopped stays as it is: a result in it would mean that the run is done.
    if S::is_interrupted(&found) {
        return Err(Failure::Interrupted);
    }
    for (planned, Finding { part, result, units, document }) in planned.into_iter().flatten().zip(&findings) {
        let done = format!("Written to {}.", planned.path().display());
        run_folder::write(planned, &part.data, files, result, units.as_ref(), document)?;
        printer.note(&done);
    }
    Ok(found)
}

/// A folder for each part, if any was asked for: that of the run, or one in it with the name of the trajectory.
fn plan(
    asked: &SearchOptions,
    parts: &[Part],
    files: &[PathBuf],
    options: &DiscoveryOptions,
) -> Result<Option<Vec<PlannedRun>>, Failure> {
    let Some(output) = &asked.output else { return Ok(None) };
    let folder = |part: &Part| match &part.name {
        Some(name) => output.folder.join(folder_name(name)),
        None => output.folder.clone(),
    };
    let plan = |part: &Part| run_folder::plan(&folder(part), &part.data, files, options, output.overwrite);
    parts.iter().map(plan).collect::<Result<_, _>>().map(Some)
}

/// The name of a trajectory as that of a folder.
fn folder_name(trajectory: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = trajectory.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if name.chars().all(|c| c == '.') { format!("trajectory{name}") } else { name }
}

/// The equations of the step before Ctrl-C.
fn print_unfinished(
    format: Format,
    data: &Dataset,
    options: &DiscoveryOptions,
    model: &SparseModel,
    seconds: f64,
    printer: &mut Printer,
) -> Result<(), Failure> {
    match format {
        Format::Text => printer.result(&model.text())?,
        Format::Json => {
            let candidates = admission::candidates(data, options);
            let document = DiscoveryDocument::unfinished(data, model, candidates, seconds)?;
            printer.result(&serde_json::to_string_pretty(&document.with_constraints(&options.constraints))?)?;
        }
    }
    printer.warning("the search was stopped early: these equations have not been simulated");
    Ok(())
}
