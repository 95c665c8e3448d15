//! Rows of text above and below a table.

mod title_row;

mod summary_row;

pub(super) use summary_row::cut_summary_rows;
pub(super) use title_row::skip_title_rows;
