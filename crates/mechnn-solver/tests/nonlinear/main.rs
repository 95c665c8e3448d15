//! Initial value problems of nonlinear ODEs: accuracy, residuals, order, statuses, warm starts, misuse.
// The tables are read by people: run with `--nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod accuracy;

mod integrator;

mod misuse;

mod scalar;

mod standard;

mod statuses;

mod warm_starts;
