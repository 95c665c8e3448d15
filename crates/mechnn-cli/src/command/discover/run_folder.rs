//! The folder of a run: what was asked, what was found, and the figure.

use std::path::{Path, PathBuf};

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryOptions, DiscoveryResult};
use mechnn::equation::ModelUnits;
use mechnn::report::{FigureInput, FigureTrajectory, rollout_figure};
use serde::Serialize;

use crate::failure::Failure;
use crate::planned_run::{PlannedRun, as_typed, data_sum, title};

/// Everything that determines the result: the same configuration gives the same equations.
#[derive(Serialize)]
struct Config<'a> {
    version: &'static str,
    command: &'static str,
    files: Vec<String>,
    /// Of times, states and values as read.
    data_sha256: String,
    time: &'a str,
    states: &'a [String],
    controls: &'a [String],
    discovery: &'a DiscoveryOptions,
}

/// The folder of the run, before it is made.
///
/// # Errors
/// As [`PlannedRun::new`].
pub(super) fn plan(
    path: &Path,
    data: &Dataset,
    files: &[PathBuf],
    options: &DiscoveryOptions,
    overwrite: bool,
) -> Result<PlannedRun, Failure> {
    let config = Config {
        version: env!("CARGO_PKG_VERSION"),
        command: "discover",
        files: as_typed(files),
        data_sha256: data_sum(data),
        time: &data.time,
        states: &data.states,
        controls: &data.controls,
        discovery: options,
    };
    PlannedRun::new(path, &config, overwrite)
}

/// Writes the results; `result.json` last.
pub(super) fn write(
    planned: PlannedRun,
    data: &Dataset,
    files: &[PathBuf],
    result: &DiscoveryResult,
    units: Option<&ModelUnits>,
    document: &DiscoveryDocument,
) -> Result<(), Failure> {
    let figure = figure(data, files, result)?;
    let mut metrics = String::new();
    for progress in &result.history {
        metrics.push_str(&serde_json::to_string(progress)?);
        metrics.push('\n');
    }
    let folder = planned.start()?;
    folder.write("metrics.jsonl", metrics)?;
    folder.write("equations.json", serde_json::to_string_pretty(&result.model)? + "\n")?;
    let latex = units.map_or_else(|| result.model.latex(), |units| result.model.latex_with_units(units));
    folder.write("equations.tex", latex)?;
    folder.write("plots/rollout.svg", figure)?;
    Ok(folder.finish(document)?)
}

fn figure(data: &Dataset, files: &[PathBuf], result: &DiscoveryResult) -> Result<String, Failure> {
    let title = title(files);
    let trajectories = data
        .trajectories
        .iter()
        .zip(&result.trajectories)
        .map(|(trajectory, fitted)| FigureTrajectory {
            name: &trajectory.name,
            times: &trajectory.times,
            data: &trajectory.values,
            rollout_times: &fitted.times[..fitted.rollout.reached],
            rollout: &fitted.rollout.values,
            diverged: fitted.rollout.status.stopped_at(),
        })
        .collect();
    let states: Vec<String> = data.states.iter().map(|state| data.axis_label(state)).collect();
    let (equations, time, curve) = (result.model.text(), data.axis_label(&data.time), "simulated equations");
    let input =
        FigureInput { title: &title, equations: &equations, curve, time: &time, states: &states, trajectories };
    Ok(rollout_figure(&input)?)
}
