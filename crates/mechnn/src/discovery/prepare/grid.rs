//! The grid of a trajectory: the times of its rows, with points between them where these are far apart.

/// Refinement never makes a grid longer than this; a grid of the data's own times may be longer.
const MAX_INTERVALS: f64 = 20_000.0;

/// Splits intervals longer than `longest` into equal parts; returns the grid and where the given times are in it.
///
/// No interval is split so far that the grid would have more than 20 000 intervals.
pub(crate) fn refine(times: &[f64], longest: f64) -> (Vec<f64>, Vec<usize>) {
    let span = times[times.len() - 1] - times[0];
    let longest = longest.max(span / MAX_INTERVALS);
    let mut grid = vec![times[0]];
    let mut indices = vec![0];
    for pair in times.windows(2) {
        let parts = ((pair[1] - pair[0]) / longest).ceil().max(1.0) as usize;
        for part in 1..parts {
            grid.push(pair[0] + (pair[1] - pair[0]) * part as f64 / parts as f64);
        }
        grid.push(pair[1]);
        indices.push(grid.len() - 1);
    }
    (grid, indices)
}

#[cfg(test)]
mod tests {
    use super::refine;

    #[test]
    fn long_intervals_are_split_and_short_ones_stay() {
        let (grid, indices) = refine(&[0.0, 1.0, 4.0], 1.5);
        assert_eq!((grid, indices), (vec![0.0, 1.0, 2.5, 4.0], vec![0, 1, 3]));
    }

    #[test]
    fn a_grid_does_not_grow_without_bound() {
        let (grid, indices) = refine(&[0.0, 1.0], 1e-9);
        assert_eq!((grid.len(), indices), (20_001, vec![0, 20_000]));
    }
}
