//! Two-point Padé (Hermite-Obreshkov) rows over one interval.

use super::pattern::{MAX_WIDTH, Pattern};

/// Writes the rows of the derivatives 0..k, k the highest order; returns how many these are.
///
/// For derivative i, with m = k - i and the numerator `N_m(z) = sum_j a_j z^j` of the diagonal Padé approximation
/// `exp(z) = N_m(z) / N_m(-z) + O(z^(2m+1))`:
///
/// `h^i (N_m(h d/dt) u_t^(i) - N_m(-h d/dt) u_{t+1}^(i)) = 0`
///
/// - m = 1 is the trapezoidal rule, m = 2 `u_t + h/2 u'_t + h^2/12 u''_t = u_{t+1} - h/2 u'_{t+1} + h^2/12 u''_{t+1}`
/// - exact for polynomials up to degree i + 2 m = 2 k - i; a smooth solution leaves `O(h^(2k-i+1))`
///
/// k rows: with equations for the k-th derivative and k initial values the system is square.
///
/// # References
/// Obreshkov 1940; Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, section II.13.
pub(super) fn write(pattern: &mut Pattern, orders: usize) -> usize {
    for i in 0..orders - 1 {
        pattern[i] = row(orders, i);
    }
    orders - 1
}

/// The row of derivative i <= k in scaled unknowns; for i = k, m = 0 it is `h^k (u_t^(k) - u_{t+1}^(k)) = 0`.
pub(super) fn row(orders: usize, i: usize) -> [f64; MAX_WIDTH] {
    let m = orders - 1 - i;
    let mut row = [0.0; MAX_WIDTH];
    let mut a = 1.0; // a_j = m! (2m-j)! / ((2m)! j! (m-j)!)
    for j in 0..=m {
        row[i + j] = a;
        row[orders + i + j] = if j.is_multiple_of(2) { -a } else { a };
        // a_(j+1) / a_j
        a *= (m - j) as f64 / ((2 * m - j).max(1) * (j + 1)) as f64;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::{Pattern, row, write};
    use crate::problem::MAX_ORDERS;
    use crate::rows::pattern::{MAX_ROWS, MAX_WIDTH};

    /// Row i on the monomial t^p over the interval from 0 to h = 1: `v_j = p! / (p-j)! t^(p-j)`.
    fn on_monomial(row: &[f64; MAX_WIDTH], orders: usize, p: usize) -> f64 {
        let derivative = |j: usize| (p + 1 - j..=p).map(|factor| factor as f64).product::<f64>();
        let left = if p < orders { row[p] * derivative(p) } else { 0.0 };
        left + (0..orders.min(p + 1)).map(|j| row[orders + j] * derivative(j)).sum::<f64>()
    }

    #[test]
    fn rows_are_exact_up_to_their_degree_and_no_further() {
        for orders in 2..=MAX_ORDERS {
            let k = orders - 1;
            for i in 0..=k {
                let row = row(orders, i);
                for p in 0..=2 * k - i {
                    // Terms are up to 12! / 6!, their sum is zero: a few roundings of the largest.
                    let scale = (p + 1 - i.min(p)..=p).map(|factor| factor as f64).product::<f64>().max(1.0);
                    let defect = on_monomial(&row, orders, p);
                    assert!(defect.abs() < 1e-13 * scale, "K = {orders}, i = {i}, t^{p}: {defect:e}");
                }
                // h^(2m+1) u^(2m+1) times (-1)^(m+1) (m!)^2 / ((2m)! (2m+1)!), the error constant of the
                // approximation.
                let m = k - i;
                let factorial = |n: usize| (1..=n).map(|factor| factor as f64).product::<f64>();
                let constant = factorial(m).powi(2) / (factorial(2 * m) * factorial(2 * m + 1));
                let expected = if m.is_multiple_of(2) { -constant } else { constant } * factorial(2 * k - i + 1);
                let defect = on_monomial(&row, orders, 2 * k - i + 1);
                assert!((defect / expected - 1.0).abs() < 1e-6, "K = {orders}, i = {i}: {defect:e}, {expected:e}");
            }
        }
    }

    #[test]
    fn the_first_rows_are_the_known_ones() {
        let mut pattern: Pattern = [[0.0; MAX_WIDTH]; MAX_ROWS];
        assert_eq!(write(&mut pattern, 3), 2);
        assert_eq!(pattern[0][..6], [1.0, 1.0 / 2.0, 1.0 / 12.0, -1.0, 1.0 / 2.0, -1.0 / 12.0]);
        assert_eq!(pattern[1][..6], [0.0, 1.0, 1.0 / 2.0, 0.0, -1.0, 1.0 / 2.0]);
    }
}
