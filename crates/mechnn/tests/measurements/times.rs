//! Rows that are clumped, and rows that are missing.

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryOptions, Silent, discover};
use mechnn::equation::LibrarySpec;

use super::system::{POLYNOMIAL, System};

fn options() -> DiscoveryOptions {
    DiscoveryOptions { library: Some(LibrarySpec::polynomial(2)), ..DiscoveryOptions::default() }
}

/// Times of rows as they are in practice.
fn times(kind: &str, system: &mut System) -> Vec<f64> {
    let span = system.span;
    match kind {
        "pairs" => {
            let gap = span / 29.0;
            (0..30).flat_map(|i| [f64::from(i) * gap, f64::from(i) * gap + 0.003 * gap]).collect()
        }
        "log-normal gaps" => {
            let gaps: Vec<f64> = (0..59).map(|_| (1.5 * system.normal()).exp()).collect();
            let total: f64 = gaps.iter().sum();
            let ends = gaps.iter().scan(0.0, |time, gap| {
                *time += gap * span / total;
                Some(*time)
            });
            std::iter::once(0.0).chain(ends).collect()
        }
        "95 % missing" => {
            let all = system.even(800);
            let mut kept: Vec<f64> = all.into_iter().filter(|_| system.uniform() < 0.05).collect();
            kept.dedup();
            kept
        }
        "bursts" => {
            let bursts = (0..8).map(|i| span * f64::from(i) / 8.0);
            bursts.flat_map(|start| (0..8).map(move |i| start + 0.01 * span * f64::from(i) / 8.0)).collect()
        }
        _ => panic!("no times {kind}"),
    }
}

/// None may end with an error, and the rate of the right equations is that of even times or nearly so.
#[test]
fn no_clumped_or_gappy_times_end_with_an_error() {
    for (kind, least) in [("pairs", 8), ("log-normal gaps", 6), ("95 % missing", 6), ("bursts", 5)] {
        let (mut right, mut all) = (0, 0);
        for seed in 0..10 {
            let mut system = System::new(POLYNOMIAL[seed as usize % POLYNOMIAL.len()], 6000 + seed);
            let times = times(kind, &mut system);
            let values = system.noisy(&times, 0.02, 0.0);
            let result = discover(&system.data(&times, values), &options(), &mut Silent);
            let result = result.unwrap_or_else(|error| panic!("{kind} {seed} {}: {error}", system.name));
            all += 1;
            let is_right = system.predicts_another_start(&result.model, 0.8);
            right += usize::from(is_right);
            if !is_right {
                println!("{kind} {} {seed}: {}", system.name, result.model);
            }
        }
        println!("{kind}: {right} of {all} predict another start");
        assert!(right >= least, "{kind}: {right} of {all}");
    }
}

/// Fifty tables of pure noise, about a constant or about zero, rows as they come: none ends with an error.
#[test]
fn pure_noise_is_no_error() {
    let mut equations = 0;
    for seed in 0..50 {
        let mut system = System::new("logistic", 7000 + seed);
        let kind = ["pairs", "log-normal gaps", "95 % missing", "bursts", "even"][seed as usize % 5];
        let times = if kind == "even" { system.even(31) } else { times(kind, &mut system) };
        let mean = if seed % 2 == 0 { 5.0 } else { 0.0 };
        let values = ndarray::Array2::from_shape_fn((times.len(), 1), |_| mean + 0.1 * system.normal());
        let data: Dataset = system.data(&times, values);
        let result = discover(&data, &options(), &mut Silent).unwrap_or_else(|error| panic!("{kind} {seed}: {error}"));
        equations += usize::from(result.model.term_count() > 0);
    }
    println!("{equations} of 50 tables of noise got an equation");
}
