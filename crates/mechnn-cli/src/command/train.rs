//! `mechnn train`: an experiment from its configuration.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

/// Run an experiment with neural networks, as a configuration file describes it
///
/// The file is in TOML. Its `experiment` is damped-sine, lorenz, logistic, constants or nonlinear-terms; all other
/// settings have documented defaults. The result is a table that compares what others published with what was measured
/// here. The program must have been built with the feature `neural`.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// The configuration file
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,

    /// Change a setting of the file, as in --set training.epochs=10 (can be repeated)
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,

    /// Write the table, the metrics and all settings into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// Continue a run that was stopped, in the folder of --output
    #[arg(long, requires = "output")]
    resume: bool,

    /// Least time between two checkpoints. One is always written at the end of a training, and where Ctrl-C stops it
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    checkpoint_every: f64,
}

#[cfg(not(feature = "neural"))]
impl TrainArgs {
    pub(crate) fn run(self, _: &mut Printer, _: &Interrupt) -> Result<(), Failure> {
        let Self { config, set, output, resume, checkpoint_every } = self;
        // Only the build with the feature reads them.
        drop((config, set, output, resume, checkpoint_every));
        Err(missing_feature("`train`"))
    }
}

/// This binary was built without the networks.
#[cfg(not(feature = "neural"))]
pub(crate) fn missing_feature(what: &str) -> Failure {
    Failure::usage(format!("{what} needs the feature `neural`, which this build does not have"))
        .hint("build it in: cargo install --path crates/mechnn-cli --features neural")
}

#[cfg(feature = "neural")]
mod with_networks {
    use std::fs::{self, File};
    use std::io::{self, BufWriter, Write};
    use std::path::Path;
    use std::time::{Duration, Instant};

    use mechnn_experiments::experiment::{Config, ConfigError, ExperimentError, Watch};
    use mechnn_neural::discovery::DiscoveryError;
    use mechnn_neural::train::{CheckpointPlace, EpochRecord, Flow, TrainingError};

    use super::{Failure, Interrupt, Printer, TrainArgs};
    use crate::atomic_file;
    use crate::failure::Exit;
    use crate::text_file;
    use mechnn::suggestion::did_you_mean;

    /// Time between two lines of progress.
    const PAUSE: Duration = Duration::from_secs(5);
    /// Folder with a folder for each training.
    const CHECKPOINTS: &str = "checkpoints";

