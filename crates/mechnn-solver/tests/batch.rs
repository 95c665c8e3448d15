//! A batch is its elements, bit for bit: what is solved together is what would be solved alone.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::{
    BoundaryValues, Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, Solution, StepsGradient, TimeGrid,
};
use ndarray::{Array, Axis, Dimension, RemoveAxis};

#[path = "support/long_run.rs"]
mod long_run;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/optimality.rs"]
mod optimality;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_problem.rs"]
mod random_problem;
#[path = "support/schemes.rs"]
mod schemes;

use long_run::count;
use methods::{fast_methods_for, methods_for};
use optimality::Tally;
use parts::{INPUTS, parts};
use random_collocation::random_problems;
use random_problem::Inputs;
use schemes::all_schemes;

#[test]
fn a_batch_is_bitwise_its_elements() {
    let wanted = count(500, 20_000);
    let mut elements = 0;
    // A problem has one to three elements, two on average.
    let problems = random_problems(3000, wanted / 2);
    for (seed, inputs) in &problems {
        let problem = inputs.problem().unwrap();
        for method in methods_for(&problem) {
            let (together, pullback) = method.solve_with_pullback(&problem).unwrap();
            let ones = |solution: &Solution| solution.values.map(|_| 1.0);
            let gradient = pullback.pull(&Cotangent { values: ones(&together), slack: None }).unwrap();
            for element in 0..problem.sizes().batch {
                let name = format!("{} on {seed}, element {element}", method.name());
                let own = only(inputs, element).problem().unwrap();
                let (alone, pullback) = method.solve_with_pullback(&own).unwrap();
                assert_eq!(bits(alone.values.iter()), bits(together.values.index_axis(Axis(0), element)), "{name}");
                let slack = |solution: &Solution, b: usize| solution.slack.as_ref().map(|slack| slack[b].to_bits());
                assert_eq!(slack(&alone, 0), slack(&together, element), "{name}: slack");
                // The gradient of an input that every element has to itself is the element's own.
                let own = pullback.pull(&Cotangent { values: ones(&alone), slack: None }).unwrap();
                assert_own_gradient(&gradient, &own, element, problem.sizes().batch, &name);
            }
        }
        elements += problem.sizes().batch as u64;
    }
    println!("{elements} batch elements of {} problems", problems.len());
    assert!(elements >= wanted);
}

#[test]
fn a_hundred_thousand_elements_are_solved() {
    const DIFFERENT: usize = 100;
    for scheme in all_schemes() {
        let points = scheme.collocation_nodes().map_or(2, |nodes| nodes.count());
        let coefficient = |b: usize, k: usize| if k == 1 { 1.0 } else { 0.1 * (b % DIFFERENT) as f64 };
        let coefficients = Array::from_shape_fn((100_000, 1, 1, 1, 2), |(b, .., k)| coefficient(b, k));
        let ode = LinearOde::new(coefficients, Array::zeros((1, 1, 1)));
        let start = InitialValues::new(Array::ones((1, 1, 1, 1)));
        let problem =
            OdeProblem::new(&ode, &TimeGrid::uniform(points, 0.1), &start).unwrap().with_scheme(scheme).unwrap();
        for method in fast_methods_for(&problem) {
            let solution = method.solve(&problem).unwrap();
            let mut tally = Tally::default();
            for (element, values) in solution.values.outer_iter().enumerate() {
                let equal = solution.values.index_axis(Axis(0), element % DIFFERENT);
                assert!(values == equal, "{} {scheme:?}: element {element}", method.name());
                if element < DIFFERENT {
                    tally.check_element(&problem, &solution, element, method.name()).unwrap();
                }
            }
        }
    }
}

fn assert_own_gradient(together: &OdeGradient, alone: &OdeGradient, element: usize, batch: usize, name: &str) {
    for ((input, all), own) in INPUTS.into_iter().zip(parts(together)).zip(parts(alone)) {
        let is_per_element = !matches!(input, "weights" | "gamma_alpha") && all.len() == batch * own.len();
        if is_per_element {
            let found = &all[element * own.len()..][..own.len()];
            assert_eq!(bits(found), bits(&own), "{name}: gradient in the {input}");
        }
    }
}

fn bits<'a>(numbers: impl IntoIterator<Item = &'a f64>) -> Vec<u64> {
    numbers.into_iter().map(|number| number.to_bits()).collect()
}

/// The inputs of one batch element.
fn only(inputs: &Inputs, element: usize) -> Inputs {
    fn select<D: Dimension + RemoveAxis>(array: &Array<f64, D>, element: usize) -> Array<f64, D> {
        let index = if array.len_of(Axis(0)) == 1 { 0 } else { element };
        array.select(Axis(0), &[index])
    }
    Inputs {
        coefficients: select(&inputs.coefficients, element),
        forcing: select(&inputs.forcing, element),
        initial: select(&inputs.initial, element),
        steps: match &inputs.steps {
            StepsGradient::Shared(steps) => StepsGradient::Shared(select(steps, element)),
            StepsGradient::PerDimension(steps) => StepsGradient::PerDimension(select(steps, element)),
        },
        periodic_jump: inputs.periodic_jump.as_ref().map(|jump| select(jump, element)),
        boundary: inputs.boundary.as_ref().map(|boundary| {
            let values = select(&boundary.values().to_owned(), element);
            BoundaryValues::new(boundary.conditions().to_vec(), values)
        }),
        ..inputs.clone()
    }
}
