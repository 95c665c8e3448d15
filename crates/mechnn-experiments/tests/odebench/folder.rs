//! A benchmark folder of two systems with exact solutions.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use tempfile::TempDir;

/// Points of every trajectory.
pub(crate) const POINTS: usize = 80;

/// Rows that are left by the masks of seed 1: too few to fit anything.
pub(crate) const LEFT: usize = 4;

/// What will be written.
#[derive(Clone)]
pub(crate) struct Contents {
    pub(crate) systems: String,
    /// Bytes of the arrays in the NPY format.
    pub(crate) arrays: BTreeMap<String, Vec<u8>>,
}

pub(crate) fn times() -> Vec<f64> {
    (0..POINTS).map(|i| 0.1 * i as f64).collect()
}

/// `y' = r y (1 - y)` from `start`.
pub(crate) fn logistic(rate: f64, start: f64, time: f64) -> f64 {
    1.0 / (1.0 + (1.0 / start - 1.0) * (-rate * time).exp())
}

/// The standard-normal numbers of seed 0; any numbers will do.
pub(crate) fn z(row: usize, column: usize) -> f32 {
    (1.7 * (row * 3 + column) as f32).sin()
}

/// Half of the rows: pairs, so that steps are uneven.
pub(crate) fn is_kept(row: usize) -> bool {
    row % 4 < 2
}

impl Contents {
    /// 3: `x_0' = 0.8 x_0 (1 - 0.5 x_0)`; 12: susceptible and infected parts, `x_0 + x_1 = 1`, with rate 1.5.
    pub(crate) fn new() -> Self {
        let mut arrays = BTreeMap::new();
        arrays.insert("t".to_owned(), doubles(&times(), "(80,)"));
        for (start, first, infected) in [("a", 0.2, 0.01), ("b", 3.0, 0.3)] {
            let growth: Vec<f64> = times().iter().map(|t| 2.0 * logistic(0.8, first / 2.0, *t)).collect();
            let infection: Vec<f64> =
                times().iter().map(|t| logistic(1.5, infected, *t)).flat_map(|x| [1.0 - x, x]).collect();
            for (id, dims, values) in [("03", 1, growth), ("12", 2, infection)] {
                let name = format!("{id}_{start}");
                arrays.insert(name.clone(), doubles(&values, &format!("(80, {dims})")));
                let noise = (0..POINTS).flat_map(|row| (0..dims).map(move |column| z(row, column)));
                let noise: Vec<u8> = noise.flat_map(f32::to_le_bytes).collect();
                arrays.insert(format!("{name}_z0"), npy("<f4", &format!("(80, {dims})"), &noise));
                for percent in [25, 50] {
                    let keep: Vec<u8> = (0..POINTS).map(|row| u8::from(is_kept(row))).collect();
                    arrays.insert(format!("{name}_keep{percent}_0"), npy("|b1", "(80,)", &keep));
                    let few: Vec<u8> = (0..POINTS).map(|row| u8::from(row < LEFT)).collect();
                    arrays.insert(format!("{name}_keep{percent}_1"), npy("|b1", "(80,)", &few));
                }
            }
        }
        Self { systems: SYSTEMS.to_owned(), arrays }
    }

    pub(crate) fn write(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("systems.json"), &self.systems).unwrap();
        std::fs::write(folder.path().join("trajectories.npz"), self.archive()).unwrap();
        folder
    }

    /// Compressed, as numpy.savez_compressed does.
    pub(crate) fn archive(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for (name, bytes) in &self.arrays {
            zip.start_file(format!("{name}.npy"), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

pub(crate) fn open(folder: &Path) -> mechnn_experiments::benchmark::OdeBench {
    mechnn_experiments::benchmark::OdeBench::open(folder).unwrap()
}

pub(crate) fn doubles(values: &[f64], shape: &str) -> Vec<u8> {
    npy("<f8", shape, &values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
}

pub(crate) fn npy(kind: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

const SYSTEMS: &str = r#"{
  "format": "for tests",
  "systems": [
    {"id": 12, "name": "infection, without recovery", "dim": 2, "variables": ["x_0", "x_1"], "klass": "polynomial",
     "rhs_numeric": ["-1.5*x_0*x_1", "1.5*x_1*(2*x_0 - x_0)"], "in_library": {"poly3": true},
     "initial_conditions": {"a": [0.99, 0.01], "b": [0.7, 0.3]}},
    {"id": 3, "name": "growth", "dim": 1, "variables": ["x_0"], "klass": "polynomial",
     "rhs_numeric": ["0.8*x_0*(1 - 0.5*x_0)"], "in_library": {"poly3": true},
     "initial_conditions": {"a": [0.2], "b": [3.0]}}
  ]
}"#;
