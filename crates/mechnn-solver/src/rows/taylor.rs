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
