//! A batch is its elements, bit for bit: what is solved together is what would be solved alone.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::{Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, Solution, StepsGradient, TimeGrid};
use methods::least_squares_methods;
use ndarray::{Array, Axis, Dimension, RemoveAxis};

mod long_run;
mod methods;
mod optimality;
mod parts;
mod random_problem;
mod schemes;

use long_run::count;
use methods::fast_methods;
use optimality::Tally;
use parts::{INPUTS, parts};
use random_problem::{Inputs, random_inputs};
use schemes::all_schemes;

#[test]
fn a_batch_is_bitwise_its_elements() {
    let wanted = count(500, 20_000);
    let (mut elements, mut seed) = (0, 3000);
    while elements < wanted {
        let inputs = random_inputs(seed);
        let problem = inputs.problem().unwrap();
        for method in least_squares_methods() {
            let (together, pullback) = method.solve_with_pullback(&problem).unwrap();
            let ones = |solution: &Solution| solution.values.map(|_| 1.0);
            let gradient = pullback.pull(&Cotangent { values: ones(&together), slack: None }).unwrap();
            for element in 0..problem.sizes().batch {
                let name = format!("{} on seed {seed}, element {element}", method.name());
                let own = only(&inputs, element).problem().unwrap();
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
        seed += 1;
    }
    println!("{elements} batch elements of {} problems", seed - 3000);
}

#[test]
fn a_hundred_thousand_elements_are_solved() {
    const DIFFERENT: usize = 100;
    for scheme in all_schemes() {
        let coefficient = |b: usize, k: usize| if k == 1 { 1.0 } else { 0.1 * (b % DIFFERENT) as f64 };
        let coefficients = Array::from_shape_fn((100_000, 1, 1, 1, 2), |(b, .., k)| coefficient(b, k));
        let ode = LinearOde::new(coefficients, Array::zeros((1, 1, 1)));
        let start = InitialValues::new(Array::ones((1, 1, 1, 1)));
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(2, 0.1), &start).unwrap().with_scheme(scheme).unwrap();
        for method in fast_methods() {
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
        ..inputs.clone()
    }
}
