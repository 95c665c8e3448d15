//! `mechnn train`: an experiment from its configuration.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

/// Run a neural experiment of a configuration file
///
/// The file is TOML; its `experiment` is damped-sine, lorenz, logistic or constants, everything else has a documented
/// default. Prints the table "paper or peer / ours". Needs a build with the feature `neural`.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// The configuration
    #[arg(value_name = "CONFIG.toml")]
    config: PathBuf,

    /// Change a setting: --set training.epochs=10
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,

    /// Write table, metrics and resolved configuration into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[cfg(not(feature = "neural"))]
impl TrainArgs {
    pub(crate) fn run(self, _: &mut Printer, _: &Interrupt) -> Result<(), Failure> {
        let Self { config, set, output } = self;
        // Only the build with the feature reads them.
        drop((config, set, output));
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

    use mechnn_neural::discovery::DiscoveryError;
    use mechnn_neural::experiment::{Config, ConfigError, ExperimentError, Watch};
    use mechnn_neural::train::{EpochRecord, Flow, TrainingError};

    use super::{Failure, Interrupt, Printer, TrainArgs};
    use crate::atomic_file;
    use crate::failure::Exit;
    use mechnn::suggestion::did_you_mean;

    /// Time between two lines of progress.
    const PAUSE: Duration = Duration::from_secs(5);

    impl TrainArgs {
        pub(crate) fn run(self, printer: &mut Printer, interrupt: &Interrupt) -> Result<(), Failure> {
            let text = fs::read_to_string(&self.config)
                .map_err(|error| Failure::input_output("read", &self.config, &error))?;
            let config = Config::parse(&text, &self.set).map_err(|error| refuse(&error).in_file(&self.config))?;
            let metrics = match &self.output {
                Some(folder) => Some(open(folder, &config)?),
                None => None,
            };
            interrupt.watch();
            let started = Instant::now();
            let mut watch = Progress { printer, interrupt, metrics, started, shown: Instant::now() };
            let table = config.run(&mut watch).map_err(failure)?;
            printer.result(&table.markdown())?;
            printer.note(&format!("{:.0} s", started.elapsed().as_secs_f64()));
            if let Some(folder) = &self.output {
                atomic_file::write(&folder.join("table.md"), table.markdown().as_bytes())?;
                let document = serde_json::to_vec_pretty(&table)?;
                // Last: its presence means that the run is complete.
                atomic_file::write(&folder.join("result.json"), &document)?;
            }
            Ok(())
        }
    }

    fn open(folder: &Path, config: &Config) -> Result<BufWriter<File>, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::input_output("make folder", folder, &error))?;
        atomic_file::write(&folder.join("config.toml"), config.resolved().as_bytes())?;
        let path = folder.join("metrics.jsonl");
        let file = File::create(&path).map_err(|error| Failure::input_output("write", &path, &error))?;
        Ok(BufWriter::new(file))
    }

    /// Every epoch into the metrics, some to the terminal.
    struct Progress<'a> {
        printer: &'a mut Printer,
        interrupt: &'a Interrupt,
        metrics: Option<BufWriter<File>>,
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
