//! Found terms against true ones, and the score of a simulation.

use mechnn::equation::{Equation, FittedTerm, SparseModel, parse_polynomial};
use mechnn_experiments::benchmark::{Agreement, Start, Structure, agreement, rollout_score};
use ndarray::array;

use crate::folder::{Contents, open};

fn model(rhs: &[&str]) -> SparseModel {
    let states: Vec<String> = (0..rhs.len()).map(|d| format!("x_{d}")).collect();
    let equation = |text: &&str| {
        let terms = parse_polynomial(text, &states).unwrap().into_iter();
        let terms = terms.map(|(term, coefficient)| FittedTerm::new(term, coefficient));
        Equation { terms: terms.collect() }
    };
    let equations = rhs.iter().map(equation).collect();
    SparseModel::new("t", states.clone(), equations).unwrap()
}

/// How equations for system 12 compare, given a score from the other start.
fn compare(rhs: &[&str], generalisation: f64) -> Agreement {
    let folder = Contents::new().write();
    let bench = open(folder.path());
    agreement(bench.system(12).unwrap(), Start::A, &model(rhs), generalisation)
}

#[test]
fn exact_terms_have_a_coefficient_error() {
    // True: -1.5 x_0 x_1 and 1.5 x_0 x_1, the latter written as a product of brackets.
    let found = compare(&["-1.5*x_0*x_1", "1.35*x_0*x_1"], 0.2);
    assert_eq!(found.structure, Structure::Exact);
    assert!((found.worst_coefficient_error.unwrap() - 0.1).abs() < 1e-12, "{found:?}");
}

#[test]
fn terms_that_a_conserved_sum_makes_the_same_are_equivalent() {
    // x_0 = 1 - x_1 on every trajectory.
    let replaced = ["-1.5*x_1 + 1.5*x_1**2", "1.5*x_0*x_1"];
    let found = compare(&replaced, 0.9999);
    assert_eq!(found, Agreement { structure: Structure::Equivalent, worst_coefficient_error: None });
    // Not if the other start is predicted badly, ..
    assert_eq!(compare(&replaced, 0.99).structure, Structure::Different);
    // .. nor with a term that could be left out, in whichever equation, ..
    for rhs in [
        ["-1.5*x_0*x_1 + 0.001*x_0**3", "1.5*x_0*x_1"],
        ["-1.5*x_1 + 1.5*x_1**2 + 0.001*x_0**3", "1.5*x_0*x_1"],
        ["-1.5*x_0*x_1", "1.5*x_0*x_1 + 0.001"],
    ] {
        assert_eq!(compare(&rhs, 0.9999).structure, Structure::Different, "{rhs:?}");
    }
    // .. nor with terms that only resemble the true ones, or without some.
    for rhs in [["-0.3*x_0**3*x_1 - 1.2*x_0*x_1**2", "1.5*x_0*x_1"], ["-1.5*x_0*x_1", "0"]] {
        assert_eq!(compare(&rhs, 0.9999).structure, Structure::Different, "{rhs:?}");
    }
}

#[test]
fn systems_outside_the_library_are_not_compared() {
    let contents = Contents::new();
    let systems = contents.systems.replace("\"poly3\": true", "\"poly3\": false");
    let folder = Contents { systems, ..contents }.write();
    let found = agreement(open(folder.path()).system(3).unwrap(), Start::A, &model(&["0.8*x_0 - 0.4*x_0**2"]), 1.0);
    assert_eq!(found.structure, Structure::Outside);
}

#[test]
fn simulations_are_scored_against_the_clean_trajectory() {
    let times = [0.0, 1.0, 2.0];
    let clean = array![[0.0, 5.0], [1.0, 5.0], [2.0, 5.0]];
    let score = |first: &str| rollout_score(&model(&[first, "0"]), &[0.0, 5.0], &times, clean.view());
    assert!((score("1") - 1.0).abs() < 1e-12, "{}", score("1"));
    // x_0 = 2 t: errors 0, 1, 2 against a variance of 2/3: 1 - (5/3) / (2/3) = -1.5.
    assert!((score("2") + 1.5).abs() < 1e-9, "{}", score("2"));
    // x_0' = 100 + x_0² is infinite at t = 0.16: failed, not a large negative number.
    assert_eq!(score("100 + x_0**2"), 0.0);
}
