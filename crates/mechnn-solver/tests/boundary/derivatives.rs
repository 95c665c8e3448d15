//! Gradients against differences, and pull against push.

use mechnn_solver::nonlinear::{BoundaryGradient, BoundarySolver, BoundaryStatus, LinearConditions};
use ndarray::{Array1, Array2, array};

use crate::equations::{BRATU, BURGERS, TROESCH};
use crate::problem::{dirichlet, line, solve, uniform};

#[test]
fn derivatives_are_those_of_the_discrete_solution() {
    let times = uniform(1.0, 4);
    for (name, equations, theta, conditions) in [
        ("Bratu", &BRATU, vec![2.0], dirichlet(0.1, -0.2)),
        ("Troesch", &TROESCH, vec![3.0], dirichlet(0.0, 1.0)),
        ("Burgers", &BURGERS, vec![0.05], dirichlet(0.0, -1.0)),
        (
            "mixed",
            &BRATU,
            vec![1.0],
            LinearConditions {
                at_first: array![[1.0, 0.5], [0.0, 0.0]],
                at_last: array![[0.0, 0.3], [1.0, -0.2]],
                values: array![0.2, 0.1],
            },
        ),
    ] {
        let guess = line(&times, conditions.values[0], conditions.values[1]);
        let solution = solve(equations, &theta, &conditions, &times, &guess, 1e-9);
        assert_eq!(solution.status, BoundaryStatus::Converged, "{name}");
        let (mesh, states) = (solution.mesh(), solution.mesh_states());
        let fixed = |theta: &[f64], values: &Array1<f64>| {
            let conditions = LinearConditions { values: values.clone(), ..conditions.clone() };
            let solver = BoundarySolver::with_tolerance(1e-12, 1e-12);
            solver.solve_on_mesh(equations, theta, &conditions, &mesh, states.view()).unwrap()
        };
        let at_solution = fixed(&theta, &conditions.values);
        assert_eq!(at_solution.status, BoundaryStatus::Converged, "{name}");
        let cotangent = Array2::from_shape_fn(states.dim(), |(n, d)| (1.0 + (3 * n + 7 * d) as f64).sin());
        let gradient = at_solution.pull(cotangent.view()).unwrap();
        let direction = BoundaryGradient { parameters: array![0.7 * theta[0]], values: array![0.4, -0.3] };
        let pushed = at_solution.push(&direction).unwrap();
        let (pulled, along) = (
            gradient.parameters.dot(&direction.parameters) + gradient.values.dot(&direction.values),
            (&cotangent * &pushed).sum(),
        );
        let loss = |amount: f64| {
            let theta = vec![theta[0] + amount * direction.parameters[0]];
            let moved = fixed(&theta, &(&conditions.values + &(&direction.values * amount)));
            assert_eq!(moved.status, BoundaryStatus::Converged, "{name}");
            (&cotangent * &moved.states).sum()
        };
        let h = 1e-3;
        let difference = |i: f64| loss(i * h) - loss(-i * h);
        let expected = (45.0 * difference(1.0) - 9.0 * difference(2.0) + difference(3.0)) / (60.0 * h);
        let scale = 1.0 + expected.abs();
        println!("{name}: {pulled:e}, differences {expected:e}, off by {:.1e}", (pulled - expected).abs() / scale);
        assert!((pulled - expected).abs() < 1e-6 * scale, "{name}: {pulled:e}, differences {expected:e}");
        assert!((pulled - along).abs() < 1e-10 * scale, "{name}: {pulled:e}, pushed {along:e}");
        // The same at requested times only.
        let rows = solution.pull(Array2::ones((5, 2)).view()).unwrap();
        assert_eq!((rows.parameters.len(), rows.values.len()), (1, 2));
    }
}
