//! Whether a solver knows its rounding errors, against arithmetic of hundreds of digits: every answer that is given is
//! as good as it says, in values and gradients.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt;

use mechnn_solver::{Cotangent, OdeProblem, OdeSolver, Scheme, Solution};
use ndarray::Axis;
use rayon::prelude::*;

#[path = "support/degenerate_problem.rs"]
mod degenerate_problem;
#[path = "support/exact_minimum.rs"]
mod exact_minimum;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_problem.rs"]
mod random_problem;

use degenerate_problem::{Degenerate, degenerate, degenerate_collocation};
use exact_minimum::ExactMinimum;
use methods::methods_for;
use parts::{INPUTS, parts};
use random_problem::Inputs;

/// An error within two digits of its estimate counts as known.
const KNOWN: f64 = 100.0;

/// Relative to the largest number of a gradient: an input that the loss does not depend on at all, because hard
/// equations leave it nothing to move, has the square of a rounding error instead of 0.
const NOTHING: f64 = 1e-25;

/// What came of the answers of one method.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    values: usize,
    wrong_values: Vec<String>,
    gradients: usize,
    refused_gradients: usize,
    wrong_gradients: Vec<String>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.refused += other.refused;
        self.values += other.values;
        self.wrong_values.extend(other.wrong_values);
        self.gradients += other.gradients;
        self.refused_gradients += other.refused_gradients;
        self.wrong_gradients.extend(other.wrong_gradients);
        self
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { refused, values, wrong_values, gradients, refused_gradients, wrong_gradients } = self;
        write!(
            f,
            "{refused} refused; {} of {values} values and {} of {gradients} gradients with errors beyond their \
             estimate, {refused_gradients} gradients refused\n{}\n{}",
            wrong_values.len(),
            wrong_gradients.len(),
            wrong_values.join("\n"),
            wrong_gradients.join("\n"),
        )
    }
}

/// The error in the norm of `SolveInfo::error_estimate`.
fn error(inputs: &Inputs, problem: &OdeProblem, found: &Solution, exact: &[f64]) -> f64 {
    let exact = found.values.clone().into_shape_with_order(found.values.len()).map(|_| exact.to_vec()).unwrap();
    let exact = ndarray::Array4::from_shape_vec(found.values.dim(), exact).unwrap();
    let steps = match &inputs.steps {
        mechnn_solver::StepsGradient::Shared(steps) => steps.clone(),
        mechnn_solver::StepsGradient::PerDimension(_) => unreachable!("the generators make shared steps"),
    };
    let length = match problem.scheme() {
        Scheme::Collocation { .. } => steps.sum(),
        _ => steps.fold(0.0, |most: f64, h| most.max(*h)),
    };
    let largest = |k: usize| exact.index_axis(Axis(3), k).iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let orders = exact.dim().3;
    let scaled = (0..orders).map(|k| largest(k) * length.powi(k as i32)).fold(0.0, f64::max);
    let relative = |k: usize| {
        let (a, b) = (found.values.index_axis(Axis(3), k), exact.index_axis(Axis(3), k));
        let difference = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if difference == 0.0 { 0.0 } else { difference / (largest(k) + 1e-6 * scaled / length.powi(k as i32)) }
    };
    (0..orders).map(relative).fold(0.0, f64::max)
}

