//! Watching an inference, and stopping it.

use std::ops::ControlFlow;

/// How far an inference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InferenceProgress {
    /// Number of the start, from 1.
    pub start: usize,
    /// How many starts there are.
    pub starts: usize,
    /// What is being done.
    pub stage: &'static str,
}

/// Is told of every stage and may stop it.
pub trait InferenceObserver {
    /// Before every stage; `Break` stops with the best fit so far, if there is one.
    fn step(&mut self, progress: &InferenceProgress) -> ControlFlow<()>;
}

/// Watches nothing.
impl InferenceObserver for () {
    fn step(&mut self, _: &InferenceProgress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Tells of a stage before it begins; `Break` is to stop.
pub(crate) type Report<'r> = dyn FnMut(&'static str) -> ControlFlow<()> + 'r;
