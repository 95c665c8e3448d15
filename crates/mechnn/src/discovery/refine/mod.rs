//! From the structure that the search prefers to equations that are obeyed, with simple numbers where there are some.

mod settle;

mod drop;

mod outliers;

mod noise_choice;

mod tighten;

mod simplify;

mod polish;

mod finish;

pub(crate) use drop::{negligible, without, without_weak_terms};
pub(crate) use finish::finish;
pub(crate) use outliers::judged_by_equations;
pub(crate) use polish::Polished;
pub(crate) use settle::settled;
