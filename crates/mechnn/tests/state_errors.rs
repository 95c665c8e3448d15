//! The standard errors of the estimated states against the states that made the data.
//!
//! The errors of one fit move together (four coefficients and two initial values make all 1000 points), so one data
//! set says little: 100 seeds are about 600 independent numbers, and the test asks that the share of states inside
//! their bands is one that 600 draws have.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn::data::KnownSystem;
use mechnn::discovery::{DiscoveryOptions, Silent, discover};
use mechnn::equation::LibrarySpec;
use support::binomial::usual_counts;

mod support;

const SEEDS: u64 = 100;

/// Independent errors of one fit: four coefficients and two initial values.
const INDEPENDENT: usize = 6;

/// The share of a normal distribution within one standard deviation.
const WITHIN_ONE: f64 = 0.683;

#[test]
fn bands_of_one_standard_error_cover_the_clean_states() {
    let system = KnownSystem::LotkaVolterra;
    // The bands are those of free coefficients; simple ones, which are exact here, would leave the states better
    // known.
    let library = Some(LibrarySpec::polynomial(2));
    let options = DiscoveryOptions { library, simplify: false, ..DiscoveryOptions::default() };
    let clean = system.dataset(system.points()).unwrap();
    for noise in [0.02, 0.1] {
        let (mut covered, mut count, mut squares) = (0, 0, 0.0);
        for seed in 1..=SEEDS {
            let data = clean.with_noise(noise, seed).unwrap();
            let result = discover(&data, &options, &mut Silent).unwrap();
            let fitted = &result.trajectories[0];
            assert_eq!(fitted.state_std.dim(), fitted.states.dim());
            assert!(fitted.state_std.iter().all(|std| std.is_finite() && *std > 0.0));
            for (truth, &at) in clean.trajectories[0].values.rows().into_iter().zip(&fitted.observed_at) {
                for d in 0..truth.len() {
                    let score = (fitted.states[[at, d]] - truth[d]) / fitted.state_std[[at, d]];
                    squares += score * score;
                    covered += usize::from(score.abs() < 1.0);
                    count += 1;
                }
            }
        }
        let coverage = covered as f64 / count as f64;
        println!("noise {noise}: coverage {:.1} %, mean square {:.2}", 100.0 * coverage, squares / count as f64);
        // 68.3 % are expected of draws that are independent, and 68.0 % are found at both levels of noise.
        let independent = INDEPENDENT * SEEDS as usize;
        let covered = (coverage * independent as f64).round() as usize;
        let usual = usual_counts(independent, WITHIN_ONE);
        assert!(usual.contains(&covered), "noise {noise}: {covered} of {independent}, usual are {usual:?}");
    }
}
