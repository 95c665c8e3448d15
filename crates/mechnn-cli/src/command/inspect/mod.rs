//! `mechnn inspect`: how tables are understood, and what `discover` would do with them.

use std::path::PathBuf;

use mechnn::data::{CsvOptions, read_tables};
use mechnn::discovery::DiscoveryOptions;
use mechnn::inspection::inspect;

use crate::failure::Failure;
use crate::option::{Format, TableArgs, sources};
use crate::printer::Printer;

mod effort;

mod document;

mod text;

/// Show how tables are understood, and what discover would do with them
///
/// Says which columns are states and which is the time, with their units, ranges, missing values and noise; where
/// times have gaps; which values are far from their neighbours; how many candidate terms `mechnn discover` would
/// choose from, and about how long that takes. Nothing is fitted and nothing is written.
#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// Tables with measurements; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    table: TableArgs,

    /// The columns to use as states, separated by commas [default: all but the time]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    vars: Option<Vec<String>>,

    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: Format,
}

impl InspectArgs {
    pub(crate) fn run(self, printer: &mut Printer) -> Result<(), Failure> {
        let options = CsvOptions { states: self.vars, ..self.table.options() };
        let reading = read_tables(sources(&self.files)?, &options)?;
        let discovery = DiscoveryOptions::default();
        let inspection = inspect(&reading, &discovery);
        let library = discovery.library_for(discovery.variables(&reading.data));
        match self.format {
            Format::Text => {
                let width = printer.result_width();
                printer.result(&text::text(&reading, &inspection, &library, width))
            }
            Format::Json => {
                let document = document::Document::new(&reading, &inspection, &library);
                printer.result(&serde_json::to_string_pretty(&document)?)
            }
        }
    }
}
