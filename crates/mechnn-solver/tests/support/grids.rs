//! Time grids that are refined by halving steps.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How steps vary along a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grid {
    Uniform,
    /// Eight intervals of random length, up to three times one another, each cut into equal parts. (Refined by drawing
    /// all steps anew the order itself would be random.)
    Random,
    /// Every step is longer than the one before by the same factor, in all by 2.
    Geometric,
}

pub(crate) const GRIDS: [Grid; 3] = [Grid::Uniform, Grid::Random, Grid::Geometric];

/// Random intervals of [`Grid::Random`].
pub(crate) const PIECES: usize = 8;

impl Grid {
    /// Times from 0 to `horizon` with `intervals` intervals, a multiple of [`PIECES`].
    pub(crate) fn times(self, intervals: usize, horizon: f64) -> Vec<f64> {
        assert!(intervals.is_multiple_of(PIECES), "{intervals} intervals");
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let random: Vec<f64> = (0..PIECES).map(|_| rng.random_range(0.5..1.5)).collect();
        let step = |i: usize| match self {
            Grid::Uniform => 1.0,
            Grid::Random => random[i * PIECES / intervals],
            Grid::Geometric => 2f64.powf(i as f64 / intervals as f64),
        };
        let total: f64 = (0..intervals).map(step).sum();
        let mut times = vec![0.0];
        let mut t = 0.0;
        for i in 0..intervals {
            t += step(i) * horizon / total;
            times.push(t);
        }
        times
    }
}
