//! The tables, and how their columns are to be understood.

use std::path::PathBuf;

use mechnn::data::{Between, CsvOptions, Dataset, read_csv};

use crate::failure::Failure;
use crate::printer::Printer;

/// What is read.
#[derive(Debug)]
pub(in super::super) struct Tables {
    pub(in super::super) files: Vec<PathBuf>,
    pub(super) options: CsvOptions,
    /// Columns that are known inputs, linear between rows.
    pub(super) controls: Vec<String>,
    /// Columns that are known inputs, and keep their value until the next row.
    pub(super) held: Vec<String>,
    /// Whether the velocities of the states are states, too.
    pub(super) second_order: bool,
}

impl Tables {
    /// The measurements; warnings about them are printed.
    pub(in super::super) fn read(&self, printer: &mut Printer) -> Result<Dataset, Failure> {
        let (data, warnings) = read_csv(&self.files, &self.options)?;
        warnings.iter().for_each(|warning| printer.warning(&warning.to_string()));
        let data = data.with_controls(&self.controls)?.with_inputs(&self.held, Between::Held)?;
        Ok(if self.second_order { data.second_order()? } else { data })
    }
}
