//! One known system with its two trajectories and their corruptions.

use std::fmt;
use std::path::Path;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::archive::Archive;
use super::condition::Condition;
use super::polynomial::Polynomial;
use super::{BenchmarkError, Drop};
use mechnn::data::{Dataset, Trajectory};

/// One of the two initial values of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// The first.
    A,
    /// The second.
    B,
}

impl Start {
    /// The one that a fit does not see.
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

/// A known system.
///
/// # Shapes
/// - `variables`, `truth`: `[D]`
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct System {
    /// Its number in the benchmark.
    pub id: u32,
    /// What it is called.
    pub name: String,
    /// Names of the states.
    pub variables: Vec<String>,
    /// Kind of its right-hand side: polynomial, rational, transcendental.
    pub class: String,
    /// The true right-hand sides, if they are polynomials up to degree 3.
    pub truth: Option<Vec<Polynomial>>,
    times: Vec<f64>,
    starts: [Corruptions; 2],
}

/// One clean trajectory and everything it can be corrupted with.
#[derive(Debug, Clone)]
struct Corruptions {
    initial: Vec<f64>,
    clean: Array2<f64>,
    /// Standard-normal numbers of each seed, `[N, D]`.
    noise: Vec<Array2<f64>>,
    /// Rows to keep of each seed, `[N]`.
    keep_quarter_dropped: Vec<Vec<bool>>,
    keep_half_dropped: Vec<Vec<bool>>,
}

/// The fields of a system in `systems.json` that the protocol needs.
#[derive(Debug, Deserialize)]
pub(super) struct SystemEntry {
    pub(super) id: u32,
    name: String,
    dim: usize,
    variables: Vec<String>,
    rhs_numeric: Vec<String>,
    klass: String,
    in_library: InLibrary,
    initial_conditions: InitialConditions,
}

#[derive(Debug, Deserialize)]
struct InLibrary {
    poly3: bool,
}

#[derive(Debug, Deserialize)]
struct InitialConditions {
    a: Vec<f64>,
    b: Vec<f64>,
}

impl System {
    /// Reads the arrays of an entry and checks them against it.
    pub(super) fn read(entry: SystemEntry, times: &[f64], archive: &mut Archive) -> Result<Self, BenchmarkError> {
        let SystemEntry { id, name, dim, variables, rhs_numeric, klass, in_library, initial_conditions } = entry;
        let lengths = [
            ("variables", variables.len()),
            ("rhs_numeric", rhs_numeric.len()),
            ("initial_conditions.a", initial_conditions.a.len()),
            ("initial_conditions.b", initial_conditions.b.len()),
        ];
        for (field, found) in lengths {
            if found != dim || dim == 0 {
                let (expected, found) = (format!("{dim} entries"), found.to_string());
                return Err(BenchmarkError::Field { system: id, field, expected, found });
            }
        }
        let truth = if in_library.poly3 {
            let expand = |(equation, text): (usize, &String)| {
                Polynomial::expand(text, &variables).map_err(|source| BenchmarkError::Truth {
                    system: id,
                    equation,
                    source,
                })
            };
            Some(rhs_numeric.iter().enumerate().map(expand).collect::<Result<_, _>>()?)
        } else {
            None
        };
        let shape = (times.len(), dim);
        let starts = [
            Corruptions::read(id, Start::A, initial_conditions.a, shape, archive)?,
            Corruptions::read(id, Start::B, initial_conditions.b, shape, archive)?,
        ];
        Ok(Self { id, name, variables, class: klass, truth, times: times.to_vec(), starts })
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.variables.len()
    }

    /// The times of both trajectories, `[N]`.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The true initial value, `[D]`.
    pub fn initial(&self, start: Start) -> &[f64] {
        &self.corruptions(start).initial
    }

    /// The trajectory without noise, `[N, D]`.
    pub fn clean(&self, start: Start) -> &Array2<f64> {
        &self.corruptions(start).clean
    }

