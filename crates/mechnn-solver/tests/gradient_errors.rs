//! Gradients know their rounding errors, at the edge of what can be solved too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::method::{BlockBanded, Dense};
use mechnn_solver::{Cotangent, EquationRows, OdeSolver};
use rayon::prelude::*;

#[path = "support/degenerate_problem.rs"]
mod degenerate_problem;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_problem.rs"]
mod random_problem;

use degenerate_problem::degenerate;
use parts::{INPUTS, parts};

/// An error within two digits of its estimate counts as known, as for the values (`tests/conditioning.rs`).
const KNOWN: f64 = 100.0;

/// Relative to the largest entry: what the reference itself leaves.
const REFERENCE: f64 = 1e-12;

/// The number of gradients that were compared, and those with an error beyond their estimate. Hard equations are rows
/// of weight 1e7 in the reference, and its derivatives in the weights are sums that cancel: neither is compared.
fn dishonest(seeds: std::ops::Range<u64>) -> (usize, Vec<String>) {
    let verdicts: Vec<Option<Option<String>>> = seeds
        .into_par_iter()
        .map(|seed| {
            let case = degenerate(seed);
            let problem = case.inputs.problem().unwrap();
            let reference = Dense.solve_with_pullback(&problem);
            let (Ok((_, exact)), EquationRows::Soft) = (reference, case.inputs.equation_rows) else { return None };
            let (solution, pullback) = BlockBanded.solve_with_pullback(&problem).ok()?;
            let cotangent = Cotangent { values: solution.values.mapv(|_| 1.0), slack: None };
            let (gradient, errors) = pullback.pull_with_errors(&cotangent).ok()?;
            let exact = exact.pull(&cotangent).ok()?;
            let errors = errors.unwrap();
            let estimates = [errors.coefficients, errors.forcing, errors.initial, errors.steps, errors.periodic_jump];
            let pairs = parts(&gradient).into_iter().zip(parts(&exact)).zip(estimates).zip(INPUTS);
            for (((own, exact), estimate), input) in pairs {
                let largest = exact.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
                let error = own.iter().zip(&exact).fold(0.0, |most: f64, (x, y)| most.max((x - y).abs()));
                if error > KNOWN * estimate && error > REFERENCE * largest {
                    return Some(Some(format!("{}: {input} {largest:e}, error {error:e} > {estimate:e}", case.name)));
                }
            }
            Some(None)
        })
        .collect();
    let compared = verdicts.iter().flatten().count();
    (compared, verdicts.into_iter().flatten().flatten().collect())
}

fn check(seeds: std::ops::Range<u64>) {
    let (compared, wrong) = dishonest(seeds);
    let rate = format!("{} of {compared} gradients with errors beyond their estimate", wrong.len());
    println!("{rate}\n{}", wrong.join("\n"));
    assert!(compared > 100, "{compared}");
    // Seven of 1193 in the first 2500 seeds, six of them in the tenth digit or later.
    assert!(wrong.len() * 50 <= compared, "{rate}\n{}", wrong.join("\n"));
}

#[test]
fn gradients_know_their_errors() {
    check(0..500);
}

/// Ten minutes on one core.
#[test]
#[ignore = "long"]
fn many_gradients_know_their_errors() {
    check(0..20_000);
}
