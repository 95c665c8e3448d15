//! Tables as they are measured: noise of several kinds, bad values, clumped and missing rows, switched inputs. Every
//! group is of cases that are drawn anew, and says how many of them come out right.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod system;

mod noise;

mod outliers;

mod times;

mod inputs;

#[path = "../support/mod.rs"]
mod support;
