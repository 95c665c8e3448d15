//! Smoothness rows of the integrated Wiener process, from its transition density.

use crate::method::dense::element::{Element, factorial};
use crate::method::dense::family::Family;
use crate::method::dense::row::Row;
use crate::method::dense::value::Value;

/// For every interval and dimension K rows `f R diag(h^i) e = 0` with
///
/// - `e_i = u[t+1,d,i] - sum_{j=i..k} h^(j-i)/(j-i)! u[t,d,j]`
/// - `Rᵀ R = Q(1)⁻¹`, `Q(1)_ij = 1 / ((2k+1-i-j) (k-i)! (k-j)!)`
/// - `f = h^-(k+1/2)` over the root of the mean of `h^-(2k+1)` over all intervals and dimensions
pub(super) fn rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let whitening = whitening(k);
    let intervals = (0..n - 1).flat_map(|t| (0..dims).map(move |d| (t, d)));
    let exponent = 2 * k as i32 + 1;
    let squares = intervals.map(|(t, d)| x.step(t, d).power(-exponent));
    let mean = squares.fold(Value::constant(0.0), Value::plus).times(1.0 / ((n - 1) * dims) as f64);
    let mut rows = Vec::new();
    for t in 0..n - 1 {
        for d in 0..dims {
            let h = x.step(t, d);
            // (h^-(2k+1) / mean)^(1/2)
            let f = h.power(-exponent).product(&mean.real_power(-1.0)).real_power(0.5);
            for factors in &whitening {
                let mut terms = Vec::new();
                for i in 0..=k {
                    // f R_i h^i e_i
                    terms.push((x.column(t + 1, d, i), f.product(&h.power(i as i32)).times(factors[i])));
                    for j in i..=k {
                        let transition = f.product(&h.power(j as i32)).times(-factors[i] / factorial(j - i));
                        terms.push((x.column(t, d, j), transition));
                    }
                }
                rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
            }
        }
    }
    rows
}

/// R, `[K, K]`: Q(1) holds the moments of `(1-s)^(k-i) / (k-i)!` on [0, 1], so the coefficients of the orthonormal
/// polynomials whiten it. Legendre's recurrence `(n+1) P_(n+1) = (2n+1) (2x-1) P_n - n P_(n-1)` stays in whole
/// numbers.
fn whitening(k: usize) -> Vec<Vec<f64>> {
    let mut polynomials = vec![vec![1.0], vec![-1.0, 2.0]];
    for n in 1..k {
        let (last, current) = (&polynomials[n - 1], &polynomials[n]);
        // A polynomial has no powers above its degree.
        let at = |p: &[f64], m: usize| if m < p.len() { p[m] } else { 0.0 };
        let next = (0..=n + 1).map(|m| {
            let raised = if m > 0 { at(current, m - 1) } else { 0.0 };
            let n = n as f64;
            ((2.0 * n + 1.0) * (2.0 * raised - at(current, m)) - n * at(last, m)) / (n + 1.0)
        });
        polynomials.push(next.collect());
    }
    let row = |(n, polynomial): (usize, &Vec<f64>)| -> Vec<f64> {
        let norm = (2.0 * n as f64 + 1.0).sqrt();
        (0..=k).map(|i| polynomial.get(k - i).map_or(0.0, |p| norm * p * factorial(k - i))).collect()
    };
    polynomials.iter().take(k + 1).enumerate().map(row).collect()
}
