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

/// The same, with further points at `kinks`, in any order, as far as they are between the first time and the last.
pub(crate) fn refine_at(times: &[f64], kinks: &[f64], longest: f64) -> (Vec<f64>, Vec<usize>) {
    let (first, last) = (times[0], times[times.len() - 1]);
    let inside = kinks.iter().copied().filter(|kink| *kink > first && *kink < last);
    let mut all: Vec<f64> = times.iter().copied().chain(inside).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let (grid, of_all) = refine(&all, longest);
    let place = |time: &f64| match all.binary_search_by(|other| other.total_cmp(time)) {
        Ok(place) => of_all[place],
        Err(_) => unreachable!("every time is one of them"),
    };
    (grid, times.iter().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::{refine, refine_at};

    #[test]
    fn kinks_are_points_of_the_grid_and_rows_are_found_again() {
        let (grid, indices) = refine_at(&[0.0, 1.0, 2.0], &[1.9, 0.9, -1.0, 2.0, 5.0], 1.0);
        assert_eq!((grid, indices), (vec![0.0, 0.9, 1.0, 1.9, 2.0], vec![0, 2, 4]));
    }

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
