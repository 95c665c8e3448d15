//! The folder of a run: what was asked, what was inferred, the states and the figure.

use std::path::{Path, PathBuf};

use mechnn::data::Dataset;
use mechnn::inference::{Inference, InferenceDocument, InferenceOptions, Model};
use mechnn::report::{FigureInput, FigureTrajectory, rollout_figure};
use serde::Serialize;

use crate::failure::Failure;
use crate::planned_run::{PlannedRun, as_typed, data_sum, text_sum, title};

/// Everything that determines the result.
#[derive(Serialize)]
struct Config<'a> {
    version: &'static str,
    command: &'static str,
    model: String,
    model_sha256: String,
    files: Vec<String>,
    data_sha256: String,
    time: &'a str,
    columns: &'a [String],
    profile: bool,
    starts: usize,
}

/// The folder of the run, before it is made. `model` is the file and its text.
///
/// # Errors
/// As [`PlannedRun::new`].
pub(super) fn plan(
    path: &Path,
    model: (&Path, &str),
    data: &Dataset,
    files: &[PathBuf],
    options: &InferenceOptions,
    overwrite: bool,
) -> Result<PlannedRun, Failure> {
    let config = Config {
        version: env!("CARGO_PKG_VERSION"),
        command: "infer",
        model: model.0.display().to_string(),
        model_sha256: text_sum(model.1),
        files: as_typed(files),
        data_sha256: data_sum(data),
        time: &data.time,
        columns: &data.states,
        profile: options.profile,
        starts: options.starts,
    };
    PlannedRun::new(path, &config, overwrite)
}

/// Writes the results; `result.json` last. `model` is what the file means, and its text.
pub(super) fn write(
    planned: PlannedRun,
    model: (&Model, &str),
    data: &Dataset,
    files: &[PathBuf],
    result: &Inference,
    document: &InferenceDocument,
) -> Result<(), Failure> {
    let figure = figure(model.0, data, files, result)?;
    let folder = planned.start()?;
    folder.write("model.toml", model.1)?;
    folder.write("states.csv", states(model.0, result))?;
    folder.write("plots/rollout.svg", figure)?;
    Ok(folder.finish(document)?)
}

/// The estimated states as a table.
fn states(model: &Model, result: &Inference) -> String {
    let mut table = format!("trajectory,{},{}\n", model.time, model.states.join(","));
    for trajectory in &result.trajectories {
        // Quotes in a name are doubled, as CSV has it.
        let name = trajectory.name.replace('"', "\"\"");
        for (time, row) in trajectory.times.iter().zip(trajectory.states.rows()) {
            let values: Vec<String> = row.iter().map(f64::to_string).collect();
            table.push_str(&format!("\"{name}\",{time},{}\n", values.join(",")));
        }
    }
    table
}

fn figure(model: &Model, data: &Dataset, files: &[PathBuf], result: &Inference) -> Result<String, Failure> {
    let title = title(files);
    let columns: Vec<String> =
        model.observations.iter().map(|observation| data.axis_label(&observation.column)).collect();
    let trajectories = result
        .trajectories
        .iter()
        .map(|trajectory| FigureTrajectory {
            name: &trajectory.name,
            times: &trajectory.times,
            data: &trajectory.measured,
            rollout_times: &trajectory.mesh,
            rollout: &trajectory.curve,
            diverged: None,
        })
        .collect();
    let equations: Vec<String> =
        model.states.iter().zip(&model.texts).map(|(state, rhs)| format!("{state}' = {rhs}")).collect();
    let equations = equations.join("\n");
    let curve = if model.is_stochastic() { "smoothed states" } else { "simulated equations" };
    let time = data.axis_label(&data.time);
    let input =
        FigureInput { title: &title, equations: &equations, curve, time: &time, states: &columns, trajectories };
    Ok(rollout_figure(&input)?)
}
