//! `mechnn bench odebench`: one noisy trajectory in, the other initial value predicted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mechnn::discovery::DiscoveryOptions;
use mechnn_experiments::benchmark::{
    Campaign, Condition, Drop, Half, Method, OdeBench, Row, RowsFile, Run, Start, Table, sorted,
};

use super::campaign;
use super::document::OdeBenchDocument;
use crate::atomic_file;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::option::{Format, SettingsArg};
use crate::printer::Printer;

/// Find the equations of each system from one noisy trajectory, and predict the trajectory from another start
///
/// The folder holds systems.json and trajectories.npz in the layout of ODEBench. Every run is what `mechnn discover`
/// without options does with the corrupted trajectory. R is the percentage of runs whose equations, simulated from the
/// true initial value, have R2 > 0.9 against the clean trajectory; G the same from the other initial value.
#[derive(Debug, clap::Args)]
pub(super) struct OdeBenchArgs {
    /// Folder with systems.json and trajectories.npz
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Noise, as a fraction of each value
    #[arg(long, default_value_t = 0.0, value_name = "F", allow_negative_numbers = true)]
    noise: f64,

    /// Part of the rows to drop: 0, 0.25 or 0.5
    #[arg(long, default_value = "0", value_name = "F", allow_negative_numbers = true)]
    drop: Drop,

    /// Which of the noise matrices and masks in the folder to use
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u32,

    /// Only systems of dimension 1 and 2 from their first start, clean and with 5 % noise and half of the rows dropped
    #[arg(long, conflicts_with_all = ["noise", "drop"])]
    quick: bool,

    /// Which half of the systems, divided at random once and for all: first, second, or all for both
    #[arg(long, default_value = "all", value_name = "HALF")]
    half: Half,

    /// Only the systems with these numbers, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    systems: Option<Vec<u32>>,

    /// What finds the equations: direct is the method of discover, stlsq a published one to compare with
    #[arg(long, default_value = "direct", value_name = "METHOD")]
    method: Method,

    #[command(flatten)]
    settings: SettingsArg,

    /// Also write the corrupted trajectories into this folder, as CSV
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,

    /// Stop each search after this many seconds and take what it has; results then depend on the machine
    #[arg(long, value_name = "S", value_parser = seconds)]
    max_time: Option<Duration>,

    /// Write rows.csv, one row for each run as it ends, table.txt, and the options as config.toml into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Keep the rows that are in the folder, and add those that are missing
    #[arg(long, requires = "output")]
    resume: bool,

    /// Replace the rows in the folder
    #[arg(long, requires = "output", conflicts_with = "resume")]
    overwrite: bool,

    /// Print the result as text for people, or as one JSON document for programs
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: Format,
}

const ROWS: &str = "rows.csv";
const TABLE: &str = "table.txt";
/// The options of the direct method that made the rows.
const CONFIG: &str = "config.toml";

/// The conditions and the largest dimension of `--quick`.
const QUICK: [(f64, Drop); 2] = [(0.0, Drop::None), (0.05, Drop::Half)];
const QUICK_DIMENSION: usize = 2;

