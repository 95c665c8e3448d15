//! Progress of a search: a bar on a terminal, a plain line every few seconds elsewhere.

use std::time::{Duration, Instant};

use mechnn::discovery::Progress;

use crate::printer::{Printer, ProgressBar};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(3);

pub(super) struct ProgressReport<'a> {
    printer: &'a mut Printer,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl<'a> ProgressReport<'a> {
    pub(super) fn new(printer: &'a mut Printer) -> Self {
        let bar = printer.progress_bar();
        Self { printer, bar, last_line: Instant::now() }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.clear();
        }
    }

    pub(super) fn show(&mut self, progress: &Progress) {
        let line = format!("comparing structures, best so far: {} terms", progress.terms);
        if let Some(bar) = &self.bar {
            let equations = progress.model.as_ref().map(|model| model.text()).unwrap_or_default();
            bar.set(progress.fraction, &line, &equations);
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.printer.progress(&format!("{:3.0} % {line}", 100.0 * progress.fraction));
        }
    }
}
