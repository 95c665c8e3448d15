//! Values that are missing although something is written.

// In data-flow order.
mod sentinel;

mod gap_notes;

pub(super) use gap_notes::GapNotes;
pub(super) use sentinel::sentinels;
