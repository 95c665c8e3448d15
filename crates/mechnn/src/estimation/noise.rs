//! Levels of noise that are estimated from a fit, as the fit is from them.

/// The largest change from one list of levels to another, as a difference of natural logarithms: 0.01 is one percent.
///
/// What counts as settled is for the caller to say.
pub(crate) fn largest_change(before: &[f64], after: &[f64]) -> f64 {
    after.iter().zip(before).map(|(after, before)| (after / before).ln().abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::largest_change;

    #[test]
    fn rises_and_falls_count_alike() {
        assert_eq!(largest_change(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        let halved = largest_change(&[1.0, 2.0], &[1.1, 1.0]);
        assert!((halved - 2f64.ln()).abs() < 1e-15, "{halved}");
    }
}
