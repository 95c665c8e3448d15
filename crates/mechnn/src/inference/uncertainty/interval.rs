//! Intervals that stay inside the bounds.

use crate::inference::description::Bounds;

/// The values from `half` below the coordinate `u` to `half` above it; all that the bounds allow if nothing is known.
pub(crate) fn interval(bounds: Bounds, u: f64, half: f64) -> (f64, f64) {
    if !half.is_finite() {
        let (low, high) = bounds.limits();
        return (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    }
    let (a, b) = (bounds.value(u - half), bounds.value(u + half));
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use super::{Bounds, interval};

    #[test]
    fn ends_are_in_order_inside_the_bounds_and_on_them_where_nothing_is_known() {
        // The value falls with the coordinate.
        let (low, high) = interval(Bounds::Below(3.0), 0.0, 1.0);
        assert_eq!((low, high), (3.0 - 1f64.exp(), 3.0 - (-1f64).exp()));
        let (low, high) = interval(Bounds::Between(-1.0, 2.0), 0.0, 1e6);
        assert!(low >= -1.0 && high <= 2.0, "{low} {high}");
        assert_eq!(interval(Bounds::Above(1.0), 0.0, f64::INFINITY), (1.0, f64::INFINITY));
        assert_eq!(interval(Bounds::Free { scale: 1.0 }, 0.0, f64::INFINITY), (f64::NEG_INFINITY, f64::INFINITY));
    }
}
