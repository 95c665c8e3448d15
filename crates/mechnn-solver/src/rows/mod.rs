//! The smoothness rows as their sources define them, each as a small operator with its derivative in the step.
//!
//! A row of the system is `sum (entries * unknowns) [+ slack] = right-hand side`; here are the entries of the rows
//! that join neighbouring points. Equation, initial and periodic rows need no file of their own: their entries are the
//! coefficients, ones, and one with minus one.

mod central;

mod pattern;

mod taylor;

mod pade;

mod integrated_wiener;

mod reference_step;

mod interval;

pub(crate) use central::CentralRow;
pub(crate) use interval::{IntervalRows, scaled_ends};
pub(crate) use pattern::MAX_WIDTH;
pub(crate) use reference_step::ReferenceStep;
