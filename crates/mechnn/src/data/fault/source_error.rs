//! What can be wrong with a file as a whole: it is of another kind than a table, or of a kind that needs more words.

use std::path::PathBuf;

use thiserror::Error;

use super::listing::listed;
use crate::numpy::{ArchiveError, ArrayError};

/// Why a file does not hold a table.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A workbook that cannot be opened, or a ZIP archive that is none.
    #[error("`{}` cannot be read as a workbook: {reason}", file.display())]
    Workbook {
        /// The file.
        file: PathBuf,
        /// The reader's reason.
        reason: String,
    },
    /// A workbook has no sheet of the name that was asked for.
    #[error("`{}` has no sheet `{sheet}`", file.display())]
    Sheet {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        sheet: String,
        /// The sheets there are.
        available: Vec<String>,
    },
    /// A sheet was asked for, and the file is no workbook.
    #[error("`{}` is not a workbook and has no sheets", file.display())]
    NoSheets {
        /// The file.
        file: PathBuf,
    },
    /// A compressed file.
    #[error("`{}` is a compressed file", file.display())]
    Compressed {
        /// The file.
        file: PathBuf,
    },
    /// A Parquet file, and the program was built without the feature `parquet`.
    #[error("`{}` is a Parquet file, and this program was built without the part that reads them", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
    },
    /// A Parquet file that cannot be read.
    #[error("`{}` cannot be read as a Parquet file: {reason}", file.display())]
    ParquetDamaged {
        /// The file.
        file: PathBuf,
        /// The reader's reason.
        reason: String,
    },
    /// A column of a Parquet file has columns or lists in it.
    #[error("`{}`: column `{column}` holds lists or columns of its own, not one value in each row", file.display())]
    ParquetNested {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
    },
    /// An array of a `.npy` file that holds no numbers.
    #[error("`{}`: {source}", file.display())]
    Array {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: ArrayError,
    },
    /// An archive of arrays that cannot be read, or an array in it that holds no numbers.
    #[error("`{}`: {source}", file.display())]
    Archive {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, with the name of the array.
        source: Box<ArchiveError>,
    },
    /// An array is neither a column nor a table of columns.
    #[error(
        "`{}`: {} has shape {shape:?}; it may have one axis, (N,), or two, (N, columns)",
        file.display(), array_name(array)
    )]
    ArrayShape {
        /// The file.
        file: PathBuf,
        /// The array; empty in a `.npy` file.
        array: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// Arrays of different lengths are no columns of one table.
    #[error(
        "`{}`: `{}` has {} rows and `{}` has {}; the columns of a table have the same number of rows",
        file.display(), arrays[0], lengths[0], arrays[1], lengths[1]
    )]
    ArrayLengths {
        /// The file.
        file: PathBuf,
        /// The first array and another one.
        arrays: [String; 2],
        /// Their numbers of rows.
        lengths: [usize; 2],
    },
    /// An array holds an infinite number.
    #[error("`{}`: {} is {value} in row {row}, counted from 0", file.display(), array_name(array))]
    ArrayInfinite {
        /// The file.
        file: PathBuf,
        /// The array; empty in a `.npy` file.
        array: String,
        /// The row, from 0.
        row: usize,
        /// The number.
        value: f64,
    },
}

fn array_name(name: &str) -> String {
    if name.is_empty() { "the array".to_owned() } else { format!("`{name}`") }
}

impl SourceError {
    /// One thing to try, in the words of the command line.
    pub(super) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Workbook { .. } => "open it in a spreadsheet program and save it as .xlsx or as CSV",
            Self::Sheet { available, .. } => return Some(format!("the sheets are {}", listed(available))),
            Self::NoSheets { .. } => "leave out --sheet, which is for .xlsx, .xls and .ods files",
            Self::Compressed { .. } => {
                "unpack it first, or give the unpacked text on standard input: gunzip -c FILE | .. -"
            }
            Self::Parquet { .. } => {
                "build the program with that part, cargo build --release -p mechnn-cli --features parquet, or save \
                 the table as CSV, for example with pandas: read_parquet(..).to_csv(..)"
            }
            Self::ParquetDamaged { .. } => {
                "was the file cut short while copying? If other programs read it, save the table as CSV with one of \
                 them"
            }
            Self::ParquetNested { .. } => {
                "write the table without this column, or with one column for each of its parts"
            }
            Self::Archive { source, .. } => match **source {
                ArchiveError::Compressed { .. } => "write it with numpy.savez, not savez_compressed",
                ArchiveError::Damaged { .. } => "was the file cut short while copying?",
                _ => return None,
            },
            Self::ArrayShape { .. } => {
                "write one array for each column, numpy.savez(\"data.npz\", t=.., x=.., y=..), and one file for each \
                 trajectory"
            }
            Self::ArrayInfinite { .. } => "mark missing values with NaN",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
