//! Where a training leaves its checkpoints.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder for the checkpoints of one training, or of several in folders below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointPlace {
    folder: PathBuf,
    pause: Duration,
}

impl CheckpointPlace {
    /// Checkpoints in `folder` after every epoch.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), pause: Duration::ZERO }
    }

    /// At least `pause` between two writes; the last epoch, also of a training that is stopped, is written in any
    /// case. Writing waits for the disk, which is longer than many a small epoch.
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// The place of one training among several, in a folder named after it.
    pub fn of(&self, training: &str) -> Self {
        let keep = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let name: String = training.chars().map(keep).collect();
        Self { folder: self.folder.join(name), pause: self.pause }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Time between two writes.
    pub fn pause(&self) -> Duration {
        self.pause
    }

    /// The state after the last epoch written.
    pub fn last(&self) -> PathBuf {
        self.folder.join("last.checkpoint")
    }

    /// The state when a better epoch was last written: that epoch with a pause of zero. The best weights are in its
    /// [`Checkpoint::best`](super::Checkpoint::best) in any case.
    pub fn best(&self) -> PathBuf {
        self.folder.join("best.checkpoint")
    }
}
