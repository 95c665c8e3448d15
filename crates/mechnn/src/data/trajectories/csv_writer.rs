//! Data sets to files of comma-separated text.

use std::io::{self, Write};
use std::path::Path;

use super::Dataset;
use super::column_name::ColumnName;
use crate::data::fault::DataError;
use crate::number::exact;
use crate::whole_file;

impl Dataset {
    /// Writes a CSV file with a header: the time, the states and, for several trajectories, a last column
    /// `trajectory` with their names. Missing entries are empty; units stand in brackets behind the names.
    ///
    /// Numbers are written so that [`read_csv`](crate::data::read_csv) gives back the same bits, unless it takes them
    /// for marks of missing values or for times since 1970. The file appears whole: no reader ever sees a part of it.
    ///
    /// # Errors
    /// [`DataError::Write`]; [`DataError::DuplicateName`] if a variable is called `trajectory` and there are several.
    pub fn write_csv(&self, path: &Path) -> Result<(), DataError> {
        let labelled = self.trajectories.len() > 1;
        if labelled && (self.time == LABEL || self.states.iter().any(|state| state == LABEL)) {
            return Err(DataError::DuplicateName { name: LABEL.to_owned() });
        }
        whole_file::write_with(path, |file| self.write_rows(file, labelled))
            .map_err(|error| DataError::Write { file: error.path, source: error.source })
    }

    fn write_rows(&self, output: &mut dyn Write, labelled: bool) -> io::Result<()> {
        // With a comment character known, names that begin with it are quoted.
        let mut writer = csv::WriterBuilder::new().comment(Some(b'#')).from_writer(output);
        let label = labelled.then_some(LABEL);
        let header = |name: &String| ColumnName::header(name, self.units.get(name).map(String::as_str));
        let headers = std::iter::once(&self.time).chain(&self.states).map(header);
        writer.write_record(headers.chain(label.map(str::to_owned)))?;
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
        writer.flush()
    }
}

const LABEL: &str = "trajectory";

/// Every bit of the number; empty for NaN, which means missing.
fn text(value: f64) -> String {
    if value.is_nan() { String::new() } else { exact(value) }
}
