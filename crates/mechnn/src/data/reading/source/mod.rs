//! Files as grids of cells, whatever kind they are of.

// In data-flow order: a source; its bytes as text; text as cells; other kinds of files.
mod format;

mod table_source;

mod text;

mod grid;

mod separators;

mod records;

mod arrays;

mod text_numbers;

mod sheet_cell;

mod workbook;

#[cfg(feature = "parquet")]
mod parquet;

mod raw_table;

pub(super) use grid::{Grid, GridWriter, Row};
pub(super) use raw_table::RawTable;
pub use raw_table::TableForm;
pub use table_source::TableSource;
pub use text::TextEncoding;
