//! One cell: a number, a date, a mark for a missing value, or text.

// In data-flow order.
mod number;

mod instant;

#[allow(clippy::module_inception)]
mod cell;

pub(super) use cell::{Cell, Gap, gap, is_datum, is_number};
pub(super) use instant::{DAY, Instant, Written, compact_date, decimal_year, fraction, instant_text, is_date};
pub(super) use number::{MarkEvidence, NumberStyles, number};