impl OdeBenchArgs {
    pub(super) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
        let bench = OdeBench::open(&self.data)?;
        let runs = self.runs(&bench)?;
        let options = self.settings.apply(DiscoveryOptions::default())?;
        if let Some(folder) = &self.export {
            create(folder)?;
            for run in &runs {
                let system = bench.system(run.system)?;
                let name = system.training_name(run.start, run.condition);
                system.corrupted(run.start, run.condition)?.write_csv(&folder.join(format!("{name}.csv")))?;
            }
        }
        let (mut file, kept) = match &self.output {
            Some(folder) => {
                create(folder)?;
                self.keep_config(&folder.join(CONFIG), &options)?;
                let (file, rows) = self.rows_file(&folder.join(ROWS))?;
                (Some(file), rows)
            }
            None => (None, Vec::new()),
        };
        let (earlier, others): (Vec<Row>, Vec<Row>) =
            kept.into_iter().partition(|row| runs.iter().any(|run| row.is_of(run, self.method)));
        if !earlier.is_empty() {
            printer.note(&format!("{} of {} runs are done already", earlier.len(), runs.len()));
        }
        let done = |run: &Run| earlier.iter().any(|row| row.is_of(run, self.method));
        let missing: Vec<Run> = runs.iter().filter(|run| !done(run)).copied().collect();
        let (threads, time_limit) = (rayon::current_num_threads(), self.max_time);
        let campaign = Campaign { method: self.method, options, threads, time_limit };
        let all = runs.len();
        let rows = campaign::run(campaign, bench, missing, earlier, printer, interrupt, |row| match &mut file {
            Some(file) => file.append(row),
            None => Ok(()),
        })?;
        let complete = rows.len() == all;
        let table = Table::new(&rows);
        if let (Some(folder), Some(file), true) = (&self.output, file, complete) {
            file.finish(&[&rows[..], &others].concat())?;
            atomic_file::write(&folder.join(TABLE), table.text().as_bytes())?;
            printer.note(&format!("written to {}", folder.display()));
        }
        match self.format {
            Format::Text => printer.result(&table.text())?,
            Format::Json => {
                let document = OdeBenchDocument::new(self.method, &table, sorted(&rows));
                printer.result(&serde_json::to_string_pretty(&document)?)?;
            }
        }
        if complete {
            return Ok(());
        }
        printer.warning(&format!("stopped after {} of {all} runs", rows.len()));
        Err(Failure::Interrupted)
    }

    /// The runs that were asked for.
    fn runs(&self, bench: &OdeBench) -> Result<Vec<Run>, Failure> {
        for &id in self.systems.iter().flatten() {
            bench.system(id)?;
        }
        let mut ids = bench.half(self.half);
        ids.retain(|id| self.systems.as_ref().is_none_or(|asked| asked.contains(id)));
        let (starts, conditions): (&[Start], Vec<Condition>) = if self.quick {
            let small = |id: &u32| bench.system(*id).is_ok_and(|system| system.dims() <= QUICK_DIMENSION);
            ids.retain(small);
            let conditions = QUICK.map(|(noise, drop)| Condition::new(noise, drop, self.seed));
            (&[Start::A], conditions.into_iter().collect::<Result<_, _>>()?)
        } else {
            (&[Start::A, Start::B], vec![Condition::new(self.noise, self.drop, self.seed)?])
        };
        if ids.is_empty() {
            return Err(Failure::usage("no system is left to run").hint("leave out --systems, --half or --quick"));
        }
        Ok(bench.runs(&ids, starts, &conditions)?)
    }

    /// Writes the options beside the rows, or if rows are kept refuses others than those that made them.
    fn keep_config(&self, path: &Path, options: &DiscoveryOptions) -> Result<(), Failure> {
        let text = toml::to_string(options).map_err(|error| Failure::usage(error.to_string()))?;
        if self.resume && path.exists() {
            let before = fs::read_to_string(path).map_err(|error| Failure::input_output("read", path, &error))?;
            if before != text {
                return Err(Failure::usage(format!(
                    "the rows beside `{}` were made with other options",
                    path.display()
                ))
                .hint("resume with the same --set, or choose another folder"));
            }
        }
        if self.resume || self.overwrite || !path.with_file_name(ROWS).exists() {
            atomic_file::write(path, text.as_bytes())?;
        }
        Ok(())
    }

    fn rows_file(&self, path: &Path) -> Result<(RowsFile, Vec<Row>), Failure> {
        if self.resume {
            return Ok(RowsFile::resume(path)?);
        }
        if path.exists() && !self.overwrite {
            return Err(Failure::usage(format!("`{}` is there already", path.display()))
                .hint("go on with --resume, replace it with --overwrite, or choose another folder"));
        }
        Ok((RowsFile::create(path)?, Vec::new()))
    }
}

fn create(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::input_output("create", folder, &error))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let positive = text.parse().ok().filter(|seconds| *seconds > 0.0);
    positive
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "expected a positive number of seconds".to_owned())
}
