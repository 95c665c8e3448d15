//! Points that fill a box evenly without chance.

/// The radical inverse of `n`: its digits to the base, mirrored at the point.
///
/// Halton, Numerische Mathematik 2 (1960) 84.
pub(crate) fn halton(mut n: u32, base: u32) -> f64 {
    let (mut value, mut digit) = (0.0, 1.0);
    while n > 0 {
        digit /= f64::from(base);
        value += digit * f64::from(n % base);
        n /= base;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::halton;

    #[test]
    fn the_sequence_fills_the_interval() {
        let first: Vec<f64> = (1..5).map(|n| halton(n, 2)).collect();
        assert_eq!(first, [0.5, 0.25, 0.75, 0.125]);
        assert!((halton(5, 3) - 7.0 / 9.0).abs() < 1e-15);
    }
}
