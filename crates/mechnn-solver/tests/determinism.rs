//! The same bits from every number of threads and from every run, errors included.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::{BoundaryValues, Cotangent, OdeSolver, SolveError, StepsGradient};
use ndarray::{Array4, Axis};
use rayon::ThreadPoolBuilder;

#[path = "support/long_run.rs"]
mod long_run;
#[path = "support/methods.rs"]
mod methods;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_problem.rs"]
mod random_problem;

use long_run::count;
use methods::methods_for;
use parts::parts;
use random_collocation::random_problems;
use random_problem::{Inputs, random_inputs};

const THREADS: [usize; 3] = [1, 2, 4];

/// So many elements that every thread gets some.
const BATCH: usize = 64;

#[test]
fn solutions_and_gradients_do_not_depend_on_threads_or_runs() {
    let problems = count(10, 200);
    let mut configurations = 0;
    for (name, inputs) in random_problems(7000, problems) {
        let inputs = repeated(&inputs);
        for method in methods_for(&inputs.problem().unwrap()) {
            let first = bits_with_threads(&*method, &inputs, 1).unwrap();
            for threads in THREADS {
                let again = bits_with_threads(&*method, &inputs, threads).unwrap();
                assert!(first == again, "{} on {name} differs with {threads} threads", method.name());
                configurations += 1;
            }
        }
    }
    println!("{configurations} configurations");
}

#[test]
fn the_error_is_that_of_the_first_element_that_has_one() {
    let mut inputs = repeated(&random_inputs(1));
    inputs.initial = Array4::zeros((1, 0, 0, 0));
    inputs.periodic_jump = None;
    for element in [7, 20, 33, 63] {
        inputs.coefficients.index_axis_mut(Axis(0), element).fill(0.0);
    }
    for method in methods_for(&inputs.problem().unwrap()) {
        for threads in THREADS {
            let error = bits_with_threads(&*method, &inputs, threads).unwrap_err();
            let is_first = matches!(
                error,
                SolveError::NotPositiveDefinite { batch: 7, .. }
                    | SolveError::IllConditioned { batch: 7, .. }
                    | SolveError::DependentEquations { batch: 7, .. }
            );
            assert!(is_first, "{} with {threads} threads: {error}", method.name());
        }
    }
}

/// The coefficients of the problem's elements in turn, each a little different; everything else is shared.
fn repeated(inputs: &Inputs) -> Inputs {
    let elements = inputs.coefficients.dim().0;
    let indices: Vec<usize> = (0..BATCH).map(|element| element % elements).collect();
    let mut coefficients = inputs.coefficients.select(Axis(0), &indices);
    for (element, mut own) in coefficients.outer_iter_mut().enumerate() {
        own *= 1.0 + 1e-4 * element as f64;
    }
    let mut all = inputs.clone();
    all.coefficients = coefficients;
    let one = |length: usize| (0..length.min(1)).collect::<Vec<_>>();
    all.forcing = inputs.forcing.select(Axis(0), &one(inputs.forcing.dim().0));
    all.initial = inputs.initial.select(Axis(0), &one(inputs.initial.dim().0));
    all.periodic_jump = inputs.periodic_jump.as_ref().map(|jump| jump.select(Axis(0), &[0]));
    all.boundary = inputs.boundary.as_ref().map(|boundary| {
        let values = boundary.values().to_owned().select(Axis(0), &[0]);
        BoundaryValues::new(boundary.conditions().to_vec(), values)
    });
    all.steps = match &inputs.steps {
        StepsGradient::Shared(steps) => StepsGradient::Shared(steps.select(Axis(0), &[0])),
        StepsGradient::PerDimension(steps) => StepsGradient::PerDimension(steps.select(Axis(0), &[0])),
    };
    all
}

/// The bits of the solution and of a gradient, computed by so many threads.
fn bits_with_threads(method: &dyn OdeSolver, inputs: &Inputs, threads: usize) -> Result<Vec<u64>, SolveError> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let problem = inputs.problem().unwrap();
    pool.install(|| {
        let (solution, pullback) = method.solve_with_pullback(&problem)?;
        let gradient = pullback.pull(&Cotangent { values: solution.values.map(|_| 1.0), slack: None })?;
        let slack = solution.slack.iter().flatten();
        let numbers = solution.values.iter().chain(slack).copied().chain(parts(&gradient).into_iter().flatten());
        let info = [solution.info.pivot_ratio, solution.info.error_estimate];
        Ok(numbers.chain(info).map(f64::to_bits).collect())
    })
}
