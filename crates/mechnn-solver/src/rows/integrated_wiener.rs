//! Rows of an integrated Wiener process over one interval.

use super::pade;
use super::pattern::Pattern;

/// Writes K rows; returns K.
///
/// The prior `u^(k+1) = w` with white noise w, k the highest order, makes `(u, .., u^(k))` a Markov chain with
/// transition `Φ_ij(h) = h^(j-i) / (j-i)!` and covariance `Q_ij(h) = h^(2k+1-i-j) / ((2k+1-i-j) (k-i)! (k-j)!)`. The
/// rows are `e = u_{t+1} - Φ(h) u_t`, whitened:
///
/// `R diag(h^i) e = 0` with `Rᵀ R = Q(1)⁻¹`
///
/// `e^(k-m) = int_0^1 (1-s)^m/m! w ds` (h = 1), so Q(1) is the Hilbert matrix up to factorials, and the shifted
/// Legendre polynomials, orthonormal on [0, 1], are a square root of its inverse. With `c_nm = (n+m)! / ((n-m)! m!)`,
/// row n is
///
/// `sqrt(2n+1) sum_{m<=n} c_nm ((-1)^m v_{t+1,k-m} - (-1)^n v_{t,k-m}) = 0`
///
/// (integration by parts of `int P_n w ds`): integers times one root, so the whitening costs no accuracy at any k. The
/// sum over m is the Padé row of derivative k - n, up to the factor `-(-1)^n (2n)! / n!`: this prior is the Padé
/// rows with the right weights, and one more row that holds the highest derivative constant.
///
/// The factor `h^-(k+1/2)` of the true whitening is not here: what of it remains is in
/// [`ReferenceStep`](super::ReferenceStep).
///
/// # References
/// Schober, Särkkä, Hennig, Statistics and Computing 29 (2019), section 2; Särkkä & Solin 2019, section 12.
pub(super) fn write(pattern: &mut Pattern, orders: usize) -> usize {
    let k = orders - 1;
    let mut leading = 1.0; // c_nn = (2n)! / n!
    for n in 0..=k {
        let weight = (2.0 * n as f64 + 1.0).sqrt() * leading;
        pattern[n] = pade::row(orders, k - n).map(|entry| weight * entry);
        leading *= (2 * (2 * n + 1)) as f64;
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::{Pattern, write};
    use crate::problem::MAX_ORDERS;
    use crate::rows::pattern::{MAX_ROWS, MAX_WIDTH};

    fn factorial(n: usize) -> i128 {
        (1..=n as i128).product()
    }

    /// Pattern row n over sqrt(2n+1), which must be whole numbers.
    fn whole_numbers(orders: usize) -> Vec<Vec<i128>> {
        let mut pattern: Pattern = [[0.0; MAX_WIDTH]; MAX_ROWS];
        assert_eq!(write(&mut pattern, orders), orders);
        let whole = |(n, row): (usize, &[f64; MAX_WIDTH])| -> Vec<i128> {
            let scaled = row[..2 * orders].iter().map(|entry| entry / (2.0 * n as f64 + 1.0).sqrt());
            scaled
                .map(|entry| {
                    // Below 2^20, three roundings away from an integer.
                    assert!((entry - entry.round()).abs() <= 1e-15 * entry.abs(), "K = {orders}, n = {n}: {entry}");
                    entry.round() as i128
                })
                .collect()
        };
        pattern[..orders].iter().enumerate().map(whole).collect()
    }

    #[test]
    fn right_end_is_a_square_root_of_the_inverse_covariance() {
        // R Q(1) Rᵀ = 1, in whole numbers: lcm(1, .., 13) Q_ij (k-i)! (k-j)! is one.
        const COMMON: i128 = 360_360;
        for orders in 2..=MAX_ORDERS {
            let (k, rows) = (orders - 1, whole_numbers(orders));
            for n in 0..orders {
                for l in 0..orders {
                    let mut sum = 0;
                    for i in 0..orders {
                        for j in 0..orders {
                            let entries = rows[n][orders + i] * rows[l][orders + j];
                            let factorials = factorial(k - i) * factorial(k - j);
                            assert_eq!(entries % factorials, 0);
                            sum += entries / factorials * COMMON / (2 * k + 1 - i - j) as i128;
                        }
                    }
                    let expected = if n == l { COMMON / (2 * n as i128 + 1) } else { 0 };
                    assert_eq!(sum, expected, "K = {orders}, rows {n} and {l}");
                }
            }
        }
    }

    #[test]
    fn left_end_is_the_right_one_times_the_transition() {
        for orders in 2..=MAX_ORDERS {
            for (n, row) in whole_numbers(orders).iter().enumerate() {
                for j in 0..orders {
                    // -(R Φ(1))_nj, times k! to be whole
                    let common = factorial(orders - 1);
                    let product: i128 = (0..=j).map(|i| row[orders + i] * common / factorial(j - i)).sum();
                    assert_eq!(row[j] * common, -product, "K = {orders}, row {n}, column {j}");
                }
            }
        }
    }
}
