//! How much a correction changes the values.

use super::element_view::ElementView;
use crate::problem::MAX_ORDERS;

/// Largest change of each derivative order relative to the largest value of that order, the worst of all orders; NaN
/// if a number involved is. An order that is zero up to rounding is measured against the largest `h^k u^(k)` instead.
pub(crate) fn relative_change(view: &ElementView<'_>, change: &[f64], values: &[f64]) -> f64 {
    let orders = view.sizes.orders;
    let step = (0..view.sizes.points - 1).map(|t| view.step(t, 0)).fold(0.0, f64::max);
    let (of_change, of_values) = (largest_by_order(orders, change), largest_by_order(orders, values));
    let scaled = (0..orders).map(|k| of_values[k] * step.powi(k as i32)).fold(0.0, nan_or_larger);
    (0..orders)
        .map(|k| {
            let scale = of_values[k] + 1e-6 * scaled / step.powi(k as i32);
            if scale == 0.0 { 0.0 } else { of_change[k] / scale }
        })
        .fold(0.0, nan_or_larger)
}

/// Largest |value| of each derivative order of a vector `[N, D, K]`, in one pass; NaN if one is.
fn largest_by_order(orders: usize, x: &[f64]) -> [f64; MAX_ORDERS] {
    #[inline(always)]
    fn pass(orders: usize, x: &[f64]) -> [f64; MAX_ORDERS] {
        let mut largest = [0.0; MAX_ORDERS];
        for point in x.chunks_exact(orders) {
            for k in 0..orders {
                largest[k] = nan_or_larger(largest[k], point[k].abs());
            }
        }
        largest
    }
    match orders {
        2 => pass(2, x),
        3 => pass(3, x),
        4 => pass(4, x),
        5 => pass(5, x),
        _ => pass(orders, x),
    }
}

/// `f64::max` would take the number beside a NaN.
#[inline(always)]
fn nan_or_larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b <= a { a } else { b }
}
