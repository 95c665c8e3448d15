//! `mechnn infer`: parameters and unseen states of equations that are given.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use mechnn::data::{CsvOptions, Missing, TableReading, read_tables};
use mechnn::inference::{
    InferenceDocument, InferenceError, InferenceObserver, InferenceOptions, InferenceProgress, Model, ModelFileError,
    infer,
};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::{Format, TableArgs, sources};
use crate::printer::{Printer, ProgressBar};
use crate::text_file;

mod text;

mod evidence;

mod run_folder;

/// Estimate parameters and unseen states of given equations from measured time series
///
/// MODEL is a TOML file with the equations, their parameters, and what each column of the tables measures. Each FILE
/// is a table with a time column and those columns; several files are several runs (trajectories) of one system. The
/// result is one line for each parameter, with its standard error and 95 % interval. How far these can be trusted is
/// printed to stderr.
#[derive(Debug, clap::Args)]
pub(crate) struct InferArgs {
    /// The file with the equations
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// The tables
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    table: TableArgs,

    /// Also compute intervals from the profile likelihood, which need not be symmetric; takes longer
    #[arg(long)]
    profile: bool,

    /// How many starting points to try where a parameter has bounds but no starting value
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1000))]
    starts: u16,

    /// Print the result as text for people, or as one JSON document for programs
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: Format,

    /// Write the result, the estimated states, a figure and the options into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Replace what another run has written into the folder
    #[arg(long, requires = "output")]
    overwrite: bool,
}

impl InferArgs {
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        let text = text_file::read(&self.model)?;
        let model = Model::from_toml(&text).map_err(|error| Failure::from(error).in_file(&self.model))?;
        let options =
            CsvOptions { states: Some(model.columns()), missing: Missing::AsMissing, ..self.table.options() };
        let sources = sources(&self.files)?;
        let files: Vec<PathBuf> = sources.iter().map(|source| source.name().to_owned()).collect();
        let TableReading { data, warnings, .. } = read_tables(sources, &options)?;
        warnings.iter().for_each(|warning| printer.warning(&warning.to_string()));
        let options = InferenceOptions { profile: self.profile, starts: usize::from(self.starts) };
        let output = self.output.as_deref();
        let plan = |path| run_folder::plan(path, (&self.model, &text), &data, &files, &options, self.overwrite);
        let planned = output.map(plan).transpose()?;
        if self.profile && model.is_stochastic() {
            printer.warning(
                "intervals from profiles are not available for equations with process noise; those printed \
                 are from the curvature of the likelihood",
            );
        }
        interrupt.watch();
        let start = Instant::now();
        let mut watch = Watch { bar: printer.progress_bar(), interrupt };
        let ended = infer(&model, &data, &options, &mut watch);
        if let Some(bar) = watch.bar {
            bar.clear();
        }
        let result = match ended {
            Err(InferenceError::Interrupted) => {
                printer.warning("the estimation was stopped before it had a result");
                return Err(Failure::Interrupted);
            }
            ended => ended?,
        };
        let document = InferenceDocument::new(&model, &result, start.elapsed().as_secs_f64());
        match self.format {
            Format::Text => {
                let width = printer.result_width();
                printer.result(&text::parameters(&model, &result, width))?;
            }
            Format::Json => printer.result(&serde_json::to_string_pretty(&document)?)?,
        }
        evidence::print(printer, &result, &document);
        if let Some(planned) = planned {
            let path = planned.path().display().to_string();
            if result.interrupted && planned.is_complete() {
                printer.warning(&format!("`{path}` keeps its result, which is that of a run that was not stopped"));
            } else {
                run_folder::write(planned, (&model, &text), &data, &files, &result, &document)?;
                printer.note(&format!("Written to {path}."));
            }
        }
        if result.interrupted {
            return Err(Failure::Interrupted);
        }
        Ok(())
    }
}

impl From<ModelFileError> for Failure {
    fn from(error: ModelFileError) -> Self {
        Self::usage(error.to_string()).hint_if(error.hint())
    }
}

impl From<InferenceError> for Failure {
    fn from(error: InferenceError) -> Self {
        let message = error.to_string();
        let hint = error.hint().map(str::to_owned);
        match error {
            InferenceError::Input { .. }
            | InferenceError::Deviation { .. }
            | InferenceError::TooFew { .. }
            | InferenceError::NothingLeft { .. } => Self::data(message),
            InferenceError::TooLarge { .. } => Self::limit(message),
            InferenceError::NothingToEstimate => Self::usage(message),
            _ => Self::numerical(message),
        }
        .hint_if(hint)
    }
}

/// Shows the stages, and asks to stop on Ctrl-C.
struct Watch<'a> {
    bar: Option<ProgressBar>,
    interrupt: &'a Interrupt,
}

impl InferenceObserver for Watch<'_> {
    fn step(&mut self, progress: &InferenceProgress) -> ControlFlow<()> {
        if let Some(bar) = &self.bar {
            let fraction = (progress.start - 1) as f64 / progress.starts.max(1) as f64;
            bar.set(fraction, &format!("{} of {}: {}", progress.start, progress.starts, progress.stage), "");
        }
        if self.interrupt.requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
