//! Columns whose values are not what a smooth quantity has.

use serde::Serialize;

/// What is unusual about the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Peculiarity {
    /// One value everywhere: nothing can be learnt of how it changes.
    Constant {
        /// The value.
        value: f64,
    },
    /// Few different values, each held for many rows: an input that is switched, or a display with few digits.
    Staircase {
        /// Different values.
        levels: usize,
        /// Times at which the value changes.
        changes: usize,
    },
    /// All values are whole numbers: counts, or rounded.
    Integers,
    /// Values lie on steps that are not much smaller than the range: rounded by the instrument.
    Rounded {
        /// The step.
        step: f64,
    },
}

/// Fewer values say nothing of steps.
const FEWEST: usize = 12;

/// A staircase keeps each value for this many rows on average.
const ROWS_OF_A_STEP: usize = 4;

/// More steps than this between the smallest and the largest value are fine.
const FEW_STEPS: f64 = 100.0;

/// What is unusual about the values that were measured, in the order of time, over all trajectories.
pub(super) fn peculiarities(series: &[Vec<f64>]) -> Vec<Peculiarity> {
    let values: Vec<f64> = series.iter().flatten().copied().collect();
    let mut levels = values.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let (Some(&lowest), Some(&highest)) = (levels.first(), levels.last()) else { return Vec::new() };
    if levels.len() == 1 {
        return if values.len() > 1 { vec![Peculiarity::Constant { value: lowest }] } else { Vec::new() };
    }
    let mut found = Vec::new();
    let changes = series.iter().flat_map(|values| values.windows(2)).filter(|pair| pair[0] != pair[1]).count();
    if values.len() >= FEWEST && changes > 0 && values.len() >= ROWS_OF_A_STEP * (changes + series.len()) {
        found.push(Peculiarity::Staircase { levels: levels.len(), changes });
    }
    if values.iter().all(|value| value.fract() == 0.0) {
        found.push(Peculiarity::Integers);
    } else if values.len() >= FEWEST
        && let Some(step) = common_step(&levels)
        && (highest - lowest) / step < FEW_STEPS
    {
        found.push(Peculiarity::Rounded { step });
    }
    found
}

/// The step of which all differences of sorted levels are multiples, if it is a round number: 0.1, 0.2, 0.5, 0.01, ..
fn common_step(levels: &[f64]) -> Option<f64> {
    let smallest = levels.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let power = 10f64.powi(smallest.log10().floor() as i32);
    let round = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = round.into_iter().find(|step| (smallest / step - 1.0).abs() < 1e-6)?;
    let is_multiple = |level: &f64| {
        let steps = (level - levels[0]) / step;
        (steps - steps.round()).abs() < 1e-4
    };
    levels.iter().all(is_multiple).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::{Peculiarity, peculiarities};

    #[test]
    fn unusual_columns_are_told_from_usual_ones() {
        let of = |value: fn(usize) -> f64| peculiarities(&[(0..60).map(value).collect()]);
        assert_eq!(of(|_| 2.5), [Peculiarity::Constant { value: 2.5 }]);
        assert_eq!(of(|i| (i * i % 97) as f64), [Peculiarity::Integers]);
        let steps = of(|i| 0.31 * (i / 20) as f64);
        assert_eq!(steps, [Peculiarity::Staircase { levels: 3, changes: 2 }]);
        let rounded = of(|i| (10.0 * (0.3 * i as f64).sin()).round() / 10.0);
        assert!(matches!(rounded[..], [Peculiarity::Rounded { step }] if (step - 0.1).abs() < 1e-9), "{rounded:?}");
        assert_eq!(of(|i| (0.3 * i as f64).sin()), []);
        assert_eq!(peculiarities(&[vec![1.5]]), []);
        assert_eq!(peculiarities(&[]), []);
    }
}
