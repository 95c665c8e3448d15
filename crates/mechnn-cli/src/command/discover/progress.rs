//! Progress of a search: a bar on a terminal, a plain line every few seconds elsewhere.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use mechnn::discovery::{Observer, Progress, Stage};

use crate::interrupt::Interrupt;
use crate::printer::{Printer, ProgressBar};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(3);

pub(super) struct ProgressReport<'a> {
    printer: &'a mut Printer,
    interrupt: &'a Interrupt,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl<'a> ProgressReport<'a> {
    pub(super) fn new(printer: &'a mut Printer, interrupt: &'a Interrupt) -> Self {
        let bar = printer.progress_bar();
        Self { printer, interrupt, bar, last_line: Instant::now() }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.clear();
        }
    }
}

impl Observer for ProgressReport<'_> {
    fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let stage = match progress.stage {
            Stage::Annealing => format!("fitting states and coefficients, model error {}", progress.model_error),
            Stage::Pruning => "dropping terms".to_owned(),
            _ => "smoothing".to_owned(),
        };
        let line = format!("{stage}: {} terms", progress.terms);
        if let Some(bar) = &self.bar {
            let equations = progress.model.as_ref().map(|model| model.text()).unwrap_or_default();
            bar.set(progress.fraction, &line, &equations);
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.printer.progress(&format!("{:3.0} % {line}", 100.0 * progress.fraction));
        }
        match self.interrupt.requested() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
