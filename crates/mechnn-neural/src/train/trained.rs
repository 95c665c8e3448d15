//! The result of a training.

use burn::module::Module;

use super::EpochRecord;
use super::parameters::{NamedValues, with_parameters};

/// Why a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// All epochs are done.
    Epochs,
    /// No better validation loss for [`TrainerOptions::patience`](super::TrainerOptions::patience) epochs.
    Patience,
    /// The observer wanted so; the epoch that was running is lost.
    Observer,
}

/// The result of a training.
#[derive(Debug)]
pub struct Trained<M> {
    /// After the last finished epoch.
    pub model: M,
    /// Parameters of the epoch with the smallest validation loss (training loss without validation).
    pub best: Vec<NamedValues>,
    /// That epoch and its loss.
    pub best_epoch: Option<(usize, f64)>,
    /// Every epoch.
    pub history: Vec<EpochRecord>,
    /// Why it ended.
    pub stop: Stop,
}

impl<M: Module> Trained<M> {
    /// The model of the best epoch.
    pub fn best_model(self) -> M {
        with_parameters(self.model, &self.best)
    }
}
