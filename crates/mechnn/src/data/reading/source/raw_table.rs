//! The cells of a table, whatever kind of file they are in.

use std::path::PathBuf;

use super::super::options::{CsvOptions, DecimalMark};
use super::format::FileFormat;
use super::grid::Grid;
#[cfg(feature = "parquet")]
use super::parquet;
use super::records::grid_of_text;
use super::separators::Separators;
use super::table_source::TableSource;
use super::text::{TextEncoding, decode};
use super::{arrays, workbook};
use crate::data::fault::{DataError, DataWarning, SourceError};

/// What kind of file a table was in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableForm {
    /// Delimited text.
    Text {
        /// How its characters were written.
        encoding: TextEncoding,
        /// What parts the fields of a row.
        separator: char,
    },
    /// A sheet of a workbook.
    Sheet {
        /// Its name.
        name: String,
        /// How many sheets the workbook has.
        sheets: usize,
    },
    /// Arrays of NumPy.
    Arrays,
    /// Columns of a Parquet file.
    Parquet,
}

impl TableForm {
    /// What parts fields, or would.
    pub(in super::super) fn separator(&self) -> char {
        match self {
            Self::Text { separator, .. } => *separator,
            Self::Sheet { .. } | Self::Arrays | Self::Parquet => ',',
        }
    }

    /// Whether columns have names as such. Otherwise the first row may be the names, or numbers already.
    pub(in super::super) fn has_named_columns(&self) -> bool {
        matches!(self, Self::Parquet)
    }
}

/// The cells of a table, and what is known of them from the kind of their file.
pub(in super::super) struct RawTable {
    pub(in super::super) file: PathBuf,
    pub(in super::super) form: TableForm,
    pub(in super::super) grid: Grid,
    /// The decimal mark of all numbers, if that is known.
    pub(in super::super) decimal: Option<DecimalMark>,
}

impl RawTable {
    /// Reads the cells.
    ///
    /// # Errors
    /// [`DataError`] for files that cannot be read, or are no tables.
    pub(in super::super) fn read(
        source: TableSource,
        options: &CsvOptions,
        warnings: &mut Vec<DataWarning>,
    ) -> Result<Self, DataError> {
        let (file, bytes, format) = source.read()?;
        if options.sheet.is_some() && format != FileFormat::Workbook {
            return Err(SourceError::NoSheets { file }.into());
        }
        match format {
            FileFormat::Text | FileFormat::Utf16 => {
                let (text, encoding) = decode(&file, bytes, warnings)?;
                let separators = Separators::detect(&text);
                let form = TableForm::Text { encoding, separator: char::from(separators.field) };
                let grid = grid_of_text(&file, text, separators)?;
                Ok(Self { file, form, grid, decimal: options.decimal })
            }
            FileFormat::Workbook => workbook::read(file, bytes, options, warnings),
            FileFormat::Array => arrays::read_array(file, &bytes),
            FileFormat::Arrays => arrays::read_archive(file, bytes),
            #[cfg(feature = "parquet")]
            FileFormat::Parquet => parquet::read(file, bytes, options),
            #[cfg(not(feature = "parquet"))]
            FileFormat::Parquet => Err(SourceError::Parquet { file }.into()),
            FileFormat::Compressed => Err(SourceError::Compressed { file }.into()),
        }
    }
}
