//! Noise alone.

use mechnn::discovery::{Finding, Verdict};
use ndarray::Array2;

use crate::made_data::{Draw, dataset, found, times};

#[test]
fn noise_alone_is_no_finding() {
    const CASES: u64 = 16;
    let mut said = Vec::new();
    for seed in 0..CASES {
        let mut draw = Draw::new(3, seed);
        let (rows, mean) = (if seed % 2 == 0 { 40 } else { 120 }, draw.between(-3.0, 3.0));
        let values = Array2::from_shape_fn((rows, 2), |_| mean + draw.normal());
        // Noise makes no search fail.
        let result = found(&dataset(&["x", "y"], &times(rows as u32, 10.0), values), "poly:2");
        let is_none = matches!(result.verdict(), Verdict::NoFinding { everywhere: true, .. });
        let found_any = result.evidence.states.iter().any(|own| result.finding(own) == Finding::Found);
        if !is_none || found_any {
            said.push(format!("seed {seed}: {}\n{}", result.conclusion(), result.model));
        }
    }
    assert!(said.len() <= 1, "{} of {CASES} were said to be something: {said:#?}", said.len());
}
