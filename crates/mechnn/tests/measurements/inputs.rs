//! Inputs that are switched.

use mechnn::data::{Between, Dataset, Trajectory};
use mechnn::discovery::{DiscoveryOptions, Silent, discover};
use mechnn::equation::{LibrarySpec, SimulationOptions, SparseModel, simulate};
use ndarray::Array2;

use super::system::System;

/// A tank that is heated: `T' = a u - b T`, with a heater that is switched at rows, and rows that are as far apart as
/// the tank is slow. What is measured is exact but for 1 % noise.
fn heated(seed: u64) -> (Dataset, [f64; 2]) {
    let mut system = System::new("logistic", 8000 + seed);
    let (a, b) = (1.0 + system.uniform(), 0.5 + 0.5 * system.uniform());
    let model = SparseModel::from_text("t", &[("x", &format!("{a}*u - {b}*x")), ("u", "0*u")]).unwrap();
    let mut state = [0.0, 0.0];
    let times: Vec<f64> = (0..60).map(|i| 0.5 * f64::from(i)).collect();
    let mut rows = Vec::new();
    for _ in &times {
        if system.uniform() < 0.3 {
            state[1] = (system.uniform() * 4.0).floor();
        }
        rows.push(state);
        let next = simulate(&model, &state, &[0.0, 0.5], &SimulationOptions::new(vec![1.0; 2])).unwrap();
        state[0] = next.values[[1, 0]];
    }
    let noise: Vec<f64> = times.iter().map(|_| 0.01 * system.normal()).collect();
    let value = |(row, d): (usize, usize)| if d == 0 { rows[row][0] + noise[row] } else { rows[row][1] };
    let values = Array2::from_shape_fn((times.len(), 2), value);
    let trajectory = Trajectory::new("tank", times, values).unwrap();
    (Dataset::new("t", vec!["x".to_owned(), "u".to_owned()], vec![trajectory]).unwrap(), [a, b])
}

#[test]
fn a_held_input_gives_the_right_numbers_and_a_line_between_rows_does_not() {
    let options =
        DiscoveryOptions { library: Some(LibrarySpec::polynomial(2)), simplify: false, ..DiscoveryOptions::default() };
    let (mut held_right, mut linear_right) = (0, 0);
    const CASES: u64 = 10;
    for seed in 0..CASES {
        let (data, [a, b]) = heated(seed);
        let right = |between: Between| {
            let data = data.clone().with_inputs(&["u".to_owned()], between).unwrap();
            let result = discover(&data, &options, &mut Silent).unwrap();
            let found: Vec<f64> = result.model.terms().map(|(_, own)| own.coefficient).collect();
            let is_right = found.len() == 2
                && found.iter().any(|c| (c / a - 1.0).abs() < 0.03)
                && found.iter().any(|c| (c / -b - 1.0).abs() < 0.03);
            if !is_right && between == Between::Held {
                println!("{seed}: {}, truth {a} u - {b} x", result.model);
            }
            is_right
        };
        held_right += u64::from(right(Between::Held));
        linear_right += u64::from(right(Between::Linear));
    }
    println!("held: {held_right} of {CASES}; linear: {linear_right}");
    assert!(held_right >= 9 && linear_right <= 2, "held {held_right}, linear {linear_right}");
}
