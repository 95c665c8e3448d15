//! Columns whose values are not what a smooth quantity has.

use serde::Serialize;

/// What is peculiar about the values of a column, and matters for what can be found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Peculiarity {
    /// The same value in every row: nothing is known of what would change it, and terms with it are multiples of
    /// terms without it.
    Constant {
        /// That value.
        value: f64,
    },
    /// The same value in many rows, then another one: it was measured less often than the rows are, or with a coarse
    /// instrument, or somebody set it.
    Staircase {
        /// Number of different values one after another.
        levels: usize,
        /// Number of values.
        values: usize,
    },
    /// Whole numbers only: counts, or rounded values.
    WholeNumbers,
    /// Values lie on steps that are not much smaller than the range: rounded by the instrument.
    Rounded {
        /// The step.
        step: f64,
    },
}

/// A column is a staircase if so many of its values on average are the same one after another.
const ROWS_OF_A_STEP: f64 = 3.0;

/// With fewer values nothing but a constant is peculiar.
const FEWEST: usize = 10;

/// Whole numbers of this size are fine enough.
const FINE: f64 = 1000.0;

/// More steps than this between the smallest and the largest value are fine.
const FEW_STEPS: f64 = 100.0;

impl Peculiarity {
    /// What is peculiar about the values that were measured, in the order of time, one list for each trajectory.
    pub(crate) fn of(trajectories: &[Vec<f64>]) -> Option<Self> {
        let mut sorted: Vec<f64> = trajectories.iter().flatten().copied().collect();
        let count = sorted.len();
        sorted.sort_by(f64::total_cmp);
        let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else { return None };
        if lowest == highest {
            return (count > 1).then_some(Self::Constant { value: lowest });
        }
        if count < FEWEST {
            return None;
        }
        let runs = || trajectories.iter().flat_map(|own| own.chunk_by(|a, b| a == b));
        // A state that comes to rest is no staircase: its levels are of very different length.
        let (levels, longest) = runs().fold((0, 0), |(levels, longest), run| (levels + 1, run.len().max(longest)));
        if count as f64 >= ROWS_OF_A_STEP * levels as f64 && 2 * longest <= count && levels > 3 {
            return Some(Self::Staircase { levels, values: count });
        }
        if sorted.iter().all(|y| y.fract() == 0.0) {
            return (lowest.abs().max(highest.abs()) < FINE).then_some(Self::WholeNumbers);
        }
        let step = common_step(&sorted)?;
        ((highest - lowest) / step < FEW_STEPS).then_some(Self::Rounded { step })
    }
}

/// The step of which all differences of sorted values are multiples, if it is a round number: 0.1, 0.2, 0.5, 0.01, ..
fn common_step(sorted: &[f64]) -> Option<f64> {
    let differences = sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|difference| *difference > 0.0);
    let smallest = differences.fold(f64::INFINITY, f64::min);
    let power = 10f64.powi(smallest.log10().floor() as i32);
    let round = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = round.into_iter().find(|step| (smallest / step - 1.0).abs() < 1e-6)?;
    let is_multiple = |value: &f64| {
        let steps = (value - sorted[0]) / step;
        (steps - steps.round()).abs() < 1e-4
    };
    sorted.iter().all(is_multiple).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::Peculiarity;

    fn of(value: fn(f64) -> f64) -> Option<Peculiarity> {
        Peculiarity::of(&[(0..60).map(|i| value(0.1 * f64::from(i))).collect()])
    }

    #[test]
    fn peculiar_columns_are_told_from_usual_ones() {
        assert_eq!(of(|_| 7.2), Some(Peculiarity::Constant { value: 7.2 }));
        assert_eq!(of(|t| (2.0 * t).floor() + 0.5), Some(Peculiarity::Staircase { levels: 12, values: 60 }));
        assert_eq!(of(|t| (100.0 * t.sin()).round()), Some(Peculiarity::WholeNumbers));
        let rounded = of(|t| (10.0 * (3.0 * t).sin()).round() / 10.0);
        assert!(matches!(rounded, Some(Peculiarity::Rounded { step }) if (step - 0.1).abs() < 1e-9), "{rounded:?}");
        assert_eq!(of(f64::sin), None);
        // At rest after a while.
        assert_eq!(of(|t| if t < 1.0 { 2.0 - t.sin() } else { 1.0 }), None);
        assert_eq!((Peculiarity::of(&[vec![1.5]]), Peculiarity::of(&[])), (None, None));
    }
}
