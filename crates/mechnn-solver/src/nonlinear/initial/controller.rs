//! The length of the next step.

/// Step control by the estimated error, `h <- 0.9 h error^(-1/(s+1))`, with Gustafsson's prediction from the trend of
/// the last two steps (Hairer & Wanner II, section IV.8).
pub(super) struct Controller {
    exponent: f64,
    /// Length and error of the last accepted step.
    last: Option<(f64, f64)>,
}

const SAFETY: f64 = 0.9;
const MIN_FACTOR: f64 = 0.2;
const MAX_FACTOR: f64 = 8.0;

/// Errors below this are taken as this: what is rounding must not stretch the step without limit.
const MIN_ERROR: f64 = 1e-6;

impl Controller {
    pub(super) fn new(stages: usize) -> Self {
        Self { exponent: 1.0 / (stages + 1) as f64, last: None }
    }

    /// The step after an accepted one.
    pub(super) fn after_accepted(&mut self, h: f64, error: f64) -> f64 {
        let error = error.max(MIN_ERROR);
        let mut factor = SAFETY * error.powf(-self.exponent);
        if let Some((last_h, last_error)) = self.last {
            let trend = SAFETY * h / last_h * (last_error / (error * error)).powf(self.exponent);
            factor = factor.min(trend);
        }
        self.last = Some((h, error));
        h * factor.clamp(MIN_FACTOR, MAX_FACTOR)
    }

    /// The step after one with too large an error.
    pub(super) fn after_rejected(&self, h: f64, error: f64) -> f64 {
        h * (SAFETY * error.powf(-self.exponent)).clamp(MIN_FACTOR, SAFETY)
    }
}

#[cfg(test)]
mod tests {
    use super::{Controller, MAX_FACTOR, MIN_FACTOR, SAFETY};

    #[test]
    fn steps_follow_the_error_within_limits() {
        let mut controller = Controller::new(3);
        // h error^(-1/4): an error of 2^-4 lets the step double, less the safety.
        assert!((controller.after_accepted(0.5, 1.0 / 16.0) - 0.5 * 2.0 * SAFETY).abs() < 1e-15);
        assert!((controller.after_rejected(0.5, 16.0) - 0.5 * 0.5 * SAFETY).abs() < 1e-15);
        assert_eq!(controller.after_rejected(1.0, f64::INFINITY), MIN_FACTOR);
        assert_eq!(Controller::new(3).after_accepted(1.0, 0.0), MAX_FACTOR);
    }

    #[test]
    fn a_growing_error_is_met_by_a_shorter_step_than_its_size_asks_for() {
        let (mut first, mut second) = (Controller::new(3), Controller::new(3));
        second.after_accepted(1.0, 0.01);
        assert!(second.after_accepted(1.0, 0.5) < first.after_accepted(1.0, 0.5));
    }
}
