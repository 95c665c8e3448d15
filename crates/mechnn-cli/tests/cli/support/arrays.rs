//! NPZ files of the tests.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use ndarray_npy::{NpzReader, NpzWriter};

/// Arrays by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrays(pub(crate) BTreeMap<String, ArrayD<f64>>);

impl Arrays {
    pub(crate) fn with(mut self, name: &str, array: ArrayD<f64>) -> Self {
        self.0.insert(name.to_owned(), array);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    #[track_caller]
    pub(crate) fn get(&self, name: &str) -> &ArrayD<f64> {
        self.0.get(name).unwrap_or_else(|| panic!("no `{name}` in {:?}", self.0.keys()))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
        for (name, array) in &self.0 {
            npz.add_array(name, array).expect("writable");
        }
        npz.finish().expect("writable").into_inner()
    }

    /// Reads float64 and int64 arrays.
    pub(crate) fn read(path: &Path) -> Self {
        let mut npz = NpzReader::new(File::open(path).expect("readable")).expect("an npz file");
        let mut arrays = Self::default();
        for name in npz.names().expect("names") {
            let array = match npz.by_name(&name) {
                Ok(array) => array,
                Err(_) => {
                    let whole: ArrayD<i64> = npz.by_name(&name).expect("float64 or int64");
                    whole.mapv(|x| x as f64)
                }
            };
            arrays.0.insert(name, array);
        }
        arrays
    }
}

/// An NPZ file with one entry of any bytes, correct sums included.
pub(crate) fn archive_of(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(
            *name,
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
        )
        .expect("writable");
        zip.write_all(bytes).expect("writable");
    }
    zip.finish().expect("writable").into_inner()
}

/// One entry in the NPY format with any header.
pub(crate) fn npy(description: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{description}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).expect("short").to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Numbers that look random and are the same everywhere, between -1 and 1.
pub(crate) fn varied(shape: &[usize], seed: f64) -> ArrayD<f64> {
    let mut i = seed;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        i += 1.0;
        (i * 12.9898).sin()
    })
}

/// `2u + u' + 3u'' = f` on [`POINTS`] points, two initial values, with the batch axes given for each array.
pub(crate) fn problem(coefficients: &[usize], rhs: &[usize], init: &[usize], steps: &[usize]) -> Arrays {
    let shape = |batch: &[usize], core: &[usize]| [batch, core].concat();
    let mut c = varied(&shape(coefficients, &[POINTS, 1, 1, 3]), 1.0).mapv(|x| 0.2 * x);
    for mut row in c.rows_mut() {
        row += &ndarray::arr1(&[2.0, 1.0, 3.0]);
    }
    Arrays::default()
        .with("coefficients", c)
        .with("rhs_equation", varied(&shape(rhs, &[POINTS, 1]), 2.0))
        .with("init_vars", varied(&shape(init, &[1, 1, 2]), 3.0))
        .with("steps", varied(&shape(steps, &[POINTS - 1]), 4.0).mapv(|x| 0.1 + 0.02 * x))
}

pub(crate) const POINTS: usize = 8;
