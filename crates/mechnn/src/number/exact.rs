//! Numbers for programs.

/// The shortest text that is read back as the same number, as Rust, Python and JSON read it: `3.0`, `0.1`, `1e-7`.
///
/// There is always a point or an exponent, so that no reader takes it for an integer. What is not finite becomes
/// `NaN`, `inf` and `-inf`; a format without these says itself what stands in their place.
pub fn exact(value: f64) -> String {
    format!("{value:?}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::exact;

    #[test]
    fn numbers_do_not_look_like_integers() {
        let texts = [3.0, -0.0, 0.1, 1e-7, 1e16, 1.0 / 3.0].map(exact);
        assert_eq!(texts, ["3.0", "-0.0", "0.1", "1e-7", "1e16", "0.3333333333333333"]);
    }

    proptest! {
        #[test]
        fn reading_gives_the_same_bits(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(!value.is_nan());
            prop_assert_eq!(exact(value).parse::<f64>().unwrap().to_bits(), bits);
        }
    }
}
