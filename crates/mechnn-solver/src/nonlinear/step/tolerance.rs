//! How accurate a solution shall be.

use crate::nonlinear::error::NonlinearError;

/// The error to aim at, `absolute_d + relative |x_d|` in every dimension d, step by step.
///
/// Step control bounds an estimate of lower order than the solution, see `docs/src/concepts/nonlinear.md`: the local
/// error of a smooth step is then far below the tolerance, that of a step where stiffness reduces the order may be up
/// to about `0.04 relative^-0.4` tolerances (10 at 1e-6). The error of the solution is that times what the problem
/// makes of it: below the tolerance for problems that forget, exponentially growing with the horizon for chaotic ones.
///
/// `absolute` must be small against the values of a state that still matter. Robertson's reaction, whose second
/// species stays below 4e-5, is solved to time 1e11 with an absolute tolerance of 1e-9; with 1e-8 that species may
/// turn negative within the tolerance, from where the exact solution runs away to -2e7.
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `relative` | 1e-6 | part of the magnitude of a state | 1e-13 to 0.1 |
/// | `absolute` | `[1e-9]` | where a state is near zero, in its unit | positive, finite; length 1 (shared) or D |
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// Part of the magnitude.
    pub relative: f64,
    /// In the states' units, `[1 | D]`.
    pub absolute: Vec<f64>,
}

impl Tolerance {
    /// The same absolute tolerance for every dimension.
    pub fn new(relative: f64, absolute: f64) -> Self {
        Self { relative, absolute: vec![absolute] }
    }

    pub(crate) fn check(&self, dims: usize) -> Result<(), NonlinearError> {
        if !(1e-13..=0.1).contains(&self.relative) {
            let (name, expected) = ("tolerance.relative", "1e-13 to 0.1");
            return Err(NonlinearError::Setting { name, value: self.relative, expected });
        }
        if self.absolute.len() != 1 && self.absolute.len() != dims {
            let expected = format!("1 or {dims}");
            let found = self.absolute.len();
            return Err(NonlinearError::shape("tolerance.absolute", 0, "dimensions", expected, found));
        }
        match self.absolute.iter().find(|absolute| !(absolute.is_finite() && **absolute > 0.0)) {
            Some(&value) => {
                Err(NonlinearError::Setting { name: "tolerance.absolute", value, expected: "positive and finite" })
            }
            None => Ok(()),
        }
    }

    /// The accepted error of dimension `d` where its magnitude is `magnitude`.
    pub(crate) fn of(&self, d: usize, magnitude: f64) -> f64 {
        let absolute = if self.absolute.len() == 1 { self.absolute[0] } else { self.absolute[d] };
        absolute + self.relative * magnitude
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::new(1e-6, 1e-9)
    }
}
