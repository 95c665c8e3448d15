//! The tables, and how their columns are to be understood.

use std::path::PathBuf;

use mechnn::data::{Between, CsvOptions, Dataset, TableSource, read_tables};

use crate::failure::Failure;
use crate::option::sources;
use crate::printer::Printer;

/// What is read.
#[derive(Debug)]
pub(in super::super) struct Tables {
    /// As they were named; after [`Tables::read`] the files that were read.
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
    pub(in super::super) fn read(&mut self, printer: &mut Printer) -> Result<Dataset, Failure> {
        let sources = sources(&self.files)?;
        self.files = sources.iter().map(|source: &TableSource| source.name().to_owned()).collect();
        let reading = read_tables(sources, &self.options)?;
        reading.warnings.iter().for_each(|warning| printer.warning(&warning.to_string()));
        let data = reading.data.with_controls(&self.controls)?.with_inputs(&self.held, Between::Held)?;
        Ok(if self.second_order { data.second_order()? } else { data })
    }
}
