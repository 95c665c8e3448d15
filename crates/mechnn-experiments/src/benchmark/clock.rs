//! Time that one thread has worked.

/// Counts the processor time of the thread it was started on: other work on the machine does not count. Where the
/// system cannot tell, it counts wall-clock time.
pub(super) struct CoreClock {
    #[cfg(unix)]
    start: f64,
    #[cfg(not(unix))]
    start: std::time::Instant,
}

#[cfg(unix)]
impl CoreClock {
    pub(super) fn start() -> Self {
        Self { start: thread_seconds() }
    }

    /// Seconds since the start; to be asked on the same thread.
    pub(super) fn seconds(&self) -> f64 {
        thread_seconds() - self.start
    }
}

#[cfg(unix)]
fn thread_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

#[cfg(not(unix))]
impl CoreClock {
    pub(super) fn start() -> Self {
        Self { start: std::time::Instant::now() }
    }

    /// Seconds since the start.
    pub(super) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
}
