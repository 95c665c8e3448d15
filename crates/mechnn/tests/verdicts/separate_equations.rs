//! One equation that cannot be expressed does not spoil the others.

use mechnn::data::Dataset;
use mechnn::discovery::Finding;
use ndarray::Array2;

use crate::made_data::{Draw, dataset, found, terms, times};

/// A position x, its velocity v, which is pushed by four waves that nobody measured, and y, which follows x.
pub(crate) fn pushed(draw: &mut Draw) -> Dataset {
    let waves: Vec<[f64; 3]> =
        (0..4).map(|_| [draw.between(0.5, 1.5), draw.between(0.8, 3.0), draw.between(0.0, 6.0)]).collect();
    let (rate, rows, last) = (draw.size(0.3, 1.0), 150, 20.0);
    let times = times(rows, last);
    // x is the integral of v; y' = rate (x - y) by small steps of Heun.
    let velocity = |t: f64| waves.iter().map(|[a, w, p]| a * (w * t + p).cos()).sum::<f64>();
    let position = |t: f64| waves.iter().map(|[a, w, p]| a / w * (w * t + p).sin()).sum::<f64>();
    let mut values = Array2::zeros((rows as usize, 3));
    let (mut y, steps) = (0.0, 50);
    for (row, &t) in times.iter().enumerate() {
        values[[row, 0]] = position(t);
        values[[row, 1]] = velocity(t);
        values[[row, 2]] = y;
        let h = last / f64::from(rows - 1) / f64::from(steps);
        for step in 0..steps {
            let now = t + h * f64::from(step);
            let slope = rate * (position(now) - y);
            y += 0.5 * h * (slope + rate * (position(now + h) - y - h * slope));
        }
    }
    dataset(&["x", "v", "y"], &times, values)
}

#[test]
fn the_others_are_found_and_the_one_is_said_not_to_be() {
    let (mut right, mut named) = (0, 0);
    let cases = 4;
    for seed in 0..cases {
        let data = pushed(&mut Draw::new(4, seed)).with_noise(0.01, seed).expect("noise");
        let result = found(&data, "poly:2");
        let finding = |state: usize| result.finding(&result.evidence.states[state]);
        named += usize::from(result.taken_as_known == ["v"] && finding(1) <= Finding::Doubtful);
        right += usize::from(terms(&result, 0) == ["v"] && terms(&result, 2) == ["x", "y"]);
    }
    assert!(named as u64 == cases && right as u64 >= cases - 1, "{named} named, {right} right, of {cases}");
}
