//! Rows of the least-squares schemes, for S-MNN in the order of its reference vectors.

use super::{collocation, integrated_wiener, pade};
use crate::method::dense::element::{Element, factorial};
use crate::method::dense::family::Family;
use crate::method::dense::row::Row;
use crate::method::dense::value::Value;
use crate::problem::{End, Scheme};

/// The rows of `A u = b`: `u[t, d, i]` is column `(t D + d) K + i`.
pub(crate) fn rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let u = |t: usize, d: usize, i: usize| x.column(t, d, i);
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

    // Boundary values (not in the paper): u[0,d,i] or u[N-1,d,i] = value
    for (condition, value) in x.boundary() {
        let t = if condition.end == End::First { 0 } else { n - 1 };
        let unknown = u(t, condition.dim, condition.derivative);
        rows.push(Row::new(Family::Initial, vec![(unknown, Value::constant(1.0))], value));
    }

    match x.problem.scheme() {
        Scheme::IntegratedWiener => rows.extend(integrated_wiener::rows(x)),
        Scheme::Pade => rows.extend(pade::rows(x)),
        Scheme::Taylor | Scheme::TaylorCentral | Scheme::RelaxedLp { .. } => rows.extend(taylor_rows(x)),
        Scheme::Collocation { nodes } => rows.extend(collocation::spline_rows(x, nodes)),
    }
    rows
}

/// Taylor rows of both directions, and central rows if the scheme has them.
///
/// R, the number of Taylor rows per interval, dimension and direction, is k + 1 without central rows (the last one
/// makes the highest derivative piecewise constant) and k with them.
fn taylor_rows(x: &Element) -> Vec<Row> {
    let (n, dims, k) = (x.sizes.points, x.sizes.dims, x.sizes.orders - 1);
    let central = x.problem.scheme().has_central_rows();
    let taylor_rows = if central { k } else { k + 1 };
    let u = |t: usize, d: usize, i: usize| x.column(t, d, i);
    let mut rows = Vec::new();

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

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, Array5};

    use super::{Element, Row, Value, integrated_wiener, pade};
    use crate::problem::MAX_ORDERS;
    use crate::rows::{IntervalRows, ReferenceStep};
    use crate::{InitialValues, LinearOde, OdeGradient, OdeProblem, Scheme, StepsGradient, TimeGrid};

    const STEPS: [f64; 4] = [0.3, 0.05, 0.8, 0.4];

    /// The rows written here from the formulas and the constant pattern of the fast methods, for every K: entries, and
    /// derivatives along a direction of all steps.
    #[test]
    fn interval_rows_are_those_of_the_fast_methods() {
        for scheme in [Scheme::IntegratedWiener, Scheme::Pade] {
            for orders in 2..=MAX_ORDERS {
                let ode = LinearOde::new(Array5::ones((1, 1, 1, 1, orders)), Array3::ones((1, 1, 1)));
                let steps = Array2::from_shape_fn((1, STEPS.len()), |(_, t)| STEPS[t]);
                let grid = TimeGrid::shared(STEPS.len() + 1, steps.clone());
                let problem = OdeProblem::new(&ode, &grid, &InitialValues::none()).and_then(|p| p.with_scheme(scheme));
                let problem = problem.expect("well formed");
                let mut direction = OdeGradient::zeros(&problem);
                direction.steps = StepsGradient::Shared(steps.map(|h| (7.0 * h).sin()));
                let element = Element::new(&problem, 0);
                let rows =
                    if scheme == Scheme::Pade { pade::rows(&element) } else { integrated_wiener::rows(&element) };

                let reference = ReferenceStep::new(scheme, orders, &STEPS);
                let shared: f64 = STEPS.iter().map(|&h| reference.shared_slope(h) * (7.0 * h).sin()).sum();
                let mut fast = IntervalRows::new(scheme, orders, reference);
                assert_eq!(rows.len(), STEPS.len() * fast.pattern().len());
                for (index, row) in rows.iter().enumerate() {
                    let (t, r) = (index / fast.pattern().len(), index % fast.pattern().len());
                    fast.set_step(STEPS[t]);
                    let change = (7.0 * STEPS[t]).sin();
                    let of_fast = |a: usize| fast.pattern()[r][a] * fast.power()[a];
                    let slope_of_fast =
                        |a: usize| fast.pattern()[r][a] * fast.slope()[a] * change + of_fast(a) * shared;
                    let written = sums(row, t * orders, 2 * orders, |value| value.value);
                    let slopes = sums(row, t * orders, 2 * orders, |value| value.along(&direction));
                    // A row may have the other sign.
                    let top = (0..2 * orders).max_by(|&a, &b| of_fast(a).abs().total_cmp(&of_fast(b).abs()));
                    let sign = top.map_or(1.0, |top| (written[top] * of_fast(top)).signum());
                    let scale = (0..2 * orders).fold(0.0_f64, |scale, a| scale.max(of_fast(a).abs()));
                    for a in 0..2 * orders {
                        let (entry, slope) = (sign * of_fast(a), sign * slope_of_fast(a));
                        let name = format!("{} K = {orders}, interval {t}, row {r}, column {a}", scheme.name());
                        // The transition is summed over terms of alternating sign, of which few digits are lost.
                        assert!((written[a] - entry).abs() < 1e-12 * scale, "{name}: {} or {entry}", written[a]);
                        let slope_scale = 100.0 * scale / STEPS[1];
                        assert!((slopes[a] - slope).abs() < 1e-12 * slope_scale, "{name}: {} or {slope}", slopes[a]);
                    }
                }
            }
        }
    }

    /// Entries of a row, or a derivative of them, in the `width` columns from `first` on.
    fn sums(row: &Row, first: usize, width: usize, of: impl Fn(&Value) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; width];
        row.terms.iter().for_each(|(column, value)| sums[column - first] += of(value));
        sums
    }
}
