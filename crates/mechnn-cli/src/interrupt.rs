//! Signals. Ctrl-C: a command that can stop early is asked to; any other, and a second Ctrl-C, ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mechnn::whole_file;

use crate::failure::Exit;

/// Whether Ctrl-C was pressed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    watched: Arc<AtomicBool>,
    requested: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes over Ctrl-C and SIGTERM for this process, and makes a file that grows beyond the limit for files an error
    /// of the write.
    pub(crate) fn install() -> Self {
        outlive_large_files();
        let interrupt = Self::default();
        let handler = interrupt.clone();
        // Failing to install the handler only costs the documented code; the system's default still ends us.
        let _ = ctrlc::set_handler(move || {
            let again = handler.requested.swap(true, Ordering::SeqCst);
            if again || !handler.watched.load(Ordering::SeqCst) {
                // Nothing is unwound here: what is half written would stay.
                whole_file::remove_unfinished();
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

/// SIGXFSZ would end the process in the middle of a write, without a message. With a handler, whatever it does, the
/// write fails instead, and is reported as every other.
#[cfg(unix)]
fn outlive_large_files() {
    // Without it only the message is lost.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

#[cfg(not(unix))]
fn outlive_large_files() {}
