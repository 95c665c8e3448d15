//! A folder in the layout of ODEBench.

use std::collections::HashSet;
use std::path::Path;
use std::str::FromStr;

use super::archive::Archive;
use super::system::{System, read_entries};
use super::{BenchmarkError, Condition, Run, Start};

/// The systems of a folder: `systems.json` beside `trajectories.npz`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OdeBench {
    /// The systems, in the order of their ids.
    pub systems: Vec<System>,
}

/// A fixed random half of the systems, so that constants can be chosen on one half and checked on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The half to choose on, the larger one of an odd number.
    First,
    /// The half to check on.
    Second,
    /// Both.
    All,
}

/// Decides the halves; fixed before anything was measured.
const HALF_SEED: u64 = 1;

impl OdeBench {
    /// Reads a folder. Its trajectories, noise and masks are all in memory afterwards.
    ///
    /// # Errors
    /// [`BenchmarkError`] if a file is missing or damaged, or a field or an array does not fit the others.
    pub fn open(folder: &Path) -> Result<Self, BenchmarkError> {
        let entries = read_entries(&folder.join("systems.json"))?;
        let mut archive = Archive::open(&folder.join("trajectories.npz"))?;
        let times = archive.numbers("t")?.ok_or_else(|| archive.missing("t"))?;
        let times: Vec<f64> = times.into_iter().collect();
        if times.len() < 2 || times.windows(2).any(|pair| pair[1] <= pair[0]) {
            let found = format!("{} numbers", times.len());
            return Err(archive.wrong("t", "two or more increasing times", found));
        }
        let mut seen = HashSet::new();
        let mut systems = Vec::with_capacity(entries.len());
        for entry in entries {
            if !seen.insert(entry.id) {
                let (expected, found) = ("an id of its own".to_owned(), "that of another system".to_owned());
                return Err(BenchmarkError::Field { system: entry.id, field: "id", expected, found });
            }
            systems.push(System::read(entry, &times, &mut archive)?);
        }
        systems.sort_by_key(|system| system.id);
        Ok(Self { systems })
    }

    /// The ids of a half: those whose hashes are the smaller (or larger) half of all.
    ///
    /// The hash is SplitMix64 of the seed 1 and the id, so the order of the systems does not matter.
    pub fn half(&self, half: Half) -> Vec<u32> {
        let mut ids: Vec<u32> = self.systems.iter().map(|system| system.id).collect();
        ids.sort_by_key(|&id| split_mix(HALF_SEED << 32 | u64::from(id)));
        let second = ids.split_off(ids.len().div_ceil(2));
        let mut ids = match half {
            Half::First => ids,
            Half::Second => second,
            Half::All => [ids, second].concat(),
        };
        ids.sort_unstable();
        ids
    }

    /// One run for each system, start and condition.
    ///
    /// # Errors
    /// [`BenchmarkError::UnknownSystem`], and what [`System::corrupted`] may say: the runs themselves cannot meet it.
    pub fn runs(&self, ids: &[u32], starts: &[Start], conditions: &[Condition]) -> Result<Vec<Run>, BenchmarkError> {
        let mut runs = Vec::new();
        for &condition in conditions {
            for &id in ids {
                let system = self.system(id)?;
                for &start in starts {
                    system.corrupted(start, condition)?;
                    runs.push(Run { system: id, start, condition });
                }
            }
        }
        Ok(runs)
    }

    /// The system of this id.
    ///
    /// # Errors
    /// [`BenchmarkError::UnknownSystem`].
    pub fn system(&self, id: u32) -> Result<&System, BenchmarkError> {
        self.systems.iter().find(|system| system.id == id).ok_or(BenchmarkError::UnknownSystem { id })
    }
}

/// One step of SplitMix64 from a state (Steele, Lea, Flood, OOPSLA 2014).
fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl FromStr for Half {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "first" => Ok(Self::First),
            "second" => Ok(Self::Second),
            "all" => Ok(Self::All),
            _ => Err("expected first, second or all".to_owned()),
        }
    }
}
