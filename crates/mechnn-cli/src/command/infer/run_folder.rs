//! The folder of a run: what was asked, what was inferred, the states and the figure.

use std::path::{Path, PathBuf};

use mechnn::data::Dataset;
use mechnn::inference::{Inference, InferenceDocument, InferenceOptions, Model};
use mechnn::report::{FigureInput, FigureTrajectory, RunFolder, rollout_figure};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::super::discover::fingerprint;
use crate::failure::Failure;

const CONFIG: &str = "config.toml";

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

/// The folder of a run that is about to be made. Nothing is created before there is a result to write.
pub(super) struct PlannedRun {
    path: PathBuf,
    config: String,
    model: String,
}

impl PlannedRun {
    /// # Errors
    /// A usage failure if the folder holds the result of another configuration and `overwrite` is not set.
    pub(super) fn new(
        path: &Path,
        model: (&Path, &str),
        data: &Dataset,
        files: &[PathBuf],
        options: &InferenceOptions,
        overwrite: bool,
    ) -> Result<Self, Failure> {
        let sha = Sha256::digest(model.1.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let config = Config {
            version: env!("CARGO_PKG_VERSION"),
            command: "infer",
            model: model.0.display().to_string(),
            model_sha256: sha,
            files: files.iter().map(|file| file.display().to_string()).collect(),
            data_sha256: fingerprint(data),
            time: &data.time,
            columns: &data.states,
            profile: options.profile,
            starts: options.starts,
        };
        let config = toml::to_string(&config).map_err(|error| Failure::usage(error.to_string()))?;
        let same = std::fs::read_to_string(path.join(CONFIG)).is_ok_and(|existing| existing == config);
        if RunFolder::is_finished(path) && !same && !overwrite {
            return Err(Failure::usage(format!("`{}` holds the result of another run", path.display()))
                .hint("choose another folder, or replace that run with --overwrite"));
        }
        Ok(Self { path: path.to_owned(), config, model: model.1.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the results; `result.json` last.
    pub(super) fn write(
        self,
        model: &Model,
        data: &Dataset,
        files: &[PathBuf],
        result: &Inference,
        document: &InferenceDocument,
    ) -> Result<(), Failure> {
        let figure = figure(model, data, files, result)?;
        let folder = RunFolder::replace(self.path)?;
        folder.write(CONFIG, self.config)?;
        folder.write("model.toml", self.model)?;
        folder.write("states.csv", states(model, result))?;
        folder.write("plots/rollout.svg", figure)?;
        Ok(folder.finish(document)?)
    }
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
    let name = |file: &PathBuf| file.file_name().map(|name| name.to_string_lossy().into_owned());
    let title = files.iter().filter_map(name).collect::<Vec<_>>().join(", ");
    let columns: Vec<String> = model.observations.iter().map(|observation| observation.column.clone()).collect();
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
    let time = &data.time;
    let input = FigureInput { title: &title, equations: &equations, curve, time, states: &columns, trajectories };
    Ok(rollout_figure(&input)?)
}
