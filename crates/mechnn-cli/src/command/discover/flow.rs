//! The steps around every search by the direct method: what is refused before it, the search itself, and what is said
//! and written after it, for one set of equations or for several.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryError, DiscoveryOptions, DiscoveryResult, Observer};
use mechnn::equation::SparseModel;

use super::finding::{Finding, Part, print_documents, print_equations, warn_of_units};
use super::folder_name::folder_names;
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

    let is_interrupted = S::is_interrupted(&found);
    for (planned, Finding { part, result, units, document }) in planned.into_iter().flatten().zip(&findings) {
        let path = planned.path().display().to_string();
        if is_interrupted && planned.is_complete() {
            printer.warning(&format!("`{path}` keeps its result, which is that of a run that was not stopped"));
            continue;
        }
        run_folder::write(planned, &part.data, files, result, units.as_ref(), document)?;
        printer.note(&format!("Written to {path}."));
    }
    if is_interrupted {
        return Err(Failure::Interrupted);
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
    // A part without a name is the only one.
    let mut names = folder_names(parts.iter().filter_map(|part| part.name.as_deref())).into_iter();
    let plan = |part: &Part| {
        let inner = part.name.as_ref().and_then(|_| names.next());
        let folder = inner.map_or_else(|| output.folder.clone(), |name| output.folder.join(name));
        run_folder::plan(&folder, &part.data, files, options, output.overwrite)
    };
    parts.iter().map(plan).collect::<Result<_, _>>().map(Some)
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