    impl TrainArgs {
        pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
            let text = text_file::read(&self.config)?;
            let config = Config::parse(&text, &self.set).map_err(|error| refuse(&error).in_file(&self.config))?;
            let pause = Duration::try_from_secs_f64(self.checkpoint_every).map_err(|_| {
                Failure::usage(format!("`--checkpoint-every` is {}, expected 0 or more", self.checkpoint_every))
            })?;
            let (metrics, checkpoints) = match &self.output {
                Some(folder) => {
                    prepare(folder, &config, self.resume)?;
                    let place = CheckpointPlace::new(folder.join(CHECKPOINTS)).with_pause(pause);
                    (Some(open(folder)?), Some(place))
                }
                None => (None, None),
            };
            interrupt.watch();
            let started = Instant::now();
            let mut watch = Progress { printer, interrupt, metrics, checkpoints, started, shown: Instant::now() };
            let table = config.run(&mut watch).map_err(failure)?;
            printer.result(&table.markdown())?;
            printer.note(&format!("{:.0} s", started.elapsed().as_secs_f64()));
            if let Some(folder) = &self.output {
                atomic_file::write(&folder.join("table.md"), table.markdown().as_bytes())?;
                for figure in &table.figures {
                    atomic_file::write(&folder.join(format!("{}.svg", figure.name)), figure.svg.as_bytes())?;
                }
                let document = serde_json::to_vec_pretty(&table)?;
                // Last: its presence means that the run is complete.
                atomic_file::write(&folder.join("result.json"), &document)?;
            }
            Ok(())
        }
    }

    /// A folder with the configuration, and with the checkpoints of the same configuration or none.
    fn prepare(folder: &Path, config: &Config, resume: bool) -> Result<(), Failure> {
        let path = folder.join("config.toml");
        let (checkpoints, result) = (folder.join(CHECKPOINTS), folder.join("result.json"));
        if resume {
            let before = fs::read_to_string(&path).map_err(|error| Failure::input_output("read", &path, &error))?;
            if before != config.resolved() {
                let text = format!("`{}` is of a run with other settings", path.display());
                return Err(Failure::usage(text).hint("resume with the same configuration and the same --set"));
            }
        } else if result.exists() {
            // A complete run is replaced; `result.json` first, as it says that the folder is complete.
            fs::remove_file(&result).map_err(|error| Failure::input_output("remove", &result, &error))?;
            if checkpoints.exists() {
                fs::remove_dir_all(&checkpoints)
                    .map_err(|error| Failure::input_output("remove", &checkpoints, &error))?;
            }
        } else if checkpoints.exists() {
            let text = format!("`{}` holds a run that was stopped", folder.display());
            return Err(Failure::usage(text).hint("continue it with --resume, or name another folder"));
        }
        fs::create_dir_all(folder).map_err(|error| Failure::input_output("make folder", folder, &error))?;
        atomic_file::write(&path, config.resolved().as_bytes())
    }

    /// On resuming too: the epochs of the checkpoints are told again.
    fn open(folder: &Path) -> Result<BufWriter<File>, Failure> {
        let path = folder.join("metrics.jsonl");
        let file = File::create(&path).map_err(|error| Failure::input_output("write", &path, &error))?;
        Ok(BufWriter::new(file))
    }

    /// Every epoch into the metrics, some to the terminal.
    struct Progress<'a> {
        printer: &'a mut Printer,
        interrupt: &'a Interrupt,
        metrics: Option<BufWriter<File>>,
        checkpoints: Option<CheckpointPlace>,
        started: Instant,
        shown: Instant,
    }

    impl Watch for Progress<'_> {
        fn epoch(&mut self, run: &str, record: &EpochRecord) -> io::Result<()> {
            if let Some(metrics) = &mut self.metrics {
                let line = serde_json::json!({ "run": run, "epoch": record });
                writeln!(metrics, "{line}")?;
                metrics.flush()?;
            }
            if self.shown.elapsed() >= PAUSE {
                self.shown = Instant::now();
                let terms: Vec<String> =
                    record.terms.iter().map(|(name, value)| format!("{name} {value:.3e}")).collect();
                let (seconds, terms) = (self.started.elapsed().as_secs_f64(), terms.join(", "));
                self.printer.progress(&format!("{seconds:.0} s, {run}, epoch {}: {terms}", record.epoch));
            }
            Ok(())
        }

        fn flow(&mut self) -> Flow {
            if self.interrupt.requested() { Flow::Stop } else { Flow::Continue }
        }

        fn checkpoints(&self) -> Option<CheckpointPlace> {
            self.checkpoints.clone()
        }
    }

    fn refuse(error: &ConfigError) -> Failure {
        let failure = Failure::usage(error.to_string());
        match error {
            ConfigError::UnknownKey { key, known } => {
                let known = known.iter().map(String::as_str);
                let all = format!("known here: {}", known.clone().collect::<Vec<_>>().join(", "));
                failure.hint(did_you_mean(key, known).unwrap_or(all))
            }
            _ => failure,
        }
    }

    fn failure(error: ExperimentError) -> Failure {
        let text = error.to_string();
        match error {
            ExperimentError::Stopped => Failure::Interrupted,
            ExperimentError::Setting { .. }
            | ExperimentError::Training(TrainingError::Setting { .. })
            | ExperimentError::Discovery(DiscoveryError::Setting { .. })
            | ExperimentError::Discovery(DiscoveryError::Training { source: TrainingError::Setting { .. }, .. }) => {
                Failure::usage(text)
            }
            ExperimentError::Data(error) => error.into(),
            ExperimentError::Direct(error) => error.into(),
            _ => Failure::new(Exit::Numerical, text),
        }
    }
}
