//! `mechnn discover`: equations from one or several tables.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;
use mechnn::data::{CsvOptions, Dataset, Missing, read_csv};
use mechnn::discovery::{DiscoveryDocument, DiscoveryOptions, DiscoveryResult, ModelConstraints, discover};
use mechnn::equation::{LibrarySpec, ModelUnits, SparseModel};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::{Format, SettingsArg, TimeArgs, not_negative};
use crate::printer::Printer;

mod admission;

mod evidence;

mod front;

mod model_file;

mod noise_arg;

mod progress;

mod search;

mod run_folder;

mod neural;

mod per_trajectory;

mod unit_assignment;

use noise_arg::NoiseArg;
use progress::ProgressReport;
use search::Ended;
use unit_assignment::UnitAssignment;

/// Find the differential equations behind measured time series
///
/// Each FILE is a table (CSV, TSV; header or not) with a time column; several files are several trajectories of one
/// system. Empty cells are missing values, times may be irregular. Prints the equations with the standard error of each
/// coefficient in parentheses; what they are worth goes to stderr.
#[derive(Debug, clap::Args)]
pub(crate) struct DiscoverArgs {
    /// Tables with measurements
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    time: TimeArgs,

    /// The columns to use as states, separated by commas [default: all but the time]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    vars: Option<Vec<String>>,

    /// Columns that are known inputs: terms may depend on them, and they have no equations; linear between rows
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    controls: Vec<String>,

    /// 2 searches for x'' = f(x, x'): the velocities, x_dot of x, are states that nobody measured
    #[arg(long, default_value_t = 1, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    order: u8,

    /// The column that tells the trajectories of one file apart
    #[arg(long, value_name = "COLUMN")]
    trajectory: Option<String>,

    /// One structure for all trajectories, but coefficients of each its own
    #[arg(long)]
    per_trajectory: bool,

    /// What an empty cell means: drop treats it as not measured, error refuses it
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    missing: MissingArg,

    /// How to search: direct fits states and coefficients jointly; neural trains networks in cycles and needs a build with
    /// the feature `neural`
    #[arg(long, value_enum, default_value_t, value_name = "METHOD")]
    method: MethodArg,

    /// A file with settings of the neural method, TOML [default: those of the paper, smaller]
    #[arg(long, value_name = "FILE", requires = "method")]
    neural: Option<PathBuf>,

    /// What the noise depends on: additive is the same everywhere, proportional a fraction of the value; or its standard
    /// deviation where that is known, one number for all columns, or x=0.1,y=2
    #[arg(long, default_value = "auto", value_name = "MODEL|F", allow_hyphen_values = true)]
    noise: NoiseArg,

    /// What is known of the equations: the table [model] of a TOML file, with terms, signs, known parts, ties, conserved sums
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,

    #[command(flatten)]
    search: SearchArgs,
}

/// How to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    /// States and coefficients jointly.
    #[default]
    Direct,
    /// Cycles of training and thresholding.
    Neural,
}

/// Options of a search, shared with `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// Candidate terms: poly:N, all products of states up to degree N, and the functions trig, exp, log, power, abs,
    /// rational, sigmoid, combined, separated by commas [default: by the number of states]
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) library: Option<LibrarySpec>,

    /// A further candidate term, an expression such as "x/(1+x**2)"; numbers inside are estimated (can be repeated)
    #[arg(long = "term", value_name = "EXPRESSION", allow_hyphen_values = true)]
    terms: Vec<String>,

    /// Terms may depend on the time itself: powers of it, and with trig and exp oscillations and exponentials
    #[arg(long)]
    explicit_time: bool,

    /// `demo` has its own `--noise`, and leaves this to the data.
    #[arg(skip)]
    noise: NoiseArg,

    /// From a file that `discover` reads.
    #[arg(skip)]
    constraints: ModelConstraints,

    #[command(flatten)]
    settings: SettingsArg,

    /// Leave every coefficient as fitted, also where the data cannot tell it from a simple number
    #[arg(long)]
    no_simplify: bool,

    /// Also drop terms whose coefficient, in scaled variables, is smaller than this
    #[arg(
        long,
        value_name = "F",
        default_value = "0",
        value_parser = not_negative,
        hide_default_value = true,
        allow_negative_numbers = true
    )]
    threshold: f64,

    /// Units of states and time, as in x=m,t=s: prints that of every coefficient
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    units: Vec<UnitAssignment>,

    /// Also print the best equations of every size
    #[arg(long)]
    pareto: bool,

    /// Form of the result on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,

    /// Write equations, figure, configuration and metrics into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Replace another run in the folder
    #[arg(long, requires = "output")]
    overwrite: bool,
}

/// What a missing cell means.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum MissingArg {
    /// It was not measured.
    #[default]
    Drop,
    /// It is a fault in the data.
    Error,
}

