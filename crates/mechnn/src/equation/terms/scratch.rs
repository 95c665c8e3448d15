//! Room for a few numbers without allocation.

/// Models and terms of this size do without allocation.
const ON_STACK: usize = 64;

/// Calls `f` with `length` zeros, on the stack if they are few.
pub(in crate::equation) fn with_scratch<R>(length: usize, f: impl FnOnce(&mut [f64]) -> R) -> R {
    match length {
        0..=8 => f(&mut [0.0; 8][..length]),
        9..=ON_STACK => f(&mut [0.0; ON_STACK][..length]),
        _ => f(&mut vec![0.0; length]),
    }
}

#[cfg(test)]
mod tests {
    use super::{ON_STACK, with_scratch};

    #[test]
    fn there_are_as_many_zeros_as_were_asked_for() {
        for length in [0, 1, 8, 9, ON_STACK, ON_STACK + 1] {
            with_scratch(length, |room| assert_eq!(room, vec![0.0; length]));
        }
    }
}
