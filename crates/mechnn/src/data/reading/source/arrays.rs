//! Arrays of NumPy as columns.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use ndarray::{ArrayD, Ix2};

use super::super::options::DecimalMark;
use super::grid::{GridWriter, TooLong};
use super::raw_table::{RawTable, TableForm};
use crate::data::fault::{DataError, SourceError};
use crate::number::exact;
use crate::numpy::{ArchiveError, NpzArchive, read_npy};

/// One array of one or two axes: a column, or one for each number of a row; they have no names.
pub(super) fn read_array(file: PathBuf, bytes: &[u8]) -> Result<RawTable, DataError> {
    let error = |source| SourceError::Array { file: file.clone(), source };
    let columns = Columns::of(&file, "", read_npy(bytes).map_err(error)?)?;
    table(file, &[columns])
}

/// Arrays of one axis are columns by their names; the columns of `x` with two axes are `x0`, `x1`, ..
pub(super) fn read_archive(file: PathBuf, bytes: Vec<u8>) -> Result<RawTable, DataError> {
    let error = |error: ArchiveError| SourceError::Archive { file: file.clone(), source: Box::new(error) };
    let length = bytes.len() as u64;
    let mut archive = NpzArchive::open(Cursor::new(bytes), length).map_err(error)?;
    let names: Vec<String> = archive.remaining().map(str::to_owned).collect();
    let mut columns = Vec::with_capacity(names.len());
    for name in &names {
        if let Some(array) = archive.take(name).map_err(error)? {
            columns.push(Columns::of(&file, name, array)?);
        }
    }
    table(file, &columns)
}

/// The columns of one array.
struct Columns {
    array: String,
    /// `[N, columns]`
    values: ndarray::Array2<f64>,
    has_two_axes: bool,
}

impl Columns {
    fn of(file: &Path, array: &str, values: ArrayD<f64>) -> Result<Self, DataError> {
        let shape = values.shape().to_vec();
        let error =
            || SourceError::ArrayShape { file: file.to_owned(), array: array.to_owned(), shape: shape.clone() };
        let two = match *shape.as_slice() {
            [rows] => [rows, 1],
            [rows, columns] => [rows, columns],
            _ => return Err(error().into()),
        };
        if let Some((index, value)) = values.indexed_iter().find(|(_, value)| value.is_infinite()) {
            let (file, row) = (file.to_owned(), ndarray::Dimension::slice(&index)[0]);
            return Err(SourceError::ArrayInfinite { file, array: array.to_owned(), row, value: *value }.into());
        }
        let values = values.to_shape(two).map_err(|_| error())?.to_owned().into_dimensionality::<Ix2>();
        let values = values.map_err(|_| error())?;
        Ok(Self { array: array.to_owned(), values, has_two_axes: shape.len() == 2 })
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let name = |column: usize| match self.has_two_axes && self.values.ncols() > 1 {
            true => format!("{}{column}", self.array),
            false => self.array.clone(),
        };
        (0..self.values.ncols()).map(name)
    }
}

fn table(file: PathBuf, arrays: &[Columns]) -> Result<RawTable, DataError> {
    let Some(first) = arrays.first() else { return Err(DataError::NoData { file }) };
    let rows = first.values.nrows();
    if let Some(other) = arrays.iter().find(|other| other.values.nrows() != rows) {
        let lengths = [rows, other.values.nrows()];
        let names = [first.array.clone(), other.array.clone()];
        return Err(SourceError::ArrayLengths { file, arrays: names, lengths }.into());
    }
    let too_long = |_: TooLong| SourceError::ArrayShape {
        file: file.clone(),
        array: first.array.clone(),
        shape: first.values.shape().to_vec(),
    };
    let mut writer = GridWriter::default();
    if !first.array.is_empty() {
        writer.begin_row(0, 0);
        arrays.iter().flat_map(Columns::names).try_for_each(|name| writer.push(&name)).map_err(too_long)?;
    }
    for row in 0..rows {
        writer.begin_row(row + 1, 0);
        for value in arrays.iter().flat_map(|array| array.values.row(row)) {
            let text = if value.is_nan() { String::new() } else { exact(*value) };
            writer.push(text.strip_suffix(".0").unwrap_or(&text)).map_err(too_long)?;
        }
    }
    let grid = writer.finish(String::new());
    Ok(RawTable { file, form: TableForm::Arrays, grid, decimal: Some(DecimalMark::Point) })
}
