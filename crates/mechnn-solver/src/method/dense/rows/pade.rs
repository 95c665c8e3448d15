//! Two-point Padé (Hermite-Obreshkov) rows.

use crate::method::dense::element::{Element, factorial};
use crate::method::dense::family::Family;
use crate::method::dense::row::Row;
use crate::method::dense::value::Value;

/// For every interval, dimension and derivative i < k, with m = k - i and `a_j = m! (2m-j)! / ((2m)! j! (m-j)!)`:
///
/// `h^i sum_{j=0..m} a_j (h^j u[t,d,i+j] - (-h)^j u[t+1,d,i+j]) = 0`
pub(super) fn rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let mut rows = Vec::new();
    for t in 0..n - 1 {
        for d in 0..dims {
            let h = x.step(t, d);
            for i in 0..k {
                let m = k - i;
                let mut terms = Vec::new();
                for j in 0..=m {
                    let a = factorial(m) * factorial(2 * m - j) / (factorial(2 * m) * factorial(j) * factorial(m - j));
                    let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
                    let power = h.power((i + j) as i32);
                    terms.push((x.column(t, d, i + j), power.clone().times(a)));
                    terms.push((x.column(t + 1, d, i + j), power.times(-sign * a)));
                }
                rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
            }
        }
    }
    rows
}
