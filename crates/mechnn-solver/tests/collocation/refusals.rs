//! What collocation cannot solve is a typed error, never a NaN.

use mechnn_solver::CollocationNodes::{self, Three};
use mechnn_solver::method::{Automatic, BlockBanded, Collocation, Dense};
use mechnn_solver::{
    BoundaryCondition, BoundaryValues, Cotangent, End, InitialValues, LinearOde, OdeGradient, OdeProblem, OdeSolver,
    ProblemError, SolveError, TimeGrid, problems,
};
use ndarray::{Array2, Array3, Array4, Array5};

use crate::equation::{ends, scalar, scheme};

#[test]
fn grids_that_do_not_divide_into_elements_are_refused() {
    for nodes in CollocationNodes::ALL {
        for points in 2..20 {
            let problem = problems::decay().problem(points, 2).unwrap().with_scheme(scheme(nodes));
            match (points - 1).is_multiple_of(nodes.intervals()) {
                true => assert!(Collocation.solve(&problem.unwrap()).is_ok()),
                false => assert_eq!(problem.unwrap_err(), ProblemError::Elements { points, nodes: nodes.count() }),
            }
        }
    }
    let message = ProblemError::Elements { points: 8, nodes: 5 }.to_string();
    assert!(message.ends_with("use 5 or 9 points"), "{message}");
}

#[test]
fn as_many_equations_as_dimensions_are_required() {
    for equations in [1, 3] {
        let ode = LinearOde::new(Array5::ones((1, 1, equations, 2, 2)), Array3::ones((1, 1, equations)));
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(5, 0.1), &InitialValues::none()).unwrap();
        let error = problem.with_scheme(scheme(Three)).unwrap_err();
        assert!(matches!(error, ProblemError::Shape { axis: 2, meaning: "equations", .. }), "{error}");
    }
}

#[test]
fn a_wrong_number_of_conditions_is_refused() {
    // D = 2, K = 3: four conditions.
    let coefficients = Array5::from_shape_fn((1, 1, 2, 2, 3), |(_, _, e, d, _)| f64::from(u8::from(e == d)));
    let ode = LinearOde::new(coefficients, Array3::ones((1, 1, 2)));
    let grid = TimeGrid::uniform(5, 0.1);
    let with_initial = |pinned: usize, derivatives: usize| {
        let initial = InitialValues::new(Array4::zeros((1, pinned, 2, derivatives)));
        OdeProblem::new(&ode, &grid, &initial).unwrap().with_scheme(scheme(Three)).unwrap()
    };
    let condition = |end, dim, derivative| BoundaryCondition { end, dim, derivative };
    let cases = [
        (with_initial(0, 0), 0),
        (with_initial(1, 1), 2),
        (with_initial(1, 3), 6),
        (with_initial(2, 2), 8),
        (with_initial(1, 2).with_periodic_jump(Array3::zeros((1, 2, 2))).unwrap(), 8),
        (
            with_initial(1, 1)
                .with_boundary(BoundaryValues::new(vec![condition(End::Last, 1, 0)], Array2::zeros((1, 1))))
                .unwrap(),
            3,
        ),
    ];
    for (problem, found) in cases {
        for method in [&Collocation as &dyn OdeSolver, &Dense, &Automatic] {
            let error = method.solve(&problem).unwrap_err();
            assert_eq!(error, SolveError::Conditions { needed: 4, found }, "{}", method.name());
        }
    }
}

#[test]
fn boundary_values_that_do_not_fit_are_refused() {
    let problem = || problems::harmonic().problem(5, 3).unwrap().with_scheme(scheme(Three)).unwrap();
    let boundary = |dim, derivative, values| {
        BoundaryValues::new(vec![BoundaryCondition { end: End::Last, dim, derivative }], values)
    };
    for (dim, derivative) in [(1, 0), (0, 2)] {
        let error = problem().with_boundary(boundary(dim, derivative, Array2::zeros((1, 1)))).unwrap_err();
        let expected = ProblemError::BoundaryCondition { index: 0, dim, derivative, dims: 1, derivatives: 2 };
        assert_eq!(error, expected);
    }
    let error = problem().with_boundary(boundary(0, 0, Array2::zeros((1, 2)))).unwrap_err();
    assert!(matches!(error, ProblemError::Shape { input: "boundary values", axis: 1, found: 2, .. }), "{error}");
    for value in [f64::NAN, f64::INFINITY] {
        let error = problem().with_boundary(boundary(0, 0, Array2::from_elem((1, 1), value))).unwrap_err();
        assert!(matches!(error, ProblemError::NotFinite { input: "boundary values", .. }), "{error}");
    }
}

