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
