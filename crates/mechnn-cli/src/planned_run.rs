//! The folder of a run that is about to be made.

use std::path::{Path, PathBuf};

use mechnn::data::Dataset;
use mechnn::report::RunFolder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

const CONFIG: &str = "config.toml";
const RESULT: &str = "result.json";

/// Where a run will be written, and its configuration. Nothing is created before there is a result to write.
pub(crate) struct PlannedRun {
    path: PathBuf,
    config: String,
}

impl PlannedRun {
    /// `config` is everything that determines the result: the same configuration gives the same result.
    ///
    /// # Errors
    /// A usage failure if the folder holds something else than a run, or the result of another configuration and
    /// `overwrite` is not set; an input/output failure if nothing can be written there.
    pub(crate) fn new(path: &Path, config: &impl Serialize, overwrite: bool) -> Result<Self, Failure> {
        let config = toml::to_string(config).map_err(|error| Failure::usage(error.to_string()))?;
        let existing = std::fs::read_to_string(path.join(CONFIG)).ok();
        if !existing.as_deref().is_some_and(is_of_a_run) && holds_files(path) {
            return Err(Failure::usage(format!("`{}` holds files, and no run of mechnn", path.display()))
                .hint("choose a new or empty folder: files that are already there could be replaced"));
        }
        if RunFolder::is_finished(path) && existing.is_none_or(|existing| existing != config) && !overwrite {
            return Err(Failure::usage(format!("`{}` holds the result of another run", path.display()))
                .hint("choose another folder, or replace that run with --overwrite"));
        }
        // A search of hours must not end with "permission denied".
        RunFolder::check(path)?;
        Ok(Self { path: path.to_owned(), config })
    }

    /// Where it will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the folder holds a result of a run that was not stopped: one that was does not take its place.
    pub(crate) fn is_complete(&self) -> bool {
        let result = std::fs::read_to_string(self.path.join(RESULT)).ok();
        let document = result.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        document.is_some_and(|document| document["interrupted"] != true)
    }

    /// Makes the folder, with its configuration in it; an earlier run in it no longer counts as done.
    pub(crate) fn start(self) -> Result<RunFolder, Failure> {
        let folder = RunFolder::replace(self.path)?;
        folder.write(CONFIG, self.config)?;
        Ok(folder)
    }
}

/// Whether the text is the configuration of a run, of any version.
fn is_of_a_run(config: &str) -> bool {
    let Ok(table) = config.parse::<toml::Table>() else { return false };
    ["version", "command"].iter().all(|key| table.get(*key).is_some_and(toml::Value::is_str))
}

/// Whether there is a folder with anything in it but hidden files, which systems put everywhere.
fn holds_files(path: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(path) else { return false };
    entries.flatten().any(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
}

/// A sum over times, states and values as read.
pub(crate) fn data_sum(data: &Dataset) -> String {
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
    hexadecimal(&hash.finalize())
}

/// A sum over a text.
pub(crate) fn text_sum(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of the tables: the title of a figure.
pub(crate) fn title(files: &[PathBuf]) -> String {
    let name = |file: &PathBuf| file.file_name().map(|name| name.to_string_lossy().into_owned());
    files.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// The tables as they were named.
pub(crate) fn as_typed(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|file| file.display().to_string()).collect()
}
