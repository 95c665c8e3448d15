//! Who watches a training.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::CheckpointPlace;

/// One epoch, as a line of `metrics.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// From 0.
    pub epoch: usize,
    /// Steps of the optimiser so far.
    pub steps: u64,
    /// Mean of the weighed loss over the steps of the epoch.
    pub loss: f64,
    /// Mean of every term, without its weight.
    pub terms: BTreeMap<String, f64>,
    /// Validation loss, if the objective has one.
    pub validation: Option<f64>,
    /// Mean norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Learning rate.
    pub learning_rate: f64,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Finish the step, write the checkpoint, return what there is.
    Stop,
}

/// Is told about every epoch, and asked after every step whether to go on.
pub trait Observer: Send {
    /// After an epoch.
    ///
    /// # Errors
    /// Those of writing it down.
    fn epoch(&mut self, record: &EpochRecord) -> io::Result<()>;

    /// After a step; looks at a Ctrl-C flag, for instance.
    fn flow(&mut self) -> Flow {
        Flow::Continue
    }

    /// Where a procedure of several trainings, such as a discovery, leaves their checkpoints and continues from.
    fn checkpoints(&self) -> Option<CheckpointPlace> {
        None
    }
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn epoch(&mut self, _: &EpochRecord) -> io::Result<()> {
        Ok(())
    }
}

/// Writes every epoch as a line of JSON.
#[derive(Debug)]
pub struct MetricsFile<W>(pub W);

impl<W: Write + Send> Observer for MetricsFile<W> {
    fn epoch(&mut self, record: &EpochRecord) -> io::Result<()> {
        let line = serde_json::to_string(record).map_err(io::Error::other)?;
        writeln!(self.0, "{line}")?;
        self.0.flush()
    }
}
