//! Bounds of a parameter, as a smooth map from the whole line.

/// The values a parameter may take, and the coordinate u in which it is estimated without bounds.
///
/// | bounds | value | u |
/// |---|---|---|
/// | none | scale u | value / scale |
/// | below: a | a + exp(u) | log(value - a) |
/// | above: b | b - exp(u) | log(b - value) |
/// | both | a + (b - a)/(1 + exp(-u)) | log((value - a)/(b - value)) |
///
/// A value on a bound is an infinite u: it is approached, not reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// Any value; `scale` is what counts as a large change.
    Free {
        /// In the parameter's unit, positive.
        scale: f64,
    },
    /// Above a bound.
    Above(f64),
    /// Below a bound.
    Below(f64),
    /// Between two.
    Between(f64, f64),
}

/// exp(u) beyond this is no longer a sensible value, and further on none at all.
const LARGEST: f64 = 300.0;

impl Bounds {
    /// Whether `value` is strictly inside.
    pub fn contain(self, value: f64) -> bool {
        match self {
            Self::Free { .. } => value.is_finite(),
            Self::Above(a) => value > a && value.is_finite(),
            Self::Below(b) => value < b && value.is_finite(),
            Self::Between(a, b) => value > a && value < b,
        }
    }

    /// u of a value inside.
    pub fn coordinate(self, value: f64) -> f64 {
        match self {
            Self::Free { scale } => value / scale,
            Self::Above(a) => (value - a).ln(),
            Self::Below(b) => (b - value).ln(),
            Self::Between(a, b) => ((value - a) / (b - value)).ln(),
        }
    }

    /// The value at u.
    pub fn value(self, u: f64) -> f64 {
        match self {
            Self::Free { scale } => scale * u,
            Self::Above(a) => a + u.clamp(-LARGEST, LARGEST).exp(),
            Self::Below(b) => b - u.clamp(-LARGEST, LARGEST).exp(),
            // A weighted mean, so that no rounding leads outside.
            Self::Between(a, b) => a * sigmoid(-u) + b * sigmoid(u),
        }
    }

    /// d value/du.
    pub fn slope(self, u: f64) -> f64 {
        match self {
            Self::Free { scale } => scale,
            Self::Above(_) => u.clamp(-LARGEST, LARGEST).exp(),
            Self::Below(_) => -u.clamp(-LARGEST, LARGEST).exp(),
            Self::Between(a, b) => (b - a) * sigmoid(u) * sigmoid(-u),
        }
    }

    /// The bounds as numbers.
    pub fn limits(self) -> (Option<f64>, Option<f64>) {
        match self {
            Self::Free { .. } => (None, None),
            Self::Above(a) => (Some(a), None),
            Self::Below(b) => (None, Some(b)),
            Self::Between(a, b) => (Some(a), Some(b)),
        }
    }
}

fn sigmoid(u: f64) -> f64 {
    if u >= 0.0 { 1.0 / (1.0 + (-u).exp()) } else { u.exp() / (1.0 + u.exp()) }
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    #[test]
    fn coordinates_are_inverse_and_slopes_are_differences() {
        let cases = [
            (Bounds::Free { scale: 3.0 }, -7.5),
            (Bounds::Above(-2.0), 5.0),
            (Bounds::Below(4.0), -1.0),
            (Bounds::Between(-1.0, 3.0), 2.5),
        ];
        for (bounds, value) in cases {
            let u = bounds.coordinate(value);
            assert!((bounds.value(u) - value).abs() < 1e-12, "{bounds:?}");
            let difference = (bounds.value(u + 1e-5) - bounds.value(u - 1e-5)) / 2e-5;
            assert!((bounds.slope(u) - difference).abs() < 1e-8 * difference.abs().max(1.0), "{bounds:?}");
        }
    }

    #[test]
    fn no_coordinate_leads_outside() {
        for u in [-1e6, -800.0, -40.0, 0.0, 40.0, 800.0, 1e6] {
            let value = Bounds::Between(0.1, 0.3).value(u);
            assert!((0.1..=0.3).contains(&value), "{u}: {value}");
            assert!(Bounds::Above(1.0).value(u) >= 1.0 && Bounds::Above(1.0).value(u).is_finite());
            assert!(Bounds::Below(1.0).value(u) <= 1.0 && Bounds::Below(1.0).slope(u).is_finite());
        }
    }
}
