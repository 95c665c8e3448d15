//! Results of several seeds.

use serde::{Deserialize, Serialize};

/// Median and extremes of a number over several seeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Smallest.
    pub least: f64,
    /// Median; the mean of the two middle ones for an even count.
    pub median: f64,
    /// Largest.
    pub greatest: f64,
    /// The values in the order of the seeds.
    pub values: Vec<f64>,
}

impl Spread {
    /// Of values in the order of the seeds; absent without any. NaN counts as largest.
    pub fn of(values: Vec<f64>) -> Option<Self> {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let (&least, &greatest) = (sorted.first()?, sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) };
        Some(Self { least, median, greatest, values })
    }
}
