//! When Newton's method is done, and when it is hopeless.

use super::failure::Failure;

/// Settings of Newton's method. Corrections are measured in units of the tolerance, so no scale enters.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `tolerance` | 1e-3 | remaining error of the collocation equations' solution, as part of the tolerance |
/// | `max_iterations` | 12 | per window |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newton {
    /// Part of the error tolerance.
    pub tolerance: f64,
    /// Linear solves per window.
    pub max_iterations: usize,
}

impl Default for Newton {
    fn default() -> Self {
        Self { tolerance: 1e-3, max_iterations: 12 }
    }
}

/// Corrections no smaller than this many roundings of the state are rounding.
const ROUNDINGS: f64 = 10.0;

/// Corrections that stagnate by rounding are accepted below this part of the tolerance.
const STAGNATION: f64 = 0.03;

/// The corrections so far.
pub(crate) struct Progress {
    sufficient: f64,
    left: usize,
    /// Largest growth of the correction that may still turn into convergence.
    growth: f64,
    last: Option<f64>,
}

impl Newton {
    pub(crate) fn begin(&self, steps: usize, relative_tolerance: f64) -> Progress {
        Progress {
            sufficient: self.tolerance.max(ROUNDINGS * f64::EPSILON / relative_tolerance),
            left: self.max_iterations,
            // Over several steps the first corrections travel forward and may grow before they fall.
            growth: if steps == 1 { 1.0 } else { 4.0 },
            last: None,
        }
    }
}

impl Progress {
    /// Takes note of a correction of this size, in units of the tolerance.
    pub(crate) fn is_converged(&mut self, size: f64) -> Result<bool, Failure> {
        if !size.is_finite() {
            return Err(Failure::NotFinite);
        }
        self.left -= usize::from(self.left > 0);
        let last = self.last.replace(size);
        if size <= self.sufficient {
            return Ok(true);
        }
        if let Some(last) = last {
            let rate = size / last;
            // With contraction by `rate` the corrections still to come sum up to this; quadratic convergence only
            // helps.
            if rate < 1.0 && size * rate / (1.0 - rate) <= self.sufficient {
                return Ok(true);
            }
            if rate > 0.1 && size <= STAGNATION {
                return Ok(true);
            }
            if rate > self.growth {
                return Err(Failure::NoContraction);
            }
        }
        if self.left == 0 {
            return Err(Failure::NoContraction);
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, Newton};

    fn outcome(steps: usize, sizes: &[f64]) -> Result<bool, Failure> {
        let mut progress = Newton { tolerance: 1e-3, max_iterations: 4 }.begin(steps, 1e-6);
        sizes.iter().try_fold(false, |_, size| progress.is_converged(*size))
    }

    #[test]
    fn small_or_soon_small_corrections_are_convergence() {
        assert_eq!(outcome(1, &[1e-4]), Ok(true));
        assert_eq!(outcome(1, &[1.0]), Ok(false));
        // Contraction by 1e-2 leaves 1e-2 * 1e-2 / (1 - 1e-2) < 1e-3.
        assert_eq!(outcome(1, &[1.0, 1e-2]), Ok(true));
    }

    #[test]
    fn growth_a_spent_budget_and_numbers_that_are_not_finite_are_failures() {
        assert_eq!(outcome(1, &[1.0, 2.0]), Err(Failure::NoContraction));
        assert_eq!(outcome(2, &[1.0, 2.0]), Ok(false), "over several steps corrections may grow at first");
        assert_eq!(outcome(1, &[1.0, 0.9, 0.8, 0.7]), Err(Failure::NoContraction));
        assert_eq!(outcome(1, &[f64::NAN]), Err(Failure::NotFinite));
    }
}
