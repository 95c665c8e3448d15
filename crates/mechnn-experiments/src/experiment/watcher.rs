//! Who watches an experiment of many trainings.

use std::io;

use burn::module::Module;
use mechnn_neural::train::{
    CheckpointPlace, EpochRecord, Flow, Objective, Observer, Stop, Trained, Trainer, TrainerOptions,
};

use super::ExperimentError;

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

    /// Where the trainings leave their checkpoints, each in a folder of its own, and continue from; absent means
    /// nowhere.
    fn checkpoints(&self) -> Option<CheckpointPlace> {
        None
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

    fn checkpoints(&self) -> Option<CheckpointPlace> {
        self.watch.checkpoints().map(|place| place.of(&self.run))
    }
}

/// One training of an experiment, called `run`: continued if its checkpoint is there.
pub(super) fn train<M: Module>(
    model: M,
    options: TrainerOptions,
    objective: &dyn Objective<M>,
    watch: &mut dyn Watch,
    run: &str,
) -> Result<Trained<M>, ExperimentError> {
    let mut watcher = Watcher::new(watch, run);
    let trainer = Trainer { checkpoints: watcher.checkpoints(), ..Trainer::new(options) };
    let trained = trainer.train_or_resume(model, objective, &mut watcher)?;
    match trained.stop {
        Stop::Observer => Err(ExperimentError::Stopped),
        _ => Ok(trained),
    }
}
