//! Taylor rows over one interval.

use super::pattern::Pattern;

/// Writes the first `derivatives` Taylor rows of either direction; returns how many rows these are.
///
/// With k the highest order, for i < `derivatives` (k beside central rows, k + 1 without):
///
/// - forward: `sum_{j=i..k} h^j / (j-i)! u_t^(j) - h^i u_{t+1}^(i) = 0`
/// - backward: `sum_{j=i..k} (-h)^j / (j-i)! u_{t+1}^(j) - (-h)^i u_t^(i) = 0`
///
/// A smooth solution leaves residuals of one size, `O(h^(k+1))`.
///
/// # References
/// ICML 2024, eqs. 11-13; ICLR 2025, section 3.2.
pub(super) fn write(pattern: &mut Pattern, orders: usize, derivatives: usize) -> usize {
    let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
    for i in 0..derivatives {
        let mut factorial = 1.0; // (j - i)!
        for j in i..orders {
            factorial *= if j > i { (j - i) as f64 } else { 1.0 };
            pattern[i][j] = 1.0 / factorial;
            pattern[derivatives + i][orders + j] = sign(j) / factorial;
        }
        pattern[i][orders + i] = -1.0;
        pattern[derivatives + i][i] = -sign(i);
    }
    2 * derivatives
}

#[cfg(test)]
mod tests {
    use super::{Pattern, write};
    use crate::rows::pattern::{MAX_ROWS, MAX_WIDTH};

    #[test]
    fn rows_are_exact_for_polynomials_up_to_the_highest_order() {
        for orders in 2..=7 {
            let mut pattern: Pattern = [[0.0; MAX_WIDTH]; MAX_ROWS];
            let rows = write(&mut pattern, orders, orders);
            assert_eq!(rows, 2 * orders);
            // t^p from 0 to h = 1: derivative j is p! / (p-j)! t^(p-j).
            for p in 0..orders {
                let derivative = |j: usize| (p + 1 - j..=p).map(|factor| factor as f64).product::<f64>();
                for row in &pattern[..rows] {
                    let left = row[p] * derivative(p);
                    let right: f64 = (0..=p).map(|j| row[orders + j] * derivative(j)).sum();
                    assert!((left + right).abs() < 1e-12 * derivative(p), "K = {orders}, t^{p}");
                }
            }
        }
    }
}
