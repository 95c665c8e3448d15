//! Long series made fit for drawing.

/// Every k-th of the points that can be drawn, with the smallest k that leaves at most `limit`.
pub(super) fn thinned(points: impl Iterator<Item = (f64, f64)>, limit: usize) -> Vec<(f64, f64)> {
    let present: Vec<(f64, f64)> = points.filter(|(_, y)| y.is_finite()).collect();
    let stride = present.len().div_ceil(limit.max(1)).max(1);
    present.into_iter().step_by(stride).collect()
}

/// A curve with at most `columns` + 1 columns of points: first, lowest, highest and last of each, so that no swing is
/// lost however long the series.
pub(super) fn envelope(curve: &[(f64, f64)], columns: usize) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Vec::new() };
    if curve.len() <= 4 * columns || last.0 <= first.0 {
        return curve.to_vec();
    }
    let column = |t: f64| ((t - first.0) / (last.0 - first.0) * columns as f64) as usize;
    let mut reduced = Vec::new();
    for group in curve.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let extremes = [group.first(), group.iter().min_by(by_value), group.iter().max_by(by_value), group.last()];
        let mut kept: Vec<(f64, f64)> = extremes.into_iter().flatten().copied().collect();
        kept.sort_by(|a, b| a.0.total_cmp(&b.0));
        kept.dedup();
        reduced.extend(kept);
    }
    reduced
}

/// The parts of a curve inside `low..=high`, cut where it crosses the limits.
pub(super) fn clipped(curve: &[(f64, f64)], low: f64, high: f64) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut part: Vec<(f64, f64)> = Vec::new();
    for pair in curve.windows(2) {
        let ((t0, y0), (t1, y1)) = (pair[0], pair[1]);
        // Fractions of the segment at which it enters and leaves the band.
        let (enter, leave) = if y0 == y1 {
            if (low..=high).contains(&y0) { (0.0, 1.0) } else { (1.0, 0.0) }
        } else {
            let (a, b) = ((low - y0) / (y1 - y0), (high - y0) / (y1 - y0));
            (a.min(b).max(0.0), a.max(b).min(1.0))
        };
        if enter > leave {
            parts.extend((!part.is_empty()).then(|| std::mem::take(&mut part)));
            continue;
        }
        let at = |s: f64| match s {
            // The ends exactly, so that neighbouring segments meet.
            0.0 => (t0, y0),
            1.0 => (t1, y1),
            s => (t0 + s * (t1 - t0), (y0 + s * (y1 - y0)).clamp(low, high)),
        };
        if part.is_empty() {
            part.push(at(enter));
        }
        part.push(at(leave));
        if leave < 1.0 {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.extend((!part.is_empty()).then_some(part));
    parts
}

/// Lowest and highest of the finite values.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

#[cfg(test)]
mod tests {
    use super::{clipped, envelope, extent, thinned};

    #[test]
    fn thinning_skips_missing_points_and_keeps_the_spacing() {
        let points = (0..10).map(|i| (f64::from(i), if i % 2 == 0 { f64::NAN } else { 1.0 }));
        assert_eq!(thinned(points.clone(), 5).len(), 5);
        assert_eq!(thinned(points, 2), [(1.0, 1.0), (7.0, 1.0)]);
        assert_eq!(thinned(std::iter::empty(), 0), []);
    }

    #[test]
    fn envelope_keeps_every_swing() {
        let curve: Vec<(f64, f64)> = (0..10_000).map(|i| (f64::from(i), f64::from(i % 100))).collect();
        let reduced = envelope(&curve, 50);
        assert!(reduced.len() <= 4 * 51, "{}", reduced.len());
        assert!(reduced.iter().filter(|(_, y)| *y == 99.0).count() >= 50);
        assert!(reduced.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(envelope(&curve[..100], 50), curve[..100]);
    }

    #[test]
    fn curves_are_cut_at_the_limits() {
        let curve = [(0.0, 0.0), (1.0, 2.0), (2.0, 0.0), (3.0, -4.0)];
        let expected = vec![vec![(0.0, 0.0), (0.5, 1.0)], vec![(1.5, 1.0), (2.0, 0.0), (2.25, -1.0)]];
        assert_eq!(clipped(&curve, -1.0, 1.0), expected);
        assert_eq!(clipped(&curve, -9.0, 9.0), [curve.to_vec()]);
        assert_eq!(clipped(&[(0.0, 5.0), (1.0, 6.0), (2.0, 6.0)], -1.0, 1.0), Vec::<Vec<_>>::new());
        // Straight through the band.
        assert_eq!(clipped(&[(0.0, -2.0), (4.0, 2.0)], -1.0, 1.0), [vec![(1.0, -1.0), (3.0, 1.0)]]);
    }

    #[test]
    fn extent_skips_what_is_not_finite() {
        assert_eq!(extent([f64::NAN, 2.0, -1.0, f64::INFINITY].into_iter()), Some((-1.0, 2.0)));
        assert_eq!(extent([f64::NAN].into_iter()), None);
    }
}
