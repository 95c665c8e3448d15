//! Arrays of an NPZ archive, compressed or not, with nothing believed: no allocation exceeds what the file can hold.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use ndarray::Array2;
use zip::ZipArchive;

use super::BenchmarkError;

/// Deflate cannot make more of a byte.
const MAX_INFLATION: u64 = 1032;

/// The magic string, the version and the length of the header.
const NPY_START: usize = 10;

/// An open archive; arrays are read by name.
pub(super) struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, BenchmarkError> {
        let failed = |source| BenchmarkError::Io { action: "read", path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let archive = |error: zip::result::ZipError| BenchmarkError::Archive {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        Ok(Self { path: path.to_owned(), zip: ZipArchive::new(BufReader::new(file)).map_err(archive)? })
    }

    /// Numbers (float64 or float32) of shape `[N]` or `[N, D]`, as `[N, D]`; every one finite.
    pub(super) fn numbers(&mut self, name: &str) -> Result<Option<Array2<f64>>, BenchmarkError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let (kind, [rows, columns], data) = self.header(name, &bytes)?;
        let values: Vec<f64> = match kind.as_str() {
            "<f8" => data.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
            "<f4" => data.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
            _ => return Err(self.wrong(name, "float64 or float32 numbers", format!("type {kind}"))),
        };
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(self.wrong(name, "finite numbers", value.to_string()));
        }
        let (found, expected) = (values.len(), format!("{rows} x {columns} numbers"));
        Array2::from_shape_vec((rows, columns), values)
            .map(Some)
            .map_err(|_| self.wrong(name, &expected, found.to_string()))
    }

    /// Truth values of shape `[N]`.
    pub(super) fn mask(&mut self, name: &str) -> Result<Option<Vec<bool>>, BenchmarkError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let (kind, [rows, columns], data) = self.header(name, &bytes)?;
        if kind != "|b1" || columns != 1 || rows != data.len() {
            let found = format!("type {kind}, {rows} x {columns}, {} bytes", data.len());
            return Err(self.wrong(name, "one truth value for each row", found));
        }
        Ok(Some(data.iter().map(|byte| *byte != 0).collect()))
    }

    /// An array that must be there.
    pub(super) fn missing(&self, name: &str) -> BenchmarkError {
        BenchmarkError::MissingArray { path: self.path.clone(), array: name.to_owned() }
    }

    /// An array of another kind than it should be.
    pub(super) fn wrong(&self, name: &str, expected: &str, found: String) -> BenchmarkError {
        let (path, array) = (self.path.clone(), name.to_owned());
        BenchmarkError::Array { path, array, expected: expected.to_owned(), found }
    }

    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, BenchmarkError> {
        let Some(index) = self.zip.index_for_name(&format!("{name}.npy")) else { return Ok(None) };
        let read = || -> Result<Vec<u8>, String> {
            let entry = self.zip.by_index(index).map_err(|error| error.to_string())?;
            let (claimed, held) = (entry.size(), entry.compressed_size());
            if claimed > held.saturating_mul(MAX_INFLATION) {
                return Err(format!("{claimed} bytes out of {held}"));
            }
            let mut bytes = Vec::new();
            // The entry's reader checks the sum over the bytes at the end.
            entry.take(claimed.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            match bytes.len() as u64 == claimed {
                true => Ok(bytes),
                false => Err("another length than the archive says".to_owned()),
            }
        };
        match { read }() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(reason) => Err(self.wrong(name, "an undamaged entry", reason)),
        }
    }

    /// Type, shape and data of an array in C order.
    fn header<'b>(&self, name: &str, bytes: &'b [u8]) -> Result<(String, [usize; 2], &'b [u8]), BenchmarkError> {
        let npy = "an array in the npy format, C order, one or two axes";
        let header = match bytes.get(..NPY_START) {
            Some([0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high]) => {
                bytes.get(NPY_START..NPY_START + usize::from(u16::from_le_bytes([*low, *high])))
            }
            _ => None,
        };
        let Some(header) = header else { return Err(self.wrong(name, npy, "something else".to_owned())) };
        let text = String::from_utf8_lossy(header).replace(' ', "");
        let after = |key: &str| text.split_once(key).map(|(_, rest)| rest);
        let kind = after("'descr':'").and_then(|rest| rest.split_once('\'')).map(|(kind, _)| kind.to_owned());
        let ordered = after("'fortran_order':").is_some_and(|rest| rest.starts_with("False"));
        let shape = after("'shape':(").and_then(|rest| rest.split_once(')')).map(|(shape, _)| shape);
        let axes: Option<Vec<usize>> = shape.map(|shape| {
            shape.split(',').filter(|axis| !axis.is_empty()).map_while(|axis| axis.parse().ok()).collect()
        });
        let axes = match axes.as_deref() {
            Some([rows]) => Some([*rows, 1]),
            Some([rows, columns]) => Some([*rows, *columns]),
            _ => None,
        };
        match (kind, ordered, axes) {
            (Some(kind), true, Some(axes)) => Ok((kind, axes, &bytes[NPY_START + header.len()..])),
            _ => Err(self.wrong(name, npy, text.trim().chars().take(200).collect())),
        }
    }
}
