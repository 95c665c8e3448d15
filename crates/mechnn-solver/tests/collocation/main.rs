//! Collocation: stated errors and orders, stability, boundary and periodic conditions, gradients along long sweeps,
//! typed refusals.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod accuracy;

mod conditions;

mod equation;

mod lanes;

mod refusals;
