//! Directions in the space of numbers, in words.

/// The entries of a direction that are worth naming: their numbers and sizes, the largest 1 and first, in falling
/// order of size; those below `named` times the largest are left out.
///
/// # Panics
/// If the direction has no entries.
pub(crate) fn named_parts(direction: &[f64], named: f64) -> Vec<(usize, f64)> {
    let largest = direction.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
    let Some(largest) = largest else { unreachable!("a direction has as many entries as there are numbers") };
    let mut parts: Vec<(usize, f64)> = direction.iter().map(|entry| entry / largest).enumerate().collect();
    parts.retain(|(_, part)| part.abs() >= named);
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    // Of two that are equally large the later one was divided by, and the earlier one comes first.
    let sign = parts[0].1.signum();
    parts.iter_mut().for_each(|(_, part)| *part *= sign);
    parts
}

#[cfg(test)]
mod tests {
    use super::named_parts;

    #[test]
    fn the_largest_part_is_one_and_first_whatever_the_sign() {
        assert_eq!(named_parts(&[0.1, -0.8, 0.4], 0.3), [(1, 1.0), (2, -0.5)]);
        assert_eq!(named_parts(&[2.0], 0.3), [(0, 1.0)]);
        assert_eq!(named_parts(&[-0.5, 0.5], 0.3), [(0, 1.0), (1, -1.0)], "equally large");
    }
}
