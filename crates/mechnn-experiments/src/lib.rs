//! What is measured: benchmarks on systems whose equations are known, published methods beside ours, experiments.
//!
//! This crate is used by the command and by the people who write papers with it. It is not published, and its
//! interface may change with any commit: a user of the library needs none of it. The experiments need the feature
//! `neural`.
// Not `forbid`: the macro `s!` of ndarray allows itself what it needs.
#![deny(unsafe_code)]

// In data-flow order.
pub mod baseline;

pub mod benchmark;

#[cfg(feature = "neural")]
pub mod experiment;
