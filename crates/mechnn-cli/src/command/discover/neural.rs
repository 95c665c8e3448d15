//! `discover --method neural`.

use std::path::Path;

use mechnn::data::Dataset;

use super::SearchArgs;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

#[cfg(not(feature = "neural"))]
pub(super) fn run(
    _: &SearchArgs,
    _: Option<&Path>,
    _: &Dataset,
    _: &mut Printer,
    _: &Interrupt,
) -> Result<(), Failure> {
    Err(crate::command::train::missing_feature("`--method neural`"))
}

#[cfg(feature = "neural")]
pub(super) use with_networks::run;

#[cfg(feature = "neural")]
mod with_networks {
    use std::io;
    use std::time::Instant;

    use mechnn::discovery::DiscoveryDocument;
    use mechnn_neural::discovery::{DiscoveryError, NeuralDiscoveryOptions, discover};
    use mechnn_neural::train::{EpochRecord, Flow, Observer, TrainingError};

    use super::{Dataset, Failure, Interrupt, Path, Printer, SearchArgs};
    use crate::failure::Exit;

    pub(in super::super) fn run(
        search: &SearchArgs,
        settings: Option<&Path>,
        data: &Dataset,
        printer: &mut Printer,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        if search.output.is_some() {
            return Err(Failure::usage("a run folder cannot be written by `--method neural` yet")
                .hint("redirect stdout, with --format json for programs"));
        }
        let mut options = match settings {
            None => NeuralDiscoveryOptions::default(),
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| Failure::input_output("read", path, &error))?;
                let wrong = |error: toml::de::Error| Failure::usage(error.message()).in_file(path);
                toml::from_str(&text).map_err(wrong)?
            }
        };
        if let Some(library) = &search.library {
            if !library.functions().is_empty() {
                return Err(Failure::usage("`--method neural` has polynomials only")
                    .hint("leave the functions out of --library, or use --method direct"));
            }
            options.library = library.clone();
        }
        if search.threshold > 0.0 {
            options.threshold = search.threshold;
        }
        interrupt.watch();
        let started = Instant::now();
        let seed = options.training.seed;
        let found = discover(data, &options, seed, &mut Progress { printer, interrupt }).map_err(failure)?;
        let seconds = started.elapsed().as_secs_f64();
        let document = || DiscoveryDocument::unfinished(data, &found.model, found.candidates, seconds);
        search.print(printer, &found.model, None, document)?;
        let kept = found.model.term_count();
        printer.note(&format!(
            "{kept} terms of {}, after {} cycles, {seconds:.0} s; no standard errors, not simulated",
            found.candidates,
            found.cycles.len()
        ));
        if found.interrupted { Err(Failure::Interrupted) } else { Ok(()) }
    }

    struct Progress<'a> {
        printer: &'a mut Printer,
        interrupt: &'a Interrupt,
    }

    impl Observer for Progress<'_> {
        fn epoch(&mut self, record: &EpochRecord) -> io::Result<()> {
            let terms: Vec<String> = record.terms.iter().map(|(name, value)| format!("{name} {value:.3e}")).collect();
            self.printer.progress(&format!("epoch {}: {}", record.epoch, terms.join(", ")));
            Ok(())
        }

        fn flow(&mut self) -> Flow {
            if self.interrupt.requested() { Flow::Stop } else { Flow::Continue }
        }
    }

    fn failure(error: DiscoveryError) -> Failure {
        let text = error.to_string();
        match error {
            DiscoveryError::TooShort { .. } | DiscoveryError::Missing { .. } | DiscoveryError::Constant { .. } => {
                Failure::data(text)
            }
            DiscoveryError::Setting { .. } | DiscoveryError::Training { source: TrainingError::Setting { .. }, .. } => {
                Failure::usage(text)
            }
            _ => Failure::new(Exit::Numerical, text),
        }
    }
}
