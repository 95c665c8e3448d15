//! Data sets to files of comma-separated text.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Dataset;
use crate::data::fault::DataError;
use crate::number::exact;

impl Dataset {
    /// Writes a CSV file with a header: the time, the states and, for several trajectories, a last column
    /// `trajectory` with their names. Missing entries are empty.
    ///
    /// Numbers are written so that [`read_csv`](crate::data::read_csv) gives back the same bits. The file is written under
    /// a temporary name beside `path`, synced and renamed: no reader ever sees a part of it.
    ///
    /// # Errors
    /// [`DataError::Write`]; [`DataError::DuplicateName`] if a variable is called `trajectory` and there are several.
    pub fn write_csv(&self, path: &Path) -> Result<(), DataError> {
        let labelled = self.trajectories.len() > 1;
        if labelled && (self.time == LABEL || self.states.iter().any(|state| state == LABEL)) {
            return Err(DataError::DuplicateName { name: LABEL.to_owned() });
        }
        let failed = |source| DataError::Write { file: path.to_owned(), source };
        let temporary = temporary_name(path).map_err(failed)?;
        let written = self.write_rows(&temporary, labelled).and_then(|()| fs::rename(&temporary, path));
        written.map_err(|source| {
            // The fault that matters is the first one.
            let _ = fs::remove_file(&temporary);
            failed(source)
        })
    }

    fn write_rows(&self, path: &Path, labelled: bool) -> io::Result<()> {
        let output = BufWriter::new(File::create(path)?);
        // With a comment character known, names that begin with it are quoted.
        let mut writer = csv::WriterBuilder::new().comment(Some(b'#')).from_writer(output);
        let label = labelled.then_some(LABEL);
        writer.write_record(
            std::iter::once(self.time.as_str()).chain(self.states.iter().map(String::as_str)).chain(label),
        )?;
        for trajectory in &self.trajectories {
            for (time, values) in trajectory.times.iter().zip(trajectory.values.rows()) {
                writer.write_field(text(*time))?;
                for &value in values {
                    writer.write_field(text(value))?;
                }
                if labelled {
                    writer.write_field(&trajectory.name)?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
        }
        let mut output = writer.into_inner().map_err(|error| error.into_error())?;
        output.flush()?;
        output.get_ref().sync_all()
    }
}

const LABEL: &str = "trajectory";

/// Every bit of the number; empty for NaN, which means missing.
fn text(value: f64) -> String {
    if value.is_nan() { String::new() } else { exact(value) }
}

/// A name in the same folder, since a rename is atomic only within a file system.
fn temporary_name(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file"))?;
    let mut temporary = name.to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    Ok(path.with_file_name(temporary))
}
