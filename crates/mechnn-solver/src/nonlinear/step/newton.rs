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