impl DiscoverArgs {
    pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        let constraints = self.model.as_deref().map(model_file::read).transpose()?.unwrap_or_default();
        let mut controls = self.controls;
        let unnamed = constraints.controls.iter().filter(|column| !controls.contains(column));
        controls.extend(unnamed.cloned().collect::<Vec<_>>());
        let options = CsvOptions {
            time: self.time.source(),
            // Inputs are read like states, and set apart then.
            states: self.vars.map(|states| [states, controls.clone()].concat()),
            trajectory: self.trajectory,
            missing: match self.missing {
                MissingArg::Drop => Missing::AsMissing,
                MissingArg::Error => Missing::Error,
            },
        };
        let (data, warnings) = read_csv(&self.files, &options)?;
        warnings.iter().for_each(|warning| printer.warning(&warning.to_string()));
        let mut data = data.with_controls(&controls)?;
        if self.order == 2 {
            data = data.second_order()?;
        }
        match self.method {
            MethodArg::Direct => {
                if let Some(file) = &self.neural {
                    let message = format!("`{}` has settings of the neural method", file.display());
                    return Err(Failure::usage(message).hint("add --method neural"));
                }
                if self.per_trajectory && !constraints.is_empty() {
                    let message = "`--per-trajectory` has all numbers of each trajectory its own, and knows no --model";
                    let hint = "`mechnn infer` estimates equations that are given, with numbers shared or not";
                    return Err(Failure::usage(message).hint(hint));
                }
                let search = SearchArgs { noise: self.noise, constraints, ..self.search };
                if self.per_trajectory {
                    return per_trajectory::run(&search, data, &self.files, printer, interrupt);
                }
                search.run(data, &self.files, printer, interrupt)?;
                Ok(())
            }
            MethodArg::Neural
                if !controls.is_empty() || self.order == 2 || self.per_trajectory || self.model.is_some() =>
            {
                let message =
                    "`--method neural` knows no inputs, no second order, no coefficients per trajectory and no --model";
                Err(Failure::usage(message).hint("leave out --method neural"))
            }
            MethodArg::Neural => {
                if let Some(flag) = self.search.flag_of_direct_method() {
                    let message = format!("`--method neural` knows no {flag}");
                    return Err(Failure::usage(message).hint("leave out --method neural"));
                }
                neural::run(&self.search, self.neural.as_deref(), &data, printer, interrupt)
            }
        }
    }
}

impl SearchArgs {
    /// A flag that was given and that only the direct method follows.
    fn flag_of_direct_method(&self) -> Option<&'static str> {
        let given = [
            (!self.terms.is_empty(), "--term"),
            (self.explicit_time, "--explicit-time"),
            (!self.settings.is_empty(), "--set"),
            (self.no_simplify, "--no-simplify"),
            (!self.units.is_empty(), "--units"),
            (self.pareto, "--pareto"),
        ];
        given.into_iter().find_map(|(given, flag)| given.then_some(flag))
    }

    /// Searches, prints and writes. `files` are what the data came from, for the record.
    pub(crate) fn run(
        self,
        data: Dataset,
        files: &[PathBuf],
        printer: &mut Printer,
        interrupt: &Interrupt,
    ) -> Result<DiscoveryResult, Failure> {
        let options = self.options(&data)?;
        let variables = unit_assignment::variables(&self.units, &data)?;
        admission::check(&data, &options)?;
        let output = self.output.as_deref();
        let planned = output.map(|path| run_folder::plan(path, &data, files, &options, self.overwrite)).transpose()?;
        interrupt.watch();
        let start = Instant::now();
        let candidates = admission::candidates(&data, &options);
        let constraints = options.constraints.clone();
        let data = Arc::new(data);
        let mut progress = ProgressReport::new(printer);
        let searched = Arc::clone(&data);
        let ended = search::run(move |observer| discover(&searched, &options, observer), interrupt, &mut progress);
        progress.finish();
        let seconds = start.elapsed().as_secs_f64();
        let result = match ended? {
            Ended::Finished(result) => *result,
            Ended::Abandoned(best) => {
                match best {
                    Some(model) => {
                        let document = || {
                            let document = DiscoveryDocument::unfinished(&data, &model, candidates, seconds);
                            document.map(|document| document.with_constraints(&constraints))
                        };
                        self.print(printer, &model, None, document)?;
                        printer.warning("stopped in the middle of a step: these equations have not been simulated");
                    }
                    None => printer.warning("stopped before there were first equations"),
                }
                return Err(Failure::Interrupted);
            }
        };
        let units = variables.map(|variables| result.model.units(&variables));
        let mut document = DiscoveryDocument::new(&data, &result, seconds)?.with_constraints(&constraints);
        if let Some(units) = &units {
            document = document.with_units(&result.model, units);
            unit_assignment::warn(printer, &result.model, units);
        }
        self.print(printer, &result.model, units.as_ref(), || Ok(document.clone()))?;
        if self.pareto && self.format == Format::Text {
            printer.result(&front::table(&result.front))?;
        }
        evidence::print(printer, &data, &result, &document);
        // The folder of a run that was stopped stays as it is: a result in it would mean that the run is done.
        if result.interrupted {
            return Err(Failure::Interrupted);
        }
        if let Some(planned) = planned {
            let done = format!("written to {}", planned.path().display());
            run_folder::write(planned, &data, files, &result, units.as_ref(), &document)?;
            printer.note(&done);
        }
        Ok(result)
    }

    fn options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure> {
        self.settings.apply(DiscoveryOptions {
            threshold: self.threshold,
            library: self.library.clone(),
            extra_terms: self.terms.clone(),
            noise_model: self.noise.model(),
            noise_std: self.noise.standard_deviations(data)?,
            explicit_time: self.explicit_time,
            simplify: !self.no_simplify,
            constraints: self.constraints.clone(),
            ..DiscoveryOptions::default()
        })
    }

    /// The result on stdout, in the form asked for.
    fn print(
        &self,
        printer: &mut Printer,
        model: &SparseModel,
        units: Option<&ModelUnits>,
        document: impl FnOnce() -> serde_json::Result<DiscoveryDocument>,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => printer.result(&units.map_or_else(|| model.text(), |units| model.text_with_units(units))),
            Format::Json => printer.result(&serde_json::to_string_pretty(&document()?)?),
        }
    }
}