fn judge(method: &dyn OdeSolver, case: &Degenerate, problem: &OdeProblem, exact: Option<&ExactMinimum<'_>>) -> Tally {
    let mut tally = Tally::default();
    let Ok((solution, pullback)) = method.solve_with_pullback(problem) else {
        tally.refused = 1;
        return tally;
    };
    tally.values = 1;
    let Some(exact) = exact else {
        tally.wrong_values.push(format!("{}: the rows leave a direction open", case.name));
        return tally;
    };
    let (found, estimate) = (error(&case.inputs, problem, &solution, &exact.values()), solution.info.error_estimate);
    let is_known = found <= KNOWN * estimate; // false for a NaN
    if !is_known {
        tally.wrong_values.push(format!("{}: error {found:.1e}, {:?}", case.name, solution.info));
    }
    let cotangent = Cotangent { values: solution.values.mapv(|_| 1.0), slack: None };
    let (gradient, errors) = match pullback.pull_with_errors(&cotangent) {
        Ok((gradient, Some(errors))) => (gradient, errors),
        Ok((_, None)) => return tally,
        Err(_) => {
            tally.refused_gradients = 1;
            return tally;
        }
    };
    tally.gradients = 1;
    let estimates = [
        errors.coefficients,
        errors.forcing,
        errors.initial,
        errors.steps,
        errors.periodic_jump,
        errors.boundary,
        errors.weights,
        errors.gamma_alpha,
    ];
    let all = exact.gradient();
    let largest = all.iter().flatten().fold(0.0, |most: f64, x| most.max(x.abs()));
    let mut wrong = Vec::new();
    for (((own, exact), estimate), input) in parts(&gradient).into_iter().zip(all).zip(estimates).zip(INPUTS) {
        let error = own.iter().zip(&exact).fold(0.0, |most: f64, (x, y)| most.max((x - y).abs()));
        let is_known = error <= KNOWN * estimate || error <= NOTHING * largest; // false for a NaN
        if !is_known {
            let largest = exact.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
            wrong.push(format!("{input} {largest:.1e}, error {error:.1e}, estimate {estimate:.1e}"));
        }
    }
    if !wrong.is_empty() {
        tally.wrong_gradients.push(format!("{}: {}", case.name, wrong.join("; ")));
    }
    tally
}

/// The tallies of all methods that solve the cases, by name.
fn judged(cases: impl ParallelIterator<Item = Degenerate>) -> Vec<(&'static str, Tally)> {
    let of_case = |case: Degenerate| -> Vec<(&'static str, Tally)> {
        let problem = case.inputs.problem().unwrap();
        let exact = ExactMinimum::of(&case.inputs);
        let methods = methods_for(&problem);
        methods.iter().map(|method| (method.name(), judge(&**method, &case, &problem, exact.as_ref()))).collect()
    };
    let mut all: Vec<(&'static str, Tally)> = Vec::new();
    for (name, tally) in cases.map(of_case).collect::<Vec<_>>().into_iter().flatten() {
        match all.iter().position(|(known, _)| *known == name) {
            Some(at) => all[at].1 = std::mem::take(&mut all[at].1).add(tally),
            None => all.push((name, tally)),
        }
    }
    all
}

/// All values must be as good as they say, and all but `most` percent of the gradients.
#[track_caller]
fn expect_honest(cases: impl ParallelIterator<Item = Degenerate>, least: usize, most: f64) {
    for (name, tally) in judged(cases) {
        println!("{name}: {tally}");
        if name == "dense" {
            // The reference is written to be read: where collocation loses digits it does not know it.
            continue;
        }
        assert!(tally.wrong_values.is_empty(), "{name}: {tally}");
        assert!(tally.values >= least, "{name}: {} values", tally.values);
        assert!(tally.wrong_gradients.len() as f64 <= 0.01 * most * tally.gradients as f64, "{name}: {tally}");
    }
}

#[test]
fn least_squares_know_their_errors() {
    expect_honest((0..250).into_par_iter().map(degenerate), 100, 0.0);
}

#[test]
fn collocation_knows_its_errors() {
    expect_honest((0..150).into_par_iter().map(degenerate_collocation), 50, 5.0);
}

/// Ten minutes on one core.
#[test]
#[ignore = "long"]
fn many_methods_know_their_errors() {
    expect_honest((0..5000).into_par_iter().map(degenerate), 2000, 1.0);
    expect_honest((0..5000).into_par_iter().map(degenerate_collocation), 1000, 5.0);
}
