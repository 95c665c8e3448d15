//! Single values that contradict all others change nothing.

use mechnn::discovery::{DiscoveryOptions, DiscoveryResult, Robust, Silent, discover};
use mechnn::equation::LibrarySpec;

use super::system::{POLYNOMIAL, System, deviations, terms};

const NOISE: f64 = 0.02;

fn options(robust: Robust) -> DiscoveryOptions {
    let library = Some(LibrarySpec::polynomial(2));
    // Simple numbers would hide a change.
    DiscoveryOptions { library, simplify: false, robust, ..DiscoveryOptions::default() }
}

/// Whether both have the same terms, and coefficients that differ by less than their standard errors.
fn agree(a: &DiscoveryResult, b: &DiscoveryResult) -> bool {
    let coefficients = |result: &DiscoveryResult| -> Vec<(f64, f64)> {
        result.model.terms().map(|(_, own)| (own.coefficient, own.standard_error)).collect()
    };
    terms(&a.model) == terms(&b.model)
        && coefficients(a).iter().zip(coefficients(b)).all(|((a, error), (b, _))| (a - b).abs() <= *error)
}

/// Of so many cases, those in which bad values change no term and no coefficient by more than its standard error,
/// beside the same rows without these values.
fn unchanged(cases: u64, rows: usize, bad: usize) -> usize {
    let mut count = 0;
    for seed in 0..cases {
        let mut system = System::new(POLYNOMIAL[seed as usize % POLYNOMIAL.len()], 1000 + seed);
        let times = system.even(rows);
        let good = system.noisy(&times, NOISE, 0.0);
        let sizes = deviations(&good);
        let (mut without, mut with) = (good.clone(), good);
        for _ in 0..bad {
            let (row, d) =
                ((system.uniform() * rows as f64) as usize, (system.uniform() * sizes.len() as f64) as usize);
            // From ten standard deviations of the noise to a thousand: 0.2 to 20 of the state's.
            let size = sizes[d] * NOISE * 10f64.powf(1.0 + 2.0 * system.uniform());
            with[[row, d]] += if system.uniform() < 0.5 { size } else { -size };
            without[[row, d]] = f64::NAN;
        }
        let found = discover(&system.data(&times, with), &options(Robust::Auto), &mut Silent).unwrap();
        let expected = discover(&system.data(&times, without), &options(Robust::Auto), &mut Silent).unwrap();
        let same = agree(&found, &expected);
        count += usize::from(same);
        if !same {
            println!("{} {seed}: {}\ninstead of\n{}", system.name, found.model, expected.model);
            println!("set aside {:?}\nand {:?}", found.outliers, expected.outliers);
        }
    }
    count
}

#[test]
fn one_bad_value_in_thirty_rows_changes_nothing() {
    let count = unchanged(40, 30, 1);
    println!("{count} of 40 unchanged");
    assert!(count >= 38, "{count} of 40");
}

#[test]
fn a_thousandth_of_ten_thousand_rows_changes_nothing() {
    let count = unchanged(5, 10_000, 10);
    println!("{count} of 5 unchanged");
    assert_eq!(count, 5);
}

#[test]
#[ignore = "minutes: a hundred thousand rows"]
fn a_thousandth_of_a_hundred_thousand_rows_changes_nothing() {
    let count = unchanged(5, 100_000, 100);
    println!("{count} of 5 unchanged");
    assert_eq!(count, 5);
}

/// Where nothing is wrong hardly anything is set aside, also of what is fast.
#[test]
fn good_rows_stay() {
    let (mut tables, mut touched) = (0, 0);
    for seed in 0..40 {
        let mut system = System::new(POLYNOMIAL[seed as usize % POLYNOMIAL.len()], 2000 + seed);
        let times = system.even(60);
        let proportional = seed % 2 == 0;
        let values = match proportional {
            true => system.noisy(&times, 0.0, 0.05),
            false => system.noisy(&times, 0.05, 0.0),
        };
        let result = discover(&system.data(&times, values), &options(Robust::Auto), &mut Silent).unwrap();
        tables += 1;
        touched += usize::from(!result.outliers.is_empty());
        if !result.outliers.is_empty() {
            println!("{} {seed}: {:?}", system.name, result.outliers);
        }
    }
    println!("{touched} of {tables} tables lost a value");
    // One in a hundred by chance.
    assert!(touched <= 2, "{touched} of {tables}");
}
