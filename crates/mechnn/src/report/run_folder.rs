//! One run = one folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use super::ReportError;
use crate::whole_file;

/// The file whose presence means that the run is done.
const RESULT: &str = "result.json";

/// The folder of one run. Files appear in it whole or not at all, and `result.json` last.
///
/// Files are written by [`whole_file`]: a run that is killed leaves no half-written file under its final name.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The folder at `path`, created with its parents if it does not exist; files of an unfinished run may be in it.
    ///
    /// # Errors
    /// [`ReportError::Finished`] if it holds a result, [`ReportError::Io`] if it cannot be created.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, ReportError> {
        let path = path.into();
        if Self::is_finished(&path) {
            return Err(ReportError::Finished { path });
        }
        create_folder(&path)?;
        Ok(Self { path })
    }

    /// The folder at `path` for a run that takes the place of the one in it, if there is one: its result leaves first,
    /// so that the folder counts as unfinished until the new one is there.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the result cannot be removed or the folder cannot be created.
    pub fn replace(path: impl Into<PathBuf>) -> Result<Self, ReportError> {
        let path = path.into();
        if Self::is_finished(&path) {
            let result = path.join(RESULT);
            fs::remove_file(&result).map_err(|source| ReportError::Io { action: "remove", path: result, source })?;
        }
        Self::create(path)
    }

    /// Whether a run can be written to the folder at `path`, before there is one: the folder and its parents are made
    /// where they are missing, a file is written, and all of it is removed again.
    ///
    /// # Errors
    /// [`ReportError::Io`] with what could not be done.
    pub fn check(path: impl AsRef<Path>) -> Result<(), ReportError> {
        let path = path.as_ref();
        let missing: Vec<&Path> = path.ancestors().take_while(|folder| is_missing(folder)).collect();
        let checked = create_folder(path).and_then(|()| {
            whole_file::check(&path.join(RESULT)).map_err(|error| ReportError::Io {
                action: "write",
                path: error.path,
                source: error.source,
            })
        });
        for folder in missing {
            // Those that were not made, or are used by now, stay as they are.
            let _ = fs::remove_dir(folder);
        }
        checked
    }

    /// Whether the folder at `path` holds the result of a finished run.
    pub fn is_finished(path: impl AsRef<Path>) -> bool {
        path.as_ref().join(RESULT).exists()
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file `name`, such as `equations.tex` or `plots/rollout.svg`; an earlier one is replaced.
    ///
    /// # Errors
    /// [`ReportError::Name`] for a name that leads out of the folder or is `result.json`, [`ReportError::Io`].
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), ReportError> {
        let path = self.place(name)?;
        if let Some(parent) = path.parent() {
            create_folder(parent)?;
        }
        replace(&path, bytes.as_ref())
    }

    /// Adds a record to the file `name`, such as `metrics.jsonl`, as one line of JSON.
    ///
    /// # Errors
    /// As [`RunFolder::write`], and [`ReportError::Json`]; the file then ends with the previous record.
    pub fn append(&self, name: &str, record: &impl Serialize) -> Result<(), ReportError> {
        let path = self.place(name)?;
        let mut line =
            serde_json::to_string(record).map_err(|source| ReportError::Json { path: path.clone(), source })?;
        line.push('\n');
        append_line(&path, line.as_bytes()).map_err(|source| ReportError::Io { action: "append to", path, source })
    }

    /// Writes `result.json`: the run is done, and the folder is closed.
    ///
    /// # Errors
    /// [`ReportError::Json`], [`ReportError::Io`]; the run then does not count as done.
    pub fn finish(self, result: &impl Serialize) -> Result<(), ReportError> {
        let path = self.path.join(RESULT);
        let mut text =
            serde_json::to_string_pretty(result).map_err(|source| ReportError::Json { path: path.clone(), source })?;
        text.push('\n');
        replace(&path, text.as_bytes())
    }

    fn place(&self, name: &str) -> Result<PathBuf, ReportError> {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || name.ends_with('/') || !inside || name == RESULT {
            return Err(ReportError::Name { name: name.to_owned() });
        }
        Ok(self.path.join(name))
    }
}

