//! Noise as instruments have it: the same everywhere, a fraction of the value, or both.

use mechnn::data::NoiseModel;
use mechnn::discovery::{DiscoveryOptions, DiscoveryResult, Silent, discover, fit_structure};
use mechnn::equation::{FunctionFamily, LibrarySpec};

use super::system::{POLYNOMIAL, System, USED_UP, deviations};

/// Noise of the size that was put in, in root mean square over the rows, for so many cases of each kind.
#[test]
fn the_noise_is_what_was_put_in() {
    let (mut right, mut all) = (0, 0);
    for seed in 0..60 {
        let mut system = System::new(POLYNOMIAL[seed as usize % POLYNOMIAL.len()], 3000 + seed);
        let times = system.even(80);
        let (additive, proportional) = [(0.04, 0.0), (0.0, 0.08), (0.03, 0.08)][(seed / 5) as usize % 3];
        let values = system.noisy(&times, additive, proportional);
        let clean = system.clean(&times);
        let sizes = deviations(&clean);
        let result = discover(&system.data(&times, values), &options(), &mut Silent).unwrap();
        for (d, parts) in result.noise_parts.iter().enumerate() {
            let rms = |a: f64, b: f64| {
                let squares = clean.column(d).mapv(|x| a * a + (b * x).powi(2));
                squares.mean().unwrap().sqrt()
            };
            let (found, put_in) = (rms(parts.additive, parts.proportional), rms(additive * sizes[d], proportional));
            all += 1;
            // Of 80 residuals the standard error of a standard deviation is 8 %.
            let is_right = (found / put_in - 1.0).abs() < 0.3;
            right += usize::from(is_right);
            if !is_right {
                println!("{} {seed}: {parts:?}, put in {} and {proportional}", system.name, additive * sizes[d]);
            }
            assert!(parts.proportional <= 1.0, "{} {seed}: {parts:?}", system.name);
        }
    }
    println!("{right} of {all} noises within 30 %");
    assert!(right * 100 >= all * 95, "{right} of {all}");
}

/// What is used up is zero with noise around it: its noise is not a fraction of it, and its equation is not "nothing
/// happens".
#[test]
fn a_state_that_reaches_zero_keeps_its_noise_and_its_equation() {
    let (mut right, mut all, mut sane) = (0, 0, 0);
    for seed in 0..24 {
        let mut system = System::new(USED_UP[seed as usize % USED_UP.len()], 4000 + seed);
        let times = system.even(50);
        let values = system.noisy(&times, 0.02, 0.0);
        let clean = system.clean(&times);
        let last = clean.ncols() - 1;
        let noise = 0.02 * deviations(&clean)[last];
        let result = discover(&system.data(&times, values), &with_fractions(), &mut Silent).unwrap();
        let is_sane = (result.noise[last] / noise - 1.0).abs() < 0.5
            && result.noise_parts.iter().all(|parts| parts.proportional < 0.5);
        all += 1;
        sane += usize::from(is_sane);
        let is_right = predicts_another_start(&system, &result);
        right += usize::from(is_right);
        if !is_right || !is_sane {
            println!("{} {seed}: {}\nnoise {:?}, put in {noise}", system.name, result.model, result.noise_parts);
        }
    }
    println!("{sane} of {all} noises, {right} of {all} equations");
    assert!(sane * 100 >= all * 95, "{sane} of {all} noises");
    assert!(right * 100 >= all * 75, "{right} of {all} equations");
}

/// Where both parts are asked for or found, the intervals of coefficients hold.
#[test]
fn with_the_terms_given_both_parts_are_chosen_where_they_are() {
    let (mut both, mut covered, mut coefficients) = (0, 0, 0);
    const CASES: u64 = 30;
    for seed in 0..CASES {
        let mut system = System::new("logistic", 5000 + seed);
        let times = system.even(200);
        let values = system.noisy(&times, 0.2, 0.15);
        let data = system.data(&times, values);
        let result = fit_structure(&data, &system.truth, &options()).unwrap();
        both += usize::from(result.noise_models[0] == NoiseModel::Both);
        for ((_, found), (_, truth)) in result.model.terms().zip(system.truth.terms()) {
            coefficients += 1;
            covered += usize::from((found.coefficient - truth.coefficient).abs() < 1.96 * found.standard_error);
        }
    }
    println!("both in {both} of {CASES}; {covered} of {coefficients} coefficients covered");
    assert!(both >= 24, "{both} of {CASES}");
    assert!(covered >= *super::support::binomial::usual_counts(coefficients, 0.9).start());
}

fn options() -> DiscoveryOptions {
    let library = Some(LibrarySpec::polynomial(2));
    DiscoveryOptions { library, simplify: false, ..DiscoveryOptions::default() }
}

fn with_fractions() -> DiscoveryOptions {
    let library = Some(LibrarySpec::polynomial(2).with_functions(&[FunctionFamily::Rational]));
    DiscoveryOptions { library, ..DiscoveryOptions::default() }
}

/// Whether the equations found predict what the true ones do from a start of 70 % of the first: R2 above 0.9 for every
/// state.
fn predicts_another_start(system: &System, result: &DiscoveryResult) -> bool {
    system.predicts_another_start(&result.model, 0.7)
}
