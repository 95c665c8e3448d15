//! The folder of a run: what was asked, what was found, and the figure.

use std::path::{Path, PathBuf};

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryDocument, DiscoveryOptions, DiscoveryResult};
use mechnn::equation::ModelUnits;
use mechnn::report::{FigureInput, FigureTrajectory, RunFolder, rollout_figure};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

const CONFIG: &str = "config.toml";

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

/// The folder of a run that is about to be made. Nothing is created before there is a result to write.
pub(super) struct PlannedRun {
    path: PathBuf,
    config: String,
}

impl PlannedRun {
    /// # Errors
    /// A usage failure if the folder holds the result of another configuration and `overwrite` is not set.
    pub(super) fn new(
        path: &Path,
        data: &Dataset,
        files: &[PathBuf],
        options: &DiscoveryOptions,
        overwrite: bool,
    ) -> Result<Self, Failure> {
        let config = Config {
            version: env!("CARGO_PKG_VERSION"),
            command: "discover",
            files: files.iter().map(|file| file.display().to_string()).collect(),
            data_sha256: fingerprint(data),
            time: &data.time,
            states: &data.states,
            controls: &data.controls,
            discovery: options,
        };
        let config = toml::to_string(&config).map_err(|error| Failure::usage(error.to_string()))?;
        let same = std::fs::read_to_string(path.join(CONFIG)).is_ok_and(|existing| existing == config);
        if RunFolder::is_finished(path) && !same && !overwrite {
            return Err(Failure::usage(format!("`{}` holds the result of another run", path.display()))
                .hint("choose another folder, or replace that run with --overwrite"));
        }
        Ok(Self { path: path.to_owned(), config })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the results; `result.json` last.
    pub(super) fn write(
        self,
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
        let folder = RunFolder::replace(self.path)?;
        folder.write(CONFIG, self.config)?;
        folder.write("metrics.jsonl", metrics)?;
        folder.write("equations.json", serde_json::to_string_pretty(&result.model)? + "\n")?;
        let latex = units.map_or_else(|| result.model.latex(), |units| result.model.latex_with_units(units));
        folder.write("equations.tex", latex)?;
        folder.write("plots/rollout.svg", figure)?;
        Ok(folder.finish(document)?)
    }
}

fn figure(data: &Dataset, files: &[PathBuf], result: &DiscoveryResult) -> Result<String, Failure> {
    let name = |file: &PathBuf| file.file_name().map(|name| name.to_string_lossy().into_owned());
    let title = files.iter().filter_map(name).collect::<Vec<_>>().join(", ");
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
    let (equations, states) = (result.model.text(), &data.states);
    let curve = "simulated equations";
    let input = FigureInput { title: &title, equations: &equations, curve, time: &data.time, states, trajectories };
    Ok(rollout_figure(&input)?)
}

pub(crate) fn fingerprint(data: &Dataset) -> String {
    let mut hash = Sha256::new();
    for trajectory in &data.trajectories {
        hash.update(trajectory.name.as_bytes());
        let inputs = trajectory.inputs.iter().flat_map(|input| input.times().iter().chain(input.values()));
        for value in trajectory.times.iter().chain(&trajectory.values).chain(inputs) {
            // Every NaN means the same: not measured.
            let value = if value.is_nan() { f64::NAN } else { *value };
            hash.update(value.to_le_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
