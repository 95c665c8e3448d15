//! Tables in Parquet files, by the feature `parquet`.
//!
//! The crate `parquet` decodes them. It believes what a file says of itself: it allocates the sizes that headers
//! claim, and follows nested schemas as deep as they go. So what it would believe is read here first.

// In data-flow order: what a file says of itself; its columns; their values as text; the table.
mod compact;

mod footer;

mod page_header;

mod checked_pages;

mod value_kind;

mod value_text;

mod column_cells;

mod column_file;

mod table;

pub(super) use table::read;