#[test]
fn what_does_not_determine_the_solution_is_singular() {
    let is_singular = |problem: &OdeProblem| {
        for method in [&Collocation as &dyn OdeSolver, &Dense] {
            let error = method.solve(problem).map(|solution| solution.info).unwrap_err();
            let is_typed = match method.name() {
                "dense" => matches!(error, SolveError::NotPositiveDefinite { batch: 0, .. }),
                _ => matches!(error, SolveError::Singular { batch: 0, .. } | SolveError::IllConditioned { .. }),
            };
            assert!(is_typed, "{}: {error}", method.name());
        }
    };
    let grid = TimeGrid::uniform(25, 0.1);
    for nodes in CollocationNodes::ALL {
        // No equation at all; one below the highest derivative.
        for coefficients in [[0.0; 3], [1.0, 1.0, 0.0]] {
            is_singular(
                &scalar(&grid, 3, |_, k| coefficients[k], |_| 1.0, &[1.0, 0.0]).with_scheme(scheme(nodes)).unwrap(),
            );
        }
        // u'' = 0: constants are periodic. Twice the same condition.
        let free = scalar(&grid, 3, |_, k| [0.0, 0.0, 1.0][k], |_| 0.0, &[]).with_scheme(scheme(nodes)).unwrap();
        is_singular(&free.clone().with_periodic_jump(Array3::zeros((1, 1, 2))).unwrap());
        let twice = vec![BoundaryCondition { end: End::Last, dim: 0, derivative: 1 }; 2];
        is_singular(&free.with_boundary(BoundaryValues::new(twice, Array2::zeros((1, 2)))).unwrap());
    }
    // The point of a vanishing highest coefficient is named where it makes the element singular: u' = 1 without u'.
    let grid = TimeGrid::uniform(13, 0.1);
    let vanishing = |t: f64, k: usize| if k == 1 && (0.75..0.85).contains(&t) { 0.0 } else { k as f64 };
    let problem = scalar(&grid, 2, vanishing, |_| 1.0, &[0.0]).with_scheme(scheme(Three)).unwrap();
    let error = Collocation.solve(&problem).unwrap_err();
    assert_eq!(error, SolveError::Singular { batch: 0, point: 8, pivot: 0.0 });
}

#[test]
fn huge_and_tiny_numbers_give_numbers_or_errors() {
    for scale in [1e-310, 1e-300, 1e-160, 1e160, 1e300] {
        for nodes in CollocationNodes::ALL {
            for (equation, step) in [(scale, 0.1), (1.0, scale)] {
                let grid = TimeGrid::uniform(13, step);
                let initial =
                    scalar(&grid, 3, |_, _| equation, |_| 1.0, &[1.0, 0.0]).with_scheme(scheme(nodes)).unwrap();
                let free = scalar(&grid, 3, |_, _| equation, |_| 1.0, &[]).with_scheme(scheme(nodes)).unwrap();
                let boundary = free.clone().with_boundary(ends([1.0, 2.0])).unwrap();
                let periodic = free.with_periodic_jump(Array3::zeros((1, 1, 2))).unwrap();
                for problem in [initial, boundary, periodic] {
                    // An error is an answer; a NaN is not.
                    let Ok((solution, pullback)) = Collocation.solve_with_pullback(&problem) else { continue };
                    assert!(solution.values.iter().all(|v| v.is_finite()), "{nodes:?} {scale:e}");
                    assert!(solution.info.error_estimate.is_finite());
                    let cotangent = Cotangent { values: Array4::ones(solution.values.dim()), slack: None };
                    let Ok(gradient) = pullback.pull(&cotangent) else { continue };
                    assert!(gradient.coefficients.iter().chain(&gradient.forcing).all(|v| v.is_finite()));
                    let Ok(tangent) = pullback.push(&gradient) else { continue };
                    assert!(tangent.values.iter().all(|v| v.is_finite()));
                }
            }
        }
    }
}

#[test]
fn an_empty_batch_has_an_empty_solution() {
    let ode = LinearOde::new(Array5::ones((0, 5, 2, 2, 3)), Array3::ones((1, 1, 2)));
    let initial = InitialValues::new(Array4::ones((1, 1, 2, 2)));
    let problem = OdeProblem::new(&ode, &TimeGrid::uniform(5, 0.1), &initial).unwrap();
    let problem = problem.with_scheme(scheme(Three)).unwrap();
    for method in [&Collocation as &dyn OdeSolver, &Dense] {
        let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
        assert_eq!(solution.values.dim(), (0, 5, 2, 3));
        let gradient = pullback.pull(&Cotangent { values: solution.values, slack: None }).unwrap();
        assert_eq!(gradient, OdeGradient::zeros(&problem));
        assert!(pullback.push(&gradient).unwrap().values.is_empty());
    }
}

#[test]
fn every_method_refuses_what_it_cannot_solve() {
    let least_squares = problems::harmonic().problem(5, 3).unwrap();
    let collocation = least_squares.clone().with_scheme(scheme(Three)).unwrap();
    let with_boundary = least_squares.clone().with_boundary(ends([1.0, 0.0])).unwrap();
    for (problem, supported) in [
        (&least_squares, [true, true, false, true]),
        (&collocation, [true, false, true, true]),
        (&with_boundary, [false, false, false, false]),
    ] {
        let methods: [&dyn OdeSolver; 4] = [&Dense, &BlockBanded, &Collocation, &Automatic];
        for (method, supported) in methods.into_iter().zip(supported) {
            assert_eq!(method.supports(problem), supported, "{}", method.name());
            let is_unsupported = matches!(method.solve(problem), Err(SolveError::Unsupported { .. }));
            assert_eq!(is_unsupported, !supported, "{}", method.name());
            assert_eq!(method.solve_with_pullback(problem).is_ok(), supported, "{}", method.name());
        }
    }
    assert_eq!(Automatic::choose(&least_squares).name(), "block-banded");
    assert_eq!(Automatic::choose(&collocation).name(), "collocation");
}
