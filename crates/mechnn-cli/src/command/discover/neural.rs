//! `discover --method neural`.

#[cfg(not(feature = "neural"))]
pub(super) fn run(
    _: &super::request::NeuralSearch,
    _: &mechnn::data::Dataset,
    _: &mut crate::printer::Printer,
    _: &crate::interrupt::Interrupt,
) -> Result<(), crate::failure::Failure> {
    Err(crate::command::train::missing_feature("`--method neural`"))
}

#[cfg(feature = "neural")]
pub(super) use with_networks::run;

#[cfg(feature = "neural")]
mod with_networks {
    use std::io;
    use std::path::Path;
    use std::time::Instant;

    use mechnn::data::Dataset;
    use mechnn::discovery::DiscoveryDocument;
    use mechnn_neural::discovery::{DiscoveryError, NeuralDiscoveryOptions, discover};
    use mechnn_neural::train::{EpochRecord, Flow, Observer, TrainingError};

    use crate::command::discover::request::NeuralSearch;
    use crate::failure::{Exit, Failure};
    use crate::interrupt::Interrupt;
    use crate::option::Format;
    use crate::printer::Printer;

    pub(in super::super) fn run(
        search: &NeuralSearch,
        data: &Dataset,
        printer: &mut Printer,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let options = options(search)?;
        interrupt.watch();
        let started = Instant::now();
        let seed = options.training.seed;
        let found = discover(data, &options, seed, &mut Progress { printer, interrupt }).map_err(failure)?;
        let seconds = started.elapsed().as_secs_f64();
        match search.format {
            Format::Text => printer.result(&found.model.text())?,
            Format::Json => {
                let document = DiscoveryDocument::unfinished(data, &found.model, found.candidates, seconds)?;
                printer.result(&serde_json::to_string_pretty(&document)?)?;
            }
        }
        let kept = found.model.term_count();
        printer.note(&format!(
            "{kept} terms were chosen out of {} candidates in {} cycles and {seconds:.0} s. They have no standard \
             errors, and were not simulated.",
            found.candidates,
            found.cycles.len()
        ));
        if found.interrupted { Err(Failure::Interrupted) } else { Ok(()) }
    }

    /// Those of the file, with what was typed.
    fn options(search: &NeuralSearch) -> Result<NeuralDiscoveryOptions, Failure> {
        let mut options = search.settings.as_deref().map(read).transpose()?.unwrap_or_default();
        if let Some(library) = &search.library {
            options.library = library.clone();
        }
        if let Some(threshold) = search.threshold {
            options.threshold = threshold;
        }
        Ok(options)
    }

    fn read(path: &Path) -> Result<NeuralDiscoveryOptions, Failure> {
        let text = crate::text_file::read(path)?;
        toml::from_str(&text).map_err(|error: toml::de::Error| Failure::usage(error.message()).in_file(path))
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
            DiscoveryError::Setting { .. }
            | DiscoveryError::Training { source: TrainingError::Setting { .. }, .. } => Failure::usage(text),
            _ => Failure::new(Exit::Numerical, text),
        }
    }
}