fn is_missing(folder: &Path) -> bool {
    // The last ancestor of a relative path is empty, and stands for the folder that we are in.
    !folder.as_os_str().is_empty() && fs::symlink_metadata(folder).is_err()
}

fn create_folder(path: &Path) -> Result<(), ReportError> {
    let error = |source| ReportError::Io { action: "create the folder", path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(error)
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    whole_file::write(path, bytes).map_err(|error| ReportError::Io {
        action: "write",
        path: error.path,
        source: error.source,
    })
}

fn append_line(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    let written = file.write_all(line);
    if written.is_err() {
        // A full disk may have taken half a line.
        let _ = file.set_len(length);
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::json;

    use super::{ReportError, RunFolder};

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: Result<fs::DirEntry, _>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn folders_are_made_where_files_need_them() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("runs/lorenz");
        let folder = RunFolder::create(&path).unwrap();
        assert_eq!(folder.path(), path);
        folder.write("equations.tex", "x' = y").unwrap();
        folder.write("plots/rollout.svg", "<svg/>").unwrap();
        assert_eq!(fs::read_to_string(path.join("equations.tex")).unwrap(), "x' = y");
        assert_eq!(names(&path), ["equations.tex", "plots"]);
        assert_eq!(names(&path.join("plots")), ["rollout.svg"]);
    }

    #[test]
    fn a_run_is_finished_by_its_result() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("run");
        assert!(!RunFolder::is_finished(&path));
        let folder = RunFolder::create(&path).unwrap();
        // An unfinished run may be taken up again.
        drop(RunFolder::create(&path).unwrap());
        assert!(!RunFolder::is_finished(&path));
        folder.finish(&json!({"stable": true})).unwrap();
        assert!(RunFolder::is_finished(&path));
        assert_eq!(fs::read_to_string(path.join("result.json")).unwrap(), "{\n  \"stable\": true\n}\n");
        let error = RunFolder::create(&path).unwrap_err();
        assert!(matches!(&error, ReportError::Finished { path: named } if *named == path), "{error}");
    }

    #[test]
    fn records_are_lines() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path()).unwrap();
        folder.append("metrics.jsonl", &json!({"step": 1, "note": "two\nlines"})).unwrap();
        folder.append("metrics.jsonl", &json!({"step": 2})).unwrap();
        let text = fs::read_to_string(root.path().join("metrics.jsonl")).unwrap();
        let steps = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["step"].clone());
        assert_eq!(steps.collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn names_stay_inside_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path().join("run")).unwrap();
        for name in ["", "../x", "plots/../../x", "/x", "./x", "plots/", "result.json"] {
            let result = folder.write(name, "x");
            assert!(matches!(&result, Err(ReportError::Name { name: named }) if named == name), "{name}: {result:?}");
        }
        assert_eq!(names(root.path()), ["run"]);
    }

    #[test]
    fn a_place_is_checked_without_a_trace() {
        let root = tempfile::tempdir().unwrap();
        RunFolder::check(root.path().join("runs/lorenz")).unwrap();
        fs::create_dir(root.path().join("there")).unwrap();
        RunFolder::check(root.path().join("there")).unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        for place in ["file", "file/run", "there/\u{0}"] {
            assert!(RunFolder::check(root.path().join(place)).is_err(), "{place}");
        }
        assert_eq!(names(root.path()), ["file", "there"]);
    }

    #[test]
    fn failures_name_the_path_and_leave_nothing() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, "").unwrap();
        let error = RunFolder::create(path.join("run")).unwrap_err();
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        // The place is taken by a folder: the rename fails and the temporary file goes.
        let folder = RunFolder::create(root.path().join("run")).unwrap();
        fs::create_dir_all(folder.path().join("taken/inside")).unwrap();
        let error = folder.write("taken", "x").unwrap_err();
        assert!(matches!(&error, ReportError::Io { path, .. } if path.ends_with("taken")), "{error}");
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
