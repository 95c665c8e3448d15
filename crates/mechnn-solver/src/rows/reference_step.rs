//! The factor of an interval's rows on unequal steps.

use crate::problem::Scheme;

/// Multiplies the rows of an interval of step h by `(r / h)^p`, with the reference step r one number per batch
/// element:
///
/// `r^(-2p) = mean of h^(-2p)` over all intervals and clocks, so that the mean of the squared factors is 1
///
/// `p = k + 1/2` for the integrated Wiener process (k the highest order): the ratio of two intervals is that of the
/// prior, and on equal steps every factor is 1. `p = 0`, factor 1, for all other schemes, whose papers do not weigh
/// intervals.
///
/// Why not the factor of the prior itself, `h^-p`: it has a unit, and halving all steps would make the equations
/// softer relative to the smoothness rows by `2^p`. Why not 1: see the measurement in `docs/src/concepts/schemes.md`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReferenceStep {
    /// p
    exponent: f64,
    /// r
    step: f64,
    /// Steps in the mean.
    count: f64,
}

impl ReferenceStep {
    /// `steps`: every stored step of one batch element; a broadcast axis does not change the mean.
    pub(crate) fn new(scheme: Scheme, orders: usize, steps: &[f64]) -> Self {
        let exponent = match scheme {
            Scheme::IntegratedWiener => orders as f64 - 0.5,
            Scheme::Taylor
            | Scheme::TaylorCentral
            | Scheme::RelaxedLp { .. }
            | Scheme::Pade
            | Scheme::Collocation { .. } => 0.0,
        };
        let count = steps.len() as f64;
        if exponent == 0.0 {
            return Self { exponent, step: 1.0, count };
        }
        // Relative to the smallest step the powers neither overflow nor sum to zero.
        let smallest = steps.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = steps.iter().map(|h| (smallest / h).powf(2.0 * exponent)).sum::<f64>() / count;
        Self { exponent, step: smallest * mean.powf(-0.5 / exponent), count }
    }

    /// r; 1 where the factor is 1 for every interval.
    pub(crate) fn step(&self) -> f64 {
        self.step
    }

    /// `(r / h)^p`
    pub(crate) fn factor(&self, h: f64) -> f64 {
        if self.exponent == 0.0 { 1.0 } else { (self.step / h).powf(self.exponent) }
    }

    /// `d ln (r / h)^p / dh` of an interval's own step, r held fixed.
    pub(crate) fn own_slope(&self, h: f64) -> f64 {
        if self.exponent == 0.0 { 0.0 } else { -self.exponent / h }
    }

    /// `d ln r^p / dh = p (r / h)^(2p) / (count h)`: what one step does to all intervals.
    pub(crate) fn shared_slope(&self, h: f64) -> f64 {
        if self.exponent == 0.0 { 0.0 } else { self.exponent * self.factor(h).powi(2) / (self.count * h) }
    }
}

#[cfg(test)]
mod tests {
    use super::ReferenceStep;
    use crate::problem::Scheme;

    #[test]
    fn the_mean_of_the_squared_factors_is_one_however_the_steps_are_scaled() {
        for scale in [1e-3, 1.0, 1e3] {
            let steps = [0.1, 0.4, 0.2].map(|h| scale * h);
            let reference = ReferenceStep::new(Scheme::IntegratedWiener, 4, &steps);
            let mean = steps.iter().map(|&h| reference.factor(h).powi(2)).sum::<f64>() / 3.0;
            assert!((mean - 1.0).abs() < 1e-13, "{mean}");
            assert_eq!(ReferenceStep::new(Scheme::Taylor, 4, &steps).factor(steps[0]), 1.0);
        }
    }

    #[test]
    fn slopes_are_those_of_the_logarithm() {
        let factor = |steps: &[f64], h: f64| ReferenceStep::new(Scheme::IntegratedWiener, 3, steps).factor(h).ln();
        let (steps, change) = ([0.3, 0.5], 1e-6);
        let reference = ReferenceStep::new(Scheme::IntegratedWiener, 3, &steps);
        let own = (factor(&steps, 0.3 + change) - factor(&steps, 0.3 - change)) / (2.0 * change);
        assert!((own - reference.own_slope(0.3)).abs() < 1e-7, "{own}");
        let shared = (factor(&[0.3 + change, 0.5], 0.5) - factor(&[0.3 - change, 0.5], 0.5)) / (2.0 * change);
        assert!((shared - reference.shared_slope(0.3)).abs() < 1e-7, "{shared}");
    }
}
