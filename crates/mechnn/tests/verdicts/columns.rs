//! Columns that are peculiar are said to be so, and others are not.

use mechnn::discovery::Peculiarity;
use ndarray::Array2;

use crate::made_data::{Draw, dataset, found, times};

#[test]
fn constant_staircase_and_whole_columns_are_named_in_every_case() {
    for seed in 0..6 {
        let mut draw = Draw::new(7, seed);
        let (rate, size, held) = (draw.between(0.5, 1.5), draw.size(20.0, 200.0), 4 + seed as usize % 5);
        let times = times(90, 12.0);
        let wave = |t: f64| size * (1.2 + (rate * t).sin());
        let level = draw.between(1.0, 9.0);
        let values = Array2::from_shape_fn((90, 4), |(row, d)| match d {
            0 => level,
            1 => wave(times[row - row % held]),
            2 => wave(times[row]).round(),
            _ => wave(times[row]) + draw.normal(),
        });
        let result = found(&dataset(&["a", "b", "c", "d"], &times, values), "poly:1");
        let of = |state: &str| result.columns.iter().find(|own| own.state == state).map(|own| own.peculiarity);
        assert_eq!(of("a"), Some(Peculiarity::Constant { value: level }), "seed {seed}");
        assert!(matches!(of("b"), Some(Peculiarity::Staircase { .. })), "seed {seed}: {:?}", of("b"));
        assert_eq!(of("c"), Some(Peculiarity::WholeNumbers), "seed {seed}");
        assert_eq!(of("d"), None, "seed {seed}");
    }
}
