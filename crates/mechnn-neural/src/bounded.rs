//! Positive, bounded numbers from unbounded ones.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// An interval of positive numbers, reached by
///
/// $$ h(z) = low \cdot (high / low)^{\sigma(z)}, \qquad dh/dz = h\,\ln(high / low)\,\sigma(z)(1 - \sigma(z)) $$
///
/// Every real z gives a number between the bounds; equal changes of z are equal ratios of h in the middle of the
/// interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PositiveBounds {
    /// Lower bound, positive.
    pub low: f64,
    /// Upper bound, above the lower.
    pub high: f64,
}

impl PositiveBounds {
    /// h(z)
    pub fn transform<const RANK: usize>(self, z: Tensor<RANK>) -> Tensor<RANK> {
        (activation::sigmoid(z) * (self.high / self.low).ln() + self.low.ln()).exp()
    }

    /// The z with h(z) = `value`; a value outside is moved into the interval by 1e-3 of its logarithmic width.
    pub fn inverse(self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        let share = share.clamp(1e-3, 1.0 - 1e-3);
        (share / (1.0 - share)).ln()
    }
}
