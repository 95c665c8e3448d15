//! Solutions and gradients written over what is there already are those that a new array gets.
#![allow(clippy::unwrap_used)]

use mechnn_solver::{Cotangent, OdeGradient, Solution};

#[path = "support/methods.rs"]
mod methods;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_problem.rs"]
mod random_problem;
#[path = "support/schemes.rs"]
mod schemes;

use methods::methods_for;
use random_collocation::random_problems;

#[test]
fn what_was_there_does_not_matter() {
    // Left from the problem before: of another shape, or of this one.
    let mut last: Option<(Solution, OdeGradient)> = None;
    for (seed, inputs) in random_problems(9000, 100) {
        let problem = inputs.problem().unwrap();
        for method in methods_for(&problem) {
            let name = format!("{} on {seed}", method.name());
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = Cotangent { values: solution.values.map(|_| 1.0), slack: None };
            let gradient = pullback.pull(&cotangent).unwrap();
            let (mut own, mut own_gradient) = last.take().unwrap_or((solution.clone(), gradient.clone()));
            for _ in 0..2 {
                method.solve_into(&problem, &mut own).unwrap();
                pullback.pull_into(&cotangent, &mut own_gradient).unwrap();
                assert_eq!(own, solution, "{name}");
                assert_eq!(own_gradient, gradient, "{name}");
            }
            last = Some((own, own_gradient));
        }
    }
}
