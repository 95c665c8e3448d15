//! Rows of the least-squares schemes (S-MNN), in the order of its reference vectors.

use super::element::{Element, factorial};
use super::row::{Family, Row};
use super::value::Value;

/// The rows of `A u = b`: `u[t, d, i]` is column `(t D + d) K + i`.
///
/// R, the number of Taylor rows per interval, dimension and direction, is k + 1 without central rows (the last one makes
/// the highest derivative piecewise constant) and k with them.
pub(super) fn rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let central = x.problem.scheme().has_central_rows();
    let taylor_rows = if central { k } else { k + 1 };
    let u = |t: usize, d: usize, i: usize| (t * dims + d) * (k + 1) + i;
    let mut rows = Vec::new();

    // Equations: sum_{d,i} c[t,e,d,i] u[t,d,i] = f[t,e]
    for t in 0..n {
        for e in 0..x.sizes.equations {
            let unknowns = (0..dims).flat_map(|d| (0..=k).map(move |i| (d, i)));
            let terms = unknowns.map(|(d, i)| (u(t, d, i), x.coefficient(t, e, d, i))).collect();
            rows.push(Row::new(Family::Equation, terms, x.forcing(t, e)));
        }
    }

    // Initial values: u[s,d,i] = g[s,d,i]
    let (pinned_points, pinned_derivatives) = x.pinned();
    for s in 0..pinned_points {
        for d in 0..dims {
            for i in 0..pinned_derivatives {
                rows.push(Row::new(Family::Initial, vec![(u(s, d, i), Value::constant(1.0))], x.initial(s, d, i)));
            }
        }
    }

    // Periodicity (not in the paper): u[0,d,i] - u[N-1,d,i] = p[d,i]
    for d in 0..dims {
        for i in 0..k {
            if let Some(jump) = x.jump(d, i) {
                let terms = vec![(u(0, d, i), Value::constant(1.0)), (u(n - 1, d, i), Value::constant(-1.0))];
                rows.push(Row::new(Family::Periodic, terms, jump));
            }
        }
    }

    // Forward Taylor: sum_{j=i..k} h_t^j/(j-i)! u[t,d,j] - h_t^i u[t+1,d,i] = 0, i < R
    for t in 0..n - 1 {
        for d in 0..dims {
            rows.extend((0..taylor_rows).map(|i| taylor(&x.step(t, d), i, k, |j| u(t, d, j), u(t + 1, d, i))));
        }
    }

    // Backward Taylor: sum_{j=i..k} (-h_t)^j/(j-i)! u[t+1,d,j] - (-h_t)^i u[t,d,i] = 0, i < R
    for t in 0..n - 1 {
        for d in 0..dims {
            let minus_h = x.step(t, d).times(-1.0);
            rows.extend((0..taylor_rows).map(|i| taylor(&minus_h, i, k, |j| u(t + 1, d, j), u(t, d, i))));
        }
    }

    // Central: H^(k-2) u[t-1,d,k-1] - H^(k-2) u[t+1,d,k-1] + H^(k-1) u[t,d,k] = 0, with H = h_{t-1} + h_t
    if central {
        for t in 1..n - 1 {
            for d in 0..dims {
                let h = x.step(t - 1, d).plus(x.step(t, d));
                let quotient = h.power(k as i32 - 2);
                let terms = vec![
                    (u(t - 1, d, k - 1), quotient.clone()),
                    (u(t + 1, d, k - 1), quotient.times(-1.0)),
                    (u(t, d, k), h.power(k as i32 - 1)),
                ];
                rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
            }
        }
    }
    rows
}

/// `sum_{j=i..k} h^j/(j-i)! u[here(j)] - h^i u[there] = 0`
fn taylor(h: &Value, i: usize, k: usize, here: impl Fn(usize) -> usize, there: usize) -> Row {
    let mut terms: Vec<_> = (i..=k).map(|j| (here(j), h.power(j as i32).times(1.0 / factorial(j - i)))).collect();
    terms.push((there, h.power(i as i32).times(-1.0)));
    Row::new(Family::Smoothness, terms, Value::constant(0.0))
}
