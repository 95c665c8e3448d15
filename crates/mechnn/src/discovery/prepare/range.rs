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

/// By this part of its width a range is enlarged at each end.
const MARGIN: f64 = 0.1;

/// Values below zero by less than this many standard deviations of their noise may be zero.
const WITHIN_NOISE: f64 = 2.0;

/// In units of the size of a variable: what stands for zero where there may be a logarithm.
const ALL_BUT_ZERO: f64 = 1e-9;

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

    /// Least and largest value, each moved outwards by a tenth of the way between them: what the values are near to,
    /// and a simulation may reach. Of values that are not below zero, up to two standard deviations of the `noise`,
    /// the least one moves at most half of the way to zero, as those of a concentration do; the largest of values that
    /// are not above zero likewise.
    pub(crate) fn enlarged(&self, noise: f64) -> (f64, f64) {
        let margin = MARGIN * (self.largest - self.least);
        let mirrored = Self { least: -self.largest, largest: -self.least, mean: -self.mean, ..*self };
        (self.lower_end(margin, noise), -mirrored.lower_end(margin, noise))
    }

    fn lower_end(&self, margin: f64, noise: f64) -> f64 {
        let moved = self.least - margin;
        match self.least >= -WITHIN_NOISE * noise {
            true => moved.max(0.5 * self.least).max(ALL_BUT_ZERO * self.size),
            false => moved,
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
    fn a_range_is_enlarged_on_both_sides_but_not_across_zero() {
        let enlarged = |values: &[f64], noise: f64| Range::of(values.iter().copied()).enlarged(noise);
        assert_eq!(enlarged(&[-1.0, 9.0], 0.1), (-2.0, 10.0));
        assert_eq!(enlarged(&[5.0, 15.0], 0.1), (4.0, 16.0));
        // A tenth of the range would be beyond zero, or nearly there.
        assert_eq!(enlarged(&[0.5, 10.5], 0.1), (0.25, 11.5));
        assert_eq!(enlarged(&[1.5, 11.5], 0.1), (0.75, 12.5));
        assert_eq!(enlarged(&[-10.5, -0.5], 0.1), (-11.5, -0.25));
        // Zero, and zero with noise.
        for values in [[0.0, 10.0], [-0.2, 10.0]] {
            let (least, largest) = enlarged(&values, 0.1);
            assert!(least > 0.0 && least < 1e-7 && (largest - 11.0).abs() < 0.05, "{values:?}: {least}, {largest}");
        }
    }

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
