//! Nonlinear two-point boundary value problems: against closed forms, published numbers and another integrator.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod accuracy;

mod derivatives;

mod equations;

mod problem;

mod refusals;
