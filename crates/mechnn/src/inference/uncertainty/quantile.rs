//! How many standard errors a 95 % interval is wide.

/// The 97.5 % point of the normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;

/// The 97.5 % point of Student's distribution with `freedom` degrees; of the normal one for `None`.
///
/// # References
/// Abramowitz & Stegun 26.7.5, from three degrees on good for 1 %; exact values below.
pub(crate) fn two_sided_95(freedom: Option<usize>) -> f64 {
    let z = NORMAL;
    match freedom {
        None => z,
        // Without any freedom left nothing is known of the error; one degree is the most cautious that is finite.
        Some(0 | 1) => 12.706_204_736,
        Some(2) => 4.302_652_73,
        Some(freedom) => {
            let n = freedom as f64;
            let g1 = (z.powi(3) + z) / 4.0;
            let g2 = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
            let g3 = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
            let g4 =
                (79.0 * z.powi(9) + 776.0 * z.powi(7) + 1482.0 * z.powi(5) - 1920.0 * z.powi(3) - 945.0 * z) / 92160.0;
            z + g1 / n + g2 / n.powi(2) + g3 / n.powi(3) + g4 / n.powi(4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::two_sided_95;

    #[test]
    fn values_are_those_of_tables() {
        for (freedom, expected) in [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042)] {
            let found = two_sided_95(Some(freedom));
            assert!((found / expected - 1.0).abs() < 0.005, "{freedom}: {found}");
        }
        assert!((two_sided_95(Some(100_000)) - 1.96).abs() < 1e-3);
    }
}
