//! Numbers that stand for missing values, such as -9999.

/// Numbers that instruments and archives write where there is no value.
const USUAL: [f64; 26] = [
    -99.0,
    -99.9,
    -99.99,
    -999.0,
    -999.9,
    -999.99,
    -9999.0,
    -9999.9,
    -99_999.0,
    -999_999.0,
    -32_768.0,
    -2_147_483_648.0,
    -1e20,
    -1e30,
    -1e34,
    -1e36,
    999.0,
    9999.0,
    99_999.0,
    999_999.0,
    1e20,
    1e30,
    1e34,
    1e36,
    1e37,
    9.969_21e36,
];

/// Fewer other values say nothing about where a column lies.
const FEWEST: usize = 2;

/// The usual numbers for missing values in a column that are far from all its other values.
///
/// A column keeps such a number where it fits: the distance must be ten times the range of the others, three times
/// for a negative one, once for a negative one where all others are none.
pub(in super::super) fn sentinels(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let (mut usual, mut others) = (Vec::new(), 0_usize);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        // None of the usual numbers is smaller.
        if value.abs() >= 99.0 && USUAL.contains(&value) {
            usual.push(value);
        } else {
            others += 1;
            (low, high) = (low.min(value), high.max(value));
        }
    }
    if usual.is_empty() || others < FEWEST {
        return Vec::new();
    }
    let is_far = |value: f64| {
        let distance = if value < low { low - value } else { value - high };
        let times = match value < 0.0 {
            true if low >= 0.0 => 1.0,
            true => 3.0,
            false => 10.0,
        };
        distance > 0.0 && distance >= times * (high - low)
    };
    let mut found: Vec<f64> = usual.into_iter().filter(|&value| is_far(value)).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::sentinels;

    #[test]
    fn only_numbers_apart_from_all_others_are_marks() {
        assert_eq!(sentinels([20.0, -9999.0, 21.0, 25.0, 1e30, -9999.0]), [-9999.0, 1e30]);
        assert_eq!(sentinels([0.0, 100.0, 50.0, -999.0]), [-999.0]);
        assert_eq!(sentinels([-10.0, 10.0, 0.0, -99.0]), [-99.0]);
        for kept in [
            &[-900.0, -950.0, -999.0, -800.0][..],
            &[1.0, 10.0, 100.0, 500.0, 999.0],
            &[1.0, -999.0],
            &[9997.0, 9998.0, 9999.0, 9996.0],
            &[0.0, 5000.0, 100.0, -99.0],
        ] {
            assert!(sentinels(kept.iter().copied()).is_empty(), "{kept:?}");
        }
    }
}
