//! Progress of a search: a bar on a terminal, a plain line every few seconds elsewhere.

use std::time::{Duration, Instant};

use mechnn::discovery::{Progress, Stage};

use crate::printer::{Printer, ProgressBar};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(3);

/// What is told of a search while it runs.
pub(super) enum Event {
    /// A stage begins.
    Stage(Stage),
    /// A better structure.
    Step(Box<Progress>),
}

pub(super) struct ProgressReport<'a> {
    printer: &'a mut Printer,
    bar: Option<ProgressBar>,
    last_line: Instant,
    stage: Stage,
    /// The best step so far.
    best: Option<Box<Progress>>,
}

impl<'a> ProgressReport<'a> {
    pub(super) fn new(printer: &'a mut Printer) -> Self {
        let bar = printer.progress_bar();
        Self { printer, bar, last_line: Instant::now(), stage: Stage::Proposals, best: None }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.clear();
        }
    }

    pub(super) fn show(&mut self, event: Event) {
        match event {
            Event::Stage(stage) => self.stage = stage,
            Event::Step(progress) => self.best = Some(progress),
        }
        let fraction = self.best.as_ref().map_or(0.0, |best| best.fraction);
        let line = match &self.best {
            None => doing(self.stage).to_owned(),
            Some(best) => format!("{}, best so far: {} terms", doing(self.stage), best.terms),
        };
        if let Some(bar) = &self.bar {
            let model = self.best.as_ref().and_then(|best| best.model.as_ref());
            bar.set(fraction, &line, &model.map_or_else(String::new, |model| model.text()));
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.printer.progress(&format!("{:3.0} % {line}", 100.0 * fraction));
        }
    }
}

/// A stage in words.
fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Proposals => "smoothing the data and proposing equations",
        Stage::LooseEquations => "comparing equations that follow the data roughly",
        Stage::TightEquations => "comparing equations that follow the data closely",
        Stage::Refinement => "fitting and judging the best equations",
        _ => "searching",
    }
}
