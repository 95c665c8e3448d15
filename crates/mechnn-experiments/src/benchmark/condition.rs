//! How a trajectory is corrupted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::BenchmarkError;

/// How a trajectory is corrupted before it is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// σ of the multiplicative noise `x (1 + σ z)`; not negative.
    pub noise: f64,
    /// Part of the rows that is dropped.
    pub drop: Drop,
    /// Which of the folder's noise matrices and masks.
    pub seed: u32,
}

/// Part of the rows that is dropped; the masks are part of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub enum Drop {
    /// All rows are kept.
    None,
    /// A quarter is dropped.
    Quarter,
    /// Half are dropped.
    Half,
}

impl Condition {
    /// A checked condition.
    ///
    /// # Errors
    /// [`BenchmarkError::Noise`].
    pub fn new(noise: f64, drop: Drop, seed: u32) -> Result<Self, BenchmarkError> {
        let good = noise >= 0.0 && noise.is_finite();
        if good { Ok(Self { noise, drop, seed }) } else { Err(BenchmarkError::Noise { found: noise }) }
    }

    /// A name for files: `noise0.05_drop0.5_seed0`.
    pub fn file_name(&self) -> String {
        format!("noise{}_drop{}_seed{}", self.noise, f64::from(self.drop), self.seed)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 0.07 percent would otherwise be 0.07000000000000001.
        let percent = (1e10 * self.noise).round() / 1e8;
        write!(f, "{percent} % noise, {} % dropped, seed {}", 100.0 * f64::from(self.drop), self.seed)
    }
}

impl From<Drop> for f64 {
    fn from(drop: Drop) -> Self {
        match drop {
            Drop::None => 0.0,
            Drop::Quarter => 0.25,
            Drop::Half => 0.5,
        }
    }
}

impl TryFrom<f64> for Drop {
    type Error = BenchmarkError;

    fn try_from(part: f64) -> Result<Self, BenchmarkError> {
        let known = [Self::None, Self::Quarter, Self::Half];
        let found = known.into_iter().find(|&drop| f64::from(drop) == part);
        found.ok_or_else(|| BenchmarkError::Drop { found: part.to_string() })
    }
}

impl FromStr for Drop {
    type Err = BenchmarkError;

    fn from_str(text: &str) -> Result<Self, BenchmarkError> {
        let wrong = || BenchmarkError::Drop { found: text.to_owned() };
        text.trim().parse::<f64>().map_err(|_| wrong())?.try_into().map_err(|_| wrong())
    }
}
