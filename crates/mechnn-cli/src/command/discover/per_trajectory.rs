//! `discover --per-trajectory`: one structure, coefficients of each trajectory its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, SharedDocument, discover_shared};

use super::progress::ProgressReport;
use super::search::{self, Ended};
use super::{SearchArgs, admission, evidence, run_folder, unit_assignment};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::Format;
use crate::printer::Printer;

pub(super) fn run(
    search: &SearchArgs,
    data: Dataset,
    files: &[PathBuf],
    printer: &mut Printer,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    if data.trajectories.len() < 2 {
        return Err(Failure::usage("--per-trajectory needs two trajectories or more, found one")
            .hint("give several files, or name the column that tells trajectories apart with --trajectory"));
    }
    if search.threshold > 0.0 {
        return Err(Failure::usage("--threshold has no meaning with --per-trajectory"));
    }
    let options = search.options(&data)?;
    let variables = unit_assignment::variables(&search.units, &data)?;
    admission::check(&data, &options)?;
    let singles: Vec<Dataset> = (0..data.trajectories.len()).map(|index| data.single(index)).collect();
    let planned = |single: &Dataset| {
        let folder = search.output.as_deref().map(|path| path.join(folder_name(&single.trajectories[0].name)));
        folder.map(|path| run_folder::plan(&path, single, files, &options, search.overwrite)).transpose()
    };
    let planned = singles.iter().map(planned).collect::<Result<Vec<_>, _>>()?;
    interrupt.watch();
    let start = Instant::now();
    let data = Arc::new(data);
    let mut progress = ProgressReport::new(printer);
    let searched = Arc::clone(&data);
    let ended = search::run(move |observer| discover_shared(&searched, &options, observer), interrupt, &mut progress);
    progress.finish();
    let seconds = start.elapsed().as_secs_f64();
    let Ended::Finished(found) = ended? else {
        printer.warning("stopped before there were equations for all trajectories");
        return Err(Failure::Interrupted);
    };
    let mut documents = Vec::new();
    for (single, result) in singles.iter().zip(&found.results) {
        let mut document = DiscoveryDocument::new(single, result, seconds)?;
        if let Some(variables) = &variables {
            document = document.with_units(&result.model, &result.model.units(variables));
        }
        documents.push(document);
    }
    match search.format {
        Format::Json => {
            let document = SharedDocument::new(documents.clone(), found.compared, seconds);
            printer.result(&serde_json::to_string_pretty(&document)?)?;
        }
        Format::Text => {
            for (index, (single, result)) in singles.iter().zip(&found.results).enumerate() {
                let units = variables.as_ref().map(|variables| result.model.units(variables));
                let text = units.map_or_else(|| result.model.text(), |units| result.model.text_with_units(&units));
                let blank = if index > 0 { "\n" } else { "" };
                printer.result(&format!("{blank}# {}\n{text}", single.trajectories[0].name))?;
            }
        }
    }
    printer.note(&format!("compared   {} structures on all trajectories", found.compared));
    for ((single, result), document) in singles.iter().zip(&found.results).zip(&documents) {
        printer.note(&format!("# {}", single.trajectories[0].name));
        evidence::print(printer, single, result, document);
    }
    if found.interrupted {
        return Err(Failure::Interrupted);
    }
    for (((single, result), document), planned) in singles.iter().zip(&found.results).zip(&documents).zip(planned) {
        let Some(planned) = planned else { continue };
        let done = format!("written to {}", planned.path().display());
        let units = variables.as_ref().map(|variables| result.model.units(variables));
        run_folder::write(planned, single, files, result, units.as_ref(), document)?;
        printer.note(&done);
    }
    Ok(())
}

/// The name of a trajectory as that of a folder.
fn folder_name(trajectory: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = trajectory.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if name.chars().all(|c| c == '.') { format!("trajectory{name}") } else { name }
}
