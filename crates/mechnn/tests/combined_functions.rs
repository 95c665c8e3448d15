//! Functions of linear combinations of states, found with all their numbers.
#![allow(clippy::unwrap_used)]

use mechnn::data::{Dataset, Trajectory};
use mechnn::discovery::{DiscoveryOptions, Silent, WeightedModel, discover};
use mechnn::equation::{FittedTerm, SimulationOptions, SparseModel, Term, simulate};

/// A term's coefficient and the numbers inside it.
type Numbers = Vec<f64>;

/// What `--library LIBRARY` finds in 300 rows; `noise` is relative to each state's standard deviation.
fn found(equations: &[(&str, &str)], start: &[f64], last: f64, noise: f64, library: &str) -> SparseModel {
    let truth = SparseModel::from_text("t", equations).unwrap();
    let times: Vec<f64> = (0..300).map(|i| last * f64::from(i) / 299.0).collect();
    let clean = simulate(&truth, start, &times, &SimulationOptions::new(vec![1.0; start.len()])).unwrap();
    let trajectory = Trajectory::new("a", times, clean.values).unwrap();
    let data = Dataset::new("t", truth.states, vec![trajectory]).unwrap().with_noise(noise, 1).unwrap();
    let options = DiscoveryOptions { library: Some(library.parse().unwrap()), ..DiscoveryOptions::default() };
    let result = discover(&data, &options, &mut Silent).unwrap();
    // The same functions from other inner constants are one structure.
    let weighted_models = &result.evidence.weighted_models;
    let distinct =
        |(at, own): (usize, &WeightedModel)| weighted_models[..at].iter().all(|other| !own.has_terms_of(&other.model));
    assert!(weighted_models.iter().enumerate().all(distinct));
    assert!((weighted_models.iter().map(|model| model.weight).sum::<f64>() - 1.0).abs() < 1e-12);
    result.model
}

/// Of every function its form over x0, x1, and its numbers, of which the first is the coefficient.
fn functions(model: &SparseModel) -> Vec<(String, Numbers)> {
    let of_function = |(_, fitted): (usize, &FittedTerm)| match &fitted.term {
        Term::Function(function) => {
            let numbers = std::iter::once(fitted.coefficient).chain(function.constants().iter().copied());
            Some((function.expression().to_string(), numbers.collect()))
        }
        _ => None,
    };
    model.terms().filter_map(of_function).collect()
}

fn assert_functions(model: &SparseModel, terms: usize, expected: &[(&str, &[f64])]) {
    assert_eq!(model.term_count(), terms, "{model}");
    let found = functions(model);
    assert_eq!(found.len(), expected.len(), "{model}");
    for ((form, numbers), (expected_form, expected)) in found.iter().zip(expected) {
        assert_eq!(form, expected_form, "{model}");
        for (number, exact) in numbers.iter().zip(*expected) {
            assert!((number - exact).abs() < 0.1 * exact.abs().max(0.1), "{number}, exact {exact}: {model}");
        }
    }
}

#[test]
fn a_pendulum_has_its_frequency_whatever_the_unit_of_the_angle() {
    let pendulum = [("q", "p"), ("p", "-3*sin(2.3*q) - 0.2*p")];
    let model = found(&pendulum, &[1.1, 0.3], 12.0, 0.02, "poly:3,combined");
    assert_functions(&model, 3, &[("sin(a*x0)", &[-3.0, 2.3])]);
}

#[test]
fn populations_of_neurons_have_their_weights_and_thresholds() {
    // Wilson and Cowan, Biophysical Journal 12 (1972) 1.
    let equations = [("e", "-e + sigmoid(10*e - 8*i - 1)"), ("i", "-i + sigmoid(9*e - 2*i - 3)")];
    let model = found(&equations, &[0.3, 0.2], 20.0, 0.02, "poly:3,combined");
    let form = "sigmoid(a*x0 + b*x1 + c)";
    assert_functions(&model, 4, &[(form, &[1.0, 10.0, -8.0, -1.0]), (form, &[1.0, 9.0, -2.0, -3.0])]);
}

#[test]
fn oscillators_are_coupled_by_the_difference_of_their_phases() {
    let equations = [("x", "1 + 0.4*sin(y - x)"), ("y", "2.1 + 0.4*sin(x - y)")];
    let model = found(&equations, &[0.3, -0.2], 20.0, 0.01, "poly:3,combined");
    assert_functions(&model, 4, &[("sin(x0 - x1)", &[-0.4]), ("sin(x0 - x1)", &[0.4])]);
}

#[test]
fn growth_is_limited_by_what_is_there_and_by_who_takes_it() {
    let uptake = "x/(0.7 + x)*y/(0.4 + y)";
    let (prey, predator) = (format!("x - 0.25*x**2 - 2*{uptake}"), format!("1.4*{uptake} - 0.6*y"));
    let model = found(&[("x", &prey), ("y", &predator)], &[3.0, 0.3], 30.0, 0.01, "poly:3,combined");
    let form = "x0/(a + x0)*x1/(b + x1)";
    assert_functions(&model, 5, &[(form, &[-2.0, 0.7, 0.4]), (form, &[1.4, 0.7, 0.4])]);
}
