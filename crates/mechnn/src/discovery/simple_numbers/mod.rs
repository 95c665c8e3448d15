//! Numbers of a model that may be simple: whole, small fractions, or the same as others.

mod numbers;

mod hypothesis;

mod fractions_and_pairs;

mod simplify;

pub(crate) use numbers::Numbers;
pub(crate) use simplify::{saved_by_pairs, simplify};
