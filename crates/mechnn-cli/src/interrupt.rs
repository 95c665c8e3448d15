//! Ctrl-C: a command that can stop early is asked to; any other, and a second Ctrl-C, ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Exit;

/// Whether Ctrl-C was pressed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    watched: Arc<AtomicBool>,
    requested: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over Ctrl-C and SIGTERM for this process.
    pub(crate) fn install() -> Self {
        let interrupt = Self::default();
        let handler = interrupt.clone();
        // Failing to install the handler only costs the documented code; the system's default still ends us.
        let _ = ctrlc::set_handler(move || {
            let again = handler.requested.swap(true, Ordering::SeqCst);
            if again || !handler.watched.load(Ordering::SeqCst) {
                std::process::exit(Exit::Interrupted as i32);
            }
        });
        interrupt
    }

    /// From now on the command looks at [`Interrupt::requested`] often enough to be asked.
    pub(crate) fn watch(&self) {
        self.watched.store(true, Ordering::SeqCst);
    }

    /// Whether the command should stop with what it has.
    pub(crate) fn requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }
}
