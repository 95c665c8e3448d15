//! A search on a thread of its own: Ctrl-C must not wait for a step that takes long.

use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use mechnn::discovery::{DiscoveryError, Observer, Progress, Stage};
use mechnn::equation::SparseModel;

use super::progress::{Event, ProgressReport};
use crate::failure::Failure;
use crate::interrupt::Interrupt;

/// How a search ended.
pub(super) enum Ended<T> {
    /// By itself, or between two steps after Ctrl-C.
    Finished(Box<T>),
    /// In the middle of a step, with the equations of the step before, if there was one.
    Abandoned(Option<SparseModel>),
}

/// From Ctrl-C on a step may go on for this long; with what follows, the command ends within two seconds.
const PATIENCE: Duration = Duration::from_millis(1200);

/// Between two looks at Ctrl-C.
const POLL: Duration = Duration::from_millis(50);

/// That of a main thread on Linux; the default of other threads is 2 MiB.
const STACK_BYTES: usize = 8 << 20;

/// Searches until the end or Ctrl-C; `discover` is what searches.
///
/// # Errors
/// Those of `discover`; a limit if there can be no further thread.
pub(super) fn run<T: Send + 'static>(
    discover: impl FnOnce(&mut dyn Observer) -> Result<T, DiscoveryError> + Send + 'static,
    interrupt: &Interrupt,
    progress: &mut ProgressReport<'_>,
) -> Result<Ended<T>, Failure> {
    let (sender, events) = mpsc::channel();
    let mut relay = Relay { events: sender, interrupt: interrupt.clone() };
    // The relay goes at the end of the search, which closes the channel.
    let search = move || discover(&mut relay);
    let worker = thread::Builder::new()
        .name("search".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(search)
        .map_err(|error| Failure::limit(format!("cannot start a thread: {error}")))?;
    let mut best = None;
    let mut asked = None;
    loop {
        match events.recv_timeout(POLL) {
            Ok(event) => {
                if let Event::Step(step) = &event {
                    best = step.model.clone().or(best);
                }
                progress.show(event);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Ok(result) => return Ok(Ended::Finished(Box::new(result?))),
                Err(panic) => std::panic::resume_unwind(panic),
            },
        }
        if interrupt.requested() && asked.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
            return Ok(Ended::Abandoned(best));
        }
    }
}

/// Sends what is told to the main thread, which is the one that prints.
struct Relay {
    events: Sender<Event>,
    interrupt: Interrupt,
}

impl Observer for Relay {
    fn stage(&mut self, stage: Stage) {
        // If nobody listens any more, the next step ends the search.
        let _ = self.events.send(Event::Stage(stage));
    }

    fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let abandoned = self.events.send(Event::Step(Box::new(progress.clone()))).is_err();
        if abandoned || self.interrupt.requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
