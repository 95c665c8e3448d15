//! A campaign on threads of its own: the main thread writes the rows, shows progress and looks at Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use mechnn::discovery::REPRODUCED_R2;
use mechnn_experiments::benchmark::{BenchmarkError, Campaign, OdeBench, Row, Run};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::printer::Printer;

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Between two looks at Ctrl-C.
const POLL: Duration = Duration::from_millis(50);

/// From Ctrl-C on the fits have this long to end by themselves; the rows they would have made are lost either way.
const PATIENCE: Duration = Duration::from_millis(1200);

/// Does the runs; `keep` gets every row as it is done. Returns `earlier`, rows that were there already, with the new
/// ones behind them; after Ctrl-C, those that are done.
///
/// # Errors
/// As [`Campaign::run`] and `keep`.
pub(super) fn run(
    campaign: Campaign,
    bench: OdeBench,
    runs: Vec<Run>,
    earlier: Vec<Row>,
    printer: &mut Printer,
    interrupt: &Interrupt,
    mut keep: impl FnMut(&Row) -> Result<(), BenchmarkError>,
) -> Result<Vec<Row>, Failure> {
    interrupt.watch();
    let all = earlier.len() + runs.len();
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, finished) = mpsc::channel();
    let worker = {
        let stop = Arc::clone(&stop);
        // A row that nobody waits for any more is dropped.
        move || campaign.run(&bench, &runs, &stop, &|row| drop(sender.send(row)))
    };
    let worker = thread::Builder::new()
        .name("campaign".to_owned())
        .spawn(worker)
        .map_err(|error| Failure::limit(format!("cannot start a thread: {error}")))?;
    let bar = printer.progress_bar();
    let mut last_line = Instant::now();
    let mut asked: Option<Instant> = None;
    let mut rows = earlier;
    let ended = loop {
        match finished.recv_timeout(POLL) {
            Ok(row) => {
                if let Err(error) = keep(&row) {
                    stop.store(true, Ordering::SeqCst);
                    break Err(error);
                }
                let equations = row.equations.clone();
                rows.push(row);
                let line = progress_line(&rows, all);
                if let Some(bar) = &bar {
                    bar.set(rows.len() as f64 / all as f64, &line, &equations);
                } else if last_line.elapsed() >= LINE_EVERY {
                    last_line = Instant::now();
                    printer.progress(&line);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Ok(result) => break result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
        }
        if interrupt.requested() {
            stop.store(true, Ordering::SeqCst);
            if asked.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                break Ok(());
            }
        }
    };
    if let Some(bar) = bar {
        bar.clear();
    }
    ended?;
    Ok(rows)
}

fn progress_line(rows: &[Row], all: usize) -> String {
    let percent = |score: &dyn Fn(&Row) -> f64| {
        100.0 * rows.iter().filter(|row| score(row) > REPRODUCED_R2).count() as f64 / rows.len() as f64
    };
    let (r, g) = (percent(&|row| row.r2_reconstruction), percent(&|row| row.r2_generalisation));
    format!("{} of {all} runs, R {r:.1} %, G {g:.1} % so far", rows.len())
}
