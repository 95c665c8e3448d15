//! Where a variable lives.

/// Where one variable lives over the data, in the data's units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) least: f64,
    pub(crate) largest: f64,
    pub(crate) mean: f64,
    /// Root mean square.
    pub(crate) size: f64,
    /// Standard deviation.
    pub(crate) spread: f64,
}

impl Range {
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        Self {
            least: values.clone().fold(f64::INFINITY, f64::min),
            largest: values.clone().fold(f64::NEG_INFINITY, f64::max),
            mean,
            size: (values.clone().map(|x| x * x).sum::<f64>() / count).sqrt(),
            spread: (values.map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt(),
        }
    }

    /// Whether every value is above zero.
    pub(crate) fn is_positive(&self) -> bool {
        self.least > 0.0
    }

    /// Whether it moves at all.
    pub(crate) fn moves(&self) -> bool {
        self.spread > 0.0
    }

    /// Whether zero is outside.
    pub(crate) fn is_off_zero(&self) -> bool {
        self.least > 0.0 || self.largest < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn moments_are_those_of_the_values() {
        let range = Range::of([1.0, 3.0].into_iter());
        assert_eq!((range.least, range.largest, range.mean, range.spread), (1.0, 3.0, 2.0, 1.0));
        assert_eq!(range.size, 5f64.sqrt());
        assert!(range.is_positive() && range.is_off_zero() && range.moves());
        assert!(!Range::of([-1.0, 1.0].into_iter()).is_off_zero());
        assert!(!Range::of([2.0, 2.0].into_iter()).moves());
    }
}
