//! How a model is integrated.

use ndarray::ArrayView2;

/// Largest number of states that can be integrated.
pub(super) const MAX_DIMS: usize = 64;

/// Tolerances that double precision and both methods can hold.
pub(super) const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-13..=0.1;

/// How a model is integrated.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `scale` | required | typical magnitude of each state, `[D]`, in its unit |
/// | `relative_tolerance` | 1e-8 | local error relative to the state, or to 1 % of its scale where it is smaller |
/// | `divergence_factor` | 1e6 | a state beyond this many scales has diverged |
/// | `max_steps` | 50 000 | steps of each of the two methods before the simulation gives up |
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationOptions {
    /// Typical magnitude of each state, `[D]`; entries that are not positive and finite count as 1.
    pub scale: Vec<f64>,
    /// Tolerated local error relative to the state, 1e-13 to 0.1.
    pub relative_tolerance: f64,
    /// How many scales are too far.
    pub divergence_factor: f64,
    /// Step budget of each method; a step costs about 15 evaluations.
    pub max_steps: usize,
}

impl SimulationOptions {
    /// Largest number of states that can be integrated.
    pub const MAX_STATES: usize = MAX_DIMS;

    /// The defaults, with the typical magnitude of each state.
    pub fn new(scale: Vec<f64>) -> Self {
        Self { scale, relative_tolerance: 1e-8, divergence_factor: 1e6, max_steps: 50_000 }
    }

    /// The defaults, with the largest magnitude of each column of `values`, `[N, D]`, as scale; NaN is skipped.
    pub fn for_data(values: ArrayView2<'_, f64>) -> Self {
        let largest = |column: ndarray::ArrayView1<'_, f64>| column.iter().fold(0.0f64, |max, x| max.max(x.abs()));
        Self::new(values.columns().into_iter().map(largest).collect())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::SimulationOptions;

    #[test]
    fn the_scale_is_the_largest_magnitude_that_was_measured() {
        let options = SimulationOptions::for_data(array![[1.0, f64::NAN], [-3.0, f64::NAN]].view());
        assert_eq!(options.scale, [3.0, 0.0]);
    }
}
