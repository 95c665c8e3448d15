//! How far a count may be from what is expected before it is a finding.

use std::ops::RangeInclusive;

/// Counts outside of this range come up in fewer than one of 10 000 sets of `draws` on either side, each draw counting
/// with `probability`.
pub(crate) fn usual_counts(draws: usize, probability: f64) -> RangeInclusive<usize> {
    least(draws, probability)..=draws - least(draws, 1.0 - probability)
}

/// The largest count that fewer than one in 10 000 draws of the binomial distribution stay below.
fn least(draws: usize, probability: f64) -> usize {
    let odds = (probability / (1.0 - probability)).ln();
    // Logarithms: (1 - p)^n is 0 as a number from some hundred draws on.
    let mut weight = draws as f64 * (1.0 - probability).ln();
    let mut below = 0.0;
    for count in 0..=draws {
        below += weight.exp();
        if below > 1e-4 {
            return count;
        }
        weight += ((draws - count) as f64 / (count + 1) as f64).ln() + odds;
    }
    draws
}

#[test]
fn few_draws_are_counted_by_hand() {
    // P(at most 4 of 10 at 0.9) = 1.47e-4, P(at most 3) = 9.1e-6.
    assert_eq!(usual_counts(10, 0.9), 4..=10);
    // P(0 of 10 at 0.5) = 9.8e-4.
    assert_eq!(usual_counts(10, 0.5), 0..=10);
    // 600 draws at 0.683: 409.8 expected, standard deviation 11.4, 3.72 of which are a tail of 1e-4.
    let usual = usual_counts(600, 0.683);
    assert!(usual.start().abs_diff(367) <= 1 && usual.end().abs_diff(452) <= 1, "{usual:?}");
}
