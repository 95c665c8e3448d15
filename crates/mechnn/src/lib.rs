//! Differential equations from measured time series.
//!
//! Data flows in one direction: trajectories -> library of candidate terms -> joint fit of states and coefficients ->
//! sparse model -> simulation and report.

// Not `forbid`: the macro `s!` of ndarray allows it to itself.
#![deny(unsafe_code)]

// In data-flow order.
pub mod number;

pub mod whole_file;

pub mod numpy;

pub mod data;

pub mod equation;

mod estimation;

pub mod discovery;

pub mod inspection;

pub mod inference;

pub mod report;

pub mod setting;

pub mod suggestion;

mod error;

mod halton;

pub use error::Error;
