//! Rounding errors against the dense reference, which refines in twice the working precision; and whether the solver
//! knows them.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::method::{BlockBanded, Dense};
use mechnn_solver::{
    Factorization, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, Solution, TimeGrid, Weights,
};
use ndarray::{Array3, Array4, Array5, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// u^(k) = -u + forcing-like variation, all K - 1 initial values given.
fn oscillator(orders: usize, points: usize, step: f64, scheme: Scheme) -> OdeProblem {
    let order = orders - 1;
    let coefficients = Array5::from_shape_fn((1, points, 1, 1, orders), |(_, t, _, _, k)| match k {
        0 => 1.0 + 0.3 * (t as f64 * step).sin(),
        k if k == order => 1.0,
        _ => 0.2,
    });
    let forcing = Array3::from_shape_fn((1, points, 1), |(_, t, _)| (2.0 * t as f64 * step).cos());
    let initial = InitialValues::new(Array4::from_shape_fn((1, 1, 1, order), |(.., q)| 1.0 - 0.5 * q as f64));
    let ode = LinearOde::new(coefficients, forcing);
    OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &initial).unwrap().with_scheme(scheme).unwrap()
}

/// Largest error of each derivative in the norm of `SolveInfo::error_estimate`: of u, and of all derivatives.
fn errors(found: &Solution, exact: &Solution, step: f64) -> (f64, f64) {
    let orders = exact.values.dim().3;
    let largest = |k: usize| exact.values.index_axis(Axis(3), k).iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let scaled = (0..orders).map(|k| largest(k) * step.powi(k as i32)).fold(0.0, f64::max);
    let relative = |k: usize| {
        let (a, b) = (found.values.index_axis(Axis(3), k), exact.values.index_axis(Axis(3), k));
        let difference = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        difference / (largest(k) + 1e-6 * scaled / step.powi(k as i32))
    };
    (relative(0), (0..orders).map(relative).fold(0.0, f64::max))
}

#[test]
fn solutions_are_accurate_down_to_small_steps() {
    println!("          scheme  K     step      factorization    error u        all   estimate");
    let schemes = [
        Scheme::Taylor,
        Scheme::TaylorCentral,
        Scheme::RelaxedLp { gamma_alpha: 0.0 },
        Scheme::IntegratedWiener,
        Scheme::Pade,
    ];
    for scheme in schemes {
        for (orders, smallest) in [(2, 1e-4), (3, 1e-4), (4, 1e-3), (5, 1e-2)] {
            for step in [1e-1, 1e-2, 1e-3, 1e-4] {
                let problem = oscillator(orders, 150, step, scheme);
                let exact = Dense.solve(&problem).unwrap();
                let found = BlockBanded.solve(&problem).unwrap();
                let (of_u, of_all) = errors(&found, &exact, step);
                let (name, info) = (scheme.name(), found.info);
                let how = format!("{:?}", info.factorization);
                println!(
                    "{name:>16} {orders:>2} {step:>8.0e} {how:>18} {of_u:>10.1e} {of_all:>10.1e} {:>10.1e}",
                    info.error_estimate
                );
                let bound = if step >= smallest { 1e-10 } else { 1e-7 };
                assert!(of_all < bound, "{name}, K = {orders}, step {step}: error {of_all:e}");
            }
        }
    }
}

/// A problem of any conditioning: steps from 1e-4 to 1, K up to 6, weights over four decades.
fn any_conditioning(rng: &mut ChaCha8Rng) -> (OdeProblem, f64) {
    let (points, dims, orders) = (rng.random_range(3..10), rng.random_range(1..3usize), rng.random_range(2..7usize));
    let step = 10f64.powf(rng.random_range(-4.0..0.0));
    let mut entry = || rng.random_range(-1.0..1.0);
    let mut coefficients = Array5::from_shape_simple_fn((1, points, dims, dims, orders), &mut entry);
    for t in 0..points {
        for d in 0..dims {
            // The highest derivative is determined by the equation.
            coefficients[[0, t, d, d, orders - 1]] += 3.0;
        }
    }
    let forcing = Array3::from_shape_simple_fn((1, points, dims), &mut entry);
    let initial = Array4::from_shape_simple_fn((1, 1, dims, orders - 1), &mut entry);
    let mut weight = || 10f64.powf(rng.random_range(-2.0..2.0));
    let weights = Weights { equation: weight(), initial: weight(), smoothness: weight() };
    let scheme = match rng.random_range(0..5) {
        0 => Scheme::Taylor,
        1 => Scheme::TaylorCentral,
        2 => Scheme::IntegratedWiener,
        3 => Scheme::Pade,
        _ => Scheme::RelaxedLp { gamma_alpha: 0.0 },
    };
    let ode = LinearOde::new(coefficients, forcing);
    let problem = OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &InitialValues::new(initial)).unwrap();
    (problem.with_scheme(scheme).unwrap().with_weights(weights).unwrap(), step)
}

#[test]
fn the_error_estimate_is_within_two_digits() {
    const CASES: usize = 2100;
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    // Errors below this cannot be told from those of the reference.
    const REFERENCE: f64 = 1e-15;
    let mut digits = Vec::new();
    let mut orthogonal = 0;
    let (mut refused, mut worst) = (0, (0.0f64, String::new()));
    for case in 0..CASES {
        let (problem, step) = any_conditioning(&mut rng);
        let Ok(exact) = Dense.solve(&problem) else { continue };
        let Ok(found) = BlockBanded.solve(&problem) else {
            refused += 1;
            continue;
        };
        let (_, error) = errors(&found, &exact, step);
        let info = found.info;
        orthogonal += usize::from(info.factorization == Factorization::Orthogonal);
        let optimism = (error.max(REFERENCE) / info.error_estimate.max(REFERENCE)).log10();
        if optimism > worst.0 {
            let sizes = problem.sizes();
            worst = (
                optimism,
                format!(
                    "case {case}: {} {sizes:?} step {step:.1e} error {error:.1e} {info:?}",
                    problem.scheme().name()
                ),
            );
        }
        digits.push(optimism);
    }
    println!("log10(error / estimate): cases");
    for bin in -6..6 {
        let inside = digits.iter().filter(|d| (f64::from(bin)..f64::from(bin + 1)).contains(*d)).count();
        println!("{bin:>4} to {:>2}: {inside:>5} {}", bin + 1, "*".repeat(inside.div_ceil(20)));
    }
    let within = digits.iter().filter(|d| d.abs() <= 2.0).count() as f64 / digits.len() as f64;
    println!(
        "{} cases, {orthogonal} orthogonal, {refused} refused, within two digits {:.2} %; most optimistic {:.2}: {}",
        digits.len(),
        100.0 * within,
        worst.0,
        worst.1
    );
    assert_eq!(refused, 0);
    assert!(within >= 0.99, "{within}");
    assert!(worst.0 <= 2.0, "{}", worst.1);
}
