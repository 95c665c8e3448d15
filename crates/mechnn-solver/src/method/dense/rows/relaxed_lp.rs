//! Rows of the relaxed linear programme (NeuRLP), in the order of its authors' code.

use crate::method::dense::element::{Element, factorial};
use crate::method::dense::family::Family;
use crate::method::dense::row::Row;
use crate::method::dense::value::Value;

/// The rows of `A z = b` over `z = (eps, u)`: `eps` is column 0, `u[t, d, i]` is column `1 + (t D + d) K + i`.
///
/// Every smoothness row has the slack `eps` with coefficient +1, whatever the sign of its other terms.
pub(crate) fn rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let u = |t: usize, d: usize, i: usize| 1 + (t * dims + d) * (k + 1) + i;
    let eps = || (0, Value::constant(1.0));
    let mut rows = Vec::new();

    // Equations: sum_{d,i} c[t,e,d,i] u[t,d,i] = f[t,e]
    for e in 0..x.sizes.equations {
        for t in 0..n {
            let mut terms = Vec::new();
            for d in 0..dims {
                for i in 0..=k {
                    terms.push((u(t, d, i), x.coefficient(t, e, d, i)));
                }
            }
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

    // Periodicity: u[0,d,i] - u[N-1,d,i] = p[d,i]. The authors' code has these rows only beside initial values; here a
    // periodic jump is enough.
    for d in 0..dims {
        for i in 0..k {
            if let Some(jump) = x.jump(d, i) {
                let terms = vec![(u(0, d, i), Value::constant(1.0)), (u(n - 1, d, i), Value::constant(-1.0))];
                rows.push(Row::new(Family::Periodic, terms, jump));
            }
        }
    }

    // Forward Taylor: eps + sum_{j=i..k} h_t^j/(j-i)! u[t,d,j] - h_t^i u[t+1,d,i] = 0
    for t in 0..n - 1 {
        for d in 0..dims {
            let h = x.step(t, d);
            for i in 0..k {
                let mut terms = vec![eps()];
                for j in i..=k {
                    terms.push((u(t, d, j), h.power(j as i32).times(1.0 / factorial(j - i))));
                }
                terms.push((u(t + 1, d, i), h.power(i as i32).times(-1.0)));
                rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
            }
        }
    }

    // Central: eps + H^(k-2) (u[t+1,d,k-1] - u[t-1,d,k-1]) - H^(k-1) u[t,d,k] = 0, with H = h_{t-1} + h_t
    for t in 1..n - 1 {
        for d in 0..dims {
            let h = x.step(t - 1, d).plus(x.step(t, d));
            let terms = vec![
                eps(),
                (u(t - 1, d, k - 1), h.power(k as i32 - 2).times(-1.0)),
                (u(t + 1, d, k - 1), h.power(k as i32 - 2)),
                (u(t, d, k), h.power(k as i32 - 1).times(-1.0)),
            ];
            rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
        }
    }

    // Backward Taylor: eps + sum_{j=i..k} (-h)^j/(j-i)! u[t,d,j] - (-h)^i u[t-1,d,i] = 0, with h = h_{t-1}
    for t in 1..n {
        for d in 0..dims {
            let minus_h = x.step(t - 1, d).times(-1.0);
            for i in 0..k {
                let mut terms = vec![eps()];
                for j in i..=k {
                    terms.push((u(t, d, j), minus_h.power(j as i32).times(1.0 / factorial(j - i))));
                }
                terms.push((u(t - 1, d, i), minus_h.power(i as i32).times(-1.0)));
                rows.push(Row::new(Family::Smoothness, terms, Value::constant(0.0)));
            }
        }
    }
    rows
}
