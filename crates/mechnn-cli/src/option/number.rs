//! Numbers as they are typed.

pub(crate) fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if f64::is_finite(value) && value > 0.0 => Ok(value),
        _ => Err("expected a positive number".to_owned()),
    }
}

pub(crate) fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if f64::is_finite(value) && value >= 0.0 => Ok(value),
        _ => Err("expected a number that is not negative".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{not_negative, positive};

    #[test]
    fn only_numbers_of_the_right_sign_are_taken() {
        assert_eq!((positive("0.5"), not_negative("0")), (Ok(0.5), Ok(0.0)));
        for wrong in ["", "x", "-1", "nan", "inf"] {
            assert!(positive(wrong).is_err() && not_negative(wrong).is_err(), "{wrong}");
        }
        assert!(positive("0").is_err());
    }
}
