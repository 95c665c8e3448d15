//! Who watches an experiment of many trainings.

use std::io;

use crate::train::{EpochRecord, Flow, Observer};

/// Is told about every epoch of every training of an experiment, and asked after every step whether to go on.
pub trait Watch: Send {
    /// After an epoch of the training called `run`.
    ///
    /// # Errors
    /// Those of writing it down.
    fn epoch(&mut self, run: &str, record: &EpochRecord) -> io::Result<()>;

    /// After a step.
    fn flow(&mut self) -> Flow {
        Flow::Continue
    }
}

/// One training of an experiment as an observer.
pub struct Watcher<'a> {
    watch: &'a mut dyn Watch,
    run: String,
}

impl<'a> Watcher<'a> {
    /// Passes everything on under the name `run`.
    pub fn new(watch: &'a mut dyn Watch, run: impl Into<String>) -> Self {
        Self { watch, run: run.into() }
    }
}

impl Observer for Watcher<'_> {
    fn epoch(&mut self, record: &EpochRecord) -> io::Result<()> {
        self.watch.epoch(&self.run, record)
    }

    fn flow(&mut self) -> Flow {
        self.watch.flow()
    }
}