    /// The trajectory that is fitted: `x (1 + σ z)` on the rows that are kept.
    ///
    /// It is exactly what [`read_csv`](mechnn::data::read_csv) gives back from [`Dataset::write_csv`] of it in the
    /// file `{name}.csv`.
    ///
    /// # Errors
    /// [`BenchmarkError::Seed`] if the folder has no such seed, [`BenchmarkError::Data`] if fewer than two rows are
    /// left.
    pub fn corrupted(&self, start: Start, condition: Condition) -> Result<Dataset, BenchmarkError> {
        let seed_of =
            |what, available: usize| BenchmarkError::Seed { system: self.id, what, seed: condition.seed, available };
        let corruptions = self.corruptions(start);
        let seed = condition.seed as usize;
        let mut values = corruptions.clean.clone();
        if condition.noise > 0.0 {
            let noise = &corruptions.noise;
            let z = noise.get(seed).ok_or_else(|| seed_of("noise", noise.len()))?;
            values.zip_mut_with(z, |x, z| *x *= 1.0 + condition.noise * z);
        }
        let masks = match condition.drop {
            Drop::None => None,
            Drop::Quarter => Some(&corruptions.keep_quarter_dropped),
            Drop::Half => Some(&corruptions.keep_half_dropped),
        };
        let kept: Vec<usize> = match masks {
            None => (0..self.times.len()).collect(),
            Some(masks) => {
                let keep = masks.get(seed).ok_or_else(|| seed_of("mask", masks.len()))?;
                (0..self.times.len()).filter(|&row| keep[row]).collect()
            }
        };
        let times = kept.iter().map(|&row| self.times[row]).collect();
        let values = values.select(ndarray::Axis(0), &kept);
        let data = |source| BenchmarkError::Data { system: self.id, source };
        let trajectory = Trajectory::new(self.training_name(start, condition), times, values).map_err(data)?;
        Dataset::new("t", self.variables.clone(), vec![trajectory]).map_err(data)
    }

    /// Name of a corrupted trajectory and stem of its file: `07_a_noise0.05_drop0.5_seed0`.
    pub fn training_name(&self, start: Start, condition: Condition) -> String {
        format!("{:02}_{start}_{}", self.id, condition.file_name())
    }

    fn corruptions(&self, start: Start) -> &Corruptions {
        match start {
            Start::A => &self.starts[0],
            Start::B => &self.starts[1],
        }
    }
}

impl Corruptions {
    fn read(
        id: u32,
        start: Start,
        initial: Vec<f64>,
        (points, dims): (usize, usize),
        archive: &mut Archive,
    ) -> Result<Self, BenchmarkError> {
        let name = format!("{id:02}_{start}");
        let matrix = |archive: &mut Archive, name: &str| match archive.numbers(name)? {
            Some(values) if values.dim() != (points, dims) => {
                let (rows, columns) = values.dim();
                Err(archive.wrong(name, &format!("{points} x {dims} numbers"), format!("{rows} x {columns}")))
            }
            found => Ok(found),
        };
        let clean = matrix(archive, &name)?.ok_or_else(|| archive.missing(&name))?;
        let mut noise = Vec::new();
        while let Some(z) = matrix(archive, &format!("{name}_z{}", noise.len()))? {
            noise.push(z);
        }
        let masks = |archive: &mut Archive, percent: u32| {
            let mut masks = Vec::new();
            loop {
                let array = format!("{name}_keep{percent}_{}", masks.len());
                match archive.mask(&array)? {
                    None => return Ok(masks),
                    Some(keep) if keep.len() == points => masks.push(keep),
                    Some(keep) => {
                        let found = keep.len().to_string();
                        return Err(archive.wrong(&array, &format!("{points} truth values"), found));
                    }
                }
            }
        };
        let (keep_quarter_dropped, keep_half_dropped) = (masks(archive, 25)?, masks(archive, 50)?);
        Ok(Self { initial, clean, noise, keep_quarter_dropped, keep_half_dropped })
    }
}

/// Reads the list of systems.
pub(super) fn read_entries(path: &Path) -> Result<Vec<SystemEntry>, BenchmarkError> {
    #[derive(Deserialize)]
    struct Document {
        systems: Vec<SystemEntry>,
    }
    let text = std::fs::read_to_string(path).map_err(|source| BenchmarkError::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    let document: Document =
        serde_json::from_str(&text).map_err(|source| BenchmarkError::Systems { path: path.to_owned(), source })?;
    Ok(document.systems)
}
