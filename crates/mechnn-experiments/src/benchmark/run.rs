//! Runs: one fit each, scored; many at once, independent of each other.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::clock::CoreClock;
use super::score::{Agreement, agreement, rollout_score};
use super::system::{Start, System};
use super::{BenchmarkError, Condition, Method, OdeBench, Outcome, Row, Structure};
use mechnn::discovery::{DiscoveryOptions, Observer, Progress};
use mechnn::equation::SparseModel;

/// One fit: of one start of one system under one condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Id of the system.
    pub system: u32,
    /// The start that is fitted; the other one is predicted.
    pub start: Start,
    /// How the trajectory is corrupted.
    pub condition: Condition,
}

impl Row {
    /// Which run this is the result of.
    pub fn run(&self) -> Run {
        Run {
            system: self.system,
            start: self.start,
            condition: Condition { noise: self.noise, drop: self.drop, seed: self.seed },
        }
    }
}

impl Run {
    /// Conditions first, then systems, then starts: the order of the rows of a finished file.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        let (ours, theirs) = (self.condition, other.condition);
        let condition = ours.noise.total_cmp(&theirs.noise).then(ours.drop.cmp(&theirs.drop));
        condition
            .then(ours.seed.cmp(&theirs.seed))
            .then(self.system.cmp(&other.system))
            .then(self.start.cmp(&other.start))
    }
}

/// How runs are done.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// What finds the equations.
    pub method: Method,
    /// Those of [`Method::Direct`]; the default is what is measured.
    pub options: DiscoveryOptions,
    /// Runs at the same time. Each has one thread to itself, so no result depends on it.
    pub threads: usize,
    /// Wall-clock time after which a fit is asked to return what it has; the only choice that makes results depend on
    /// the machine.
    pub time_limit: Option<Duration>,
}

/// That of a main thread on Linux, as `mechnn discover` has it.
const STACK_BYTES: usize = 8 << 20;

impl Campaign {
    /// Does all runs and hands each row to `sink` as it is done, in any order, on any thread. Runs that `stop` ends
    /// leave no row.
    ///
    /// # Errors
    /// [`BenchmarkError`] if a run is not of `bench`, or if there can be no thread. A fit that fails is a row.
    pub fn run(
        &self,
        bench: &OdeBench,
        runs: &[Run],
        stop: &AtomicBool,
        sink: &(dyn Fn(Row) + Sync),
    ) -> Result<(), BenchmarkError> {
        let next = AtomicUsize::new(0);
        let worker = || -> Result<(), BenchmarkError> {
            while let Some(&run) = runs.get(next.fetch_add(1, Ordering::SeqCst)) {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                if let Some(row) = self.run_one(bench, run, stop)? {
                    sink(row);
                }
            }
            Ok(())
        };
        let thread = |error: &dyn std::fmt::Display| BenchmarkError::Thread { reason: error.to_string() };
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for _ in 0..self.threads.clamp(1, runs.len().max(1)) {
                // A pool of one thread: whatever the fit does in parallel stays on it, and its clock counts all of it.
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK_BYTES).build();
                let pool = pool.map_err(|error| thread(&error))?;
                let worker = &worker;
                let spawned = thread::Builder::new().spawn_scoped(scope, move || pool.install(worker));
                workers.push(spawned.map_err(|error| thread(&error))?);
            }
            let joined = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            joined.collect()
        })
    }

    fn run_one(&self, bench: &OdeBench, run: Run, stop: &AtomicBool) -> Result<Option<Row>, BenchmarkError> {
        let system = bench.system(run.system)?;
        let data = system.corrupted(run.start, run.condition)?;
        let mut watch = Watch { stop, deadline: self.time_limit.map(|limit| Instant::now() + limit), late: false };
        let clock = CoreClock::start();
        // A panic must not lose the other runs.
        let fitted = catch_unwind(AssertUnwindSafe(|| self.method.fit(&data, &self.options, &mut watch)));
        let core_seconds = clock.seconds();
        if stop.load(Ordering::SeqCst) {
            return Ok(None);
        }
        let (outcome, fitted) = match fitted {
            Ok(Ok(model)) if watch.late => (Outcome::TimeLimit, Ok(model)),
            Ok(Ok(model)) => (Outcome::Finished, Ok(model)),
            Ok(Err(message)) => (Outcome::Failed, Err(message)),
            Err(panic) => (Outcome::Panicked, Err(panic_message(&*panic))),
        };
        Ok(Some(self.row(system, run, outcome, fitted, core_seconds)))
    }

    fn row(
        &self,
        system: &System,
        run: Run,
        outcome: Outcome,
        fitted: Result<SparseModel, String>,
        core_seconds: f64,
    ) -> Row {
        let nothing = Agreement {
            structure: if system.truth.is_some() { Structure::Different } else { Structure::Outside },
            worst_coefficient_error: None,
        };
        let score = |model: &SparseModel, start| {
            rollout_score(model, system.initial(start), system.times(), system.clean(start).view())
        };
        let (reconstruction, generalisation, agreement) = match &fitted {
            Ok(model) => {
                let generalisation = score(model, run.start.other());
                (score(model, run.start), generalisation, agreement(system, run.start, model, generalisation))
            }
            Err(_) => (0.0, 0.0, nothing),
        };
        Row {
            system: system.id,
            name: system.name.clone(),
            dim: system.dims(),
            class: system.class.clone(),
            start: run.start,
            noise: run.condition.noise,
            drop: run.condition.drop,
            seed: run.condition.seed,
            method: self.method,
            outcome,
            r2_reconstruction: reconstruction,
            r2_generalisation: generalisation,
            structure: agreement.structure,
            worst_coefficient_error: agreement.worst_coefficient_error,
            terms: fitted.as_ref().map_or(0, SparseModel::term_count),
            core_seconds,
            equations: fitted.as_ref().map_or(String::new(), |model| model.rhs_python().join("; ")),
            message: fitted.err().unwrap_or_default(),
        }
    }
}

/// Ends a fit at the time limit, or when everything is to stop.
struct Watch<'a> {
    stop: &'a AtomicBool,
    deadline: Option<Instant>,
    late: bool,
}

impl Observer for Watch<'_> {
    fn step(&mut self, _: &Progress) -> ControlFlow<()> {
        self.late |= self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let end = self.late || self.stop.load(Ordering::SeqCst);
        if end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words").to_owned()
}
