//! What cannot be solved is refused by a typed error; what can, however small, is solved. Never a NaN, never a panic.
#![allow(clippy::unwrap_used)]

use mechnn_solver::{
    BoundaryValues, CollocationNodes, Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, ProblemError,
    Scheme, SolveError, StepsGradient, TimeGrid, Weights,
};
use ndarray::{Array1, Array2, Array3, Array4, Array5};

#[path = "support/methods.rs"]
mod methods;
#[path = "support/parts.rs"]
mod parts;
#[path = "support/random_collocation.rs"]
mod random_collocation;
#[path = "support/random_problem.rs"]
mod random_problem;
#[path = "support/schemes.rs"]
mod schemes;

use methods::methods_for;
use parts::{INPUTS, parts, parts_mut};
use random_collocation::random_collocation;
use random_problem::random_inputs;
use schemes::LEAST_SQUARES;

/// u' + u = 1 on `points` points, keeping K = `orders` derivatives.
fn relaxation(points: usize, orders: usize, initial: &InitialValues) -> Result<OdeProblem, ProblemError> {
    let coefficients = Array5::from_shape_fn((1, 1, 1, 1, orders), |(_, _, _, _, i)| if i < 2 { 1.0 } else { 0.0 });
    let ode = LinearOde::new(coefficients, Array3::ones((1, 1, 1)));
    OdeProblem::new(&ode, &TimeGrid::uniform(points, 0.1), initial)
}

/// Starting at the stationary value, u = 1 for ever.
fn stationary() -> InitialValues {
    InitialValues::new(Array4::ones((1, 1, 1, 1)))
}

#[test]
fn one_point_is_refused() {
    for points in [0, 1] {
        let error = relaxation(points, 2, &stationary()).unwrap_err();
        assert_eq!(error, ProblemError::TooFewPoints { points });
    }
}

#[test]
fn more_points_than_memory_are_refused() {
    for points in [usize::MAX, usize::MAX / 2, 1 << 40] {
        let error = relaxation(points, 2, &stationary()).unwrap_err();
        assert!(
            matches!(error, ProblemError::TooLarge { points: found, values: 2, .. } if found == points),
            "{error}"
        );
    }
    let ode = LinearOde::new(Array5::ones((1, 1, 1, 1, 2)), Array3::ones((1, 1, 1)));
    let grid = TimeGrid::lobatto(usize::MAX / 2, CollocationNodes::Seven, 1.0);
    let error = OdeProblem::new(&ode, &grid, &stationary()).unwrap_err();
    assert!(matches!(error, ProblemError::TooLarge { .. }), "{error}");
}

#[test]
fn two_points_are_solved() {
    for scheme in LEAST_SQUARES {
        for orders in 2..=7 {
            // u = 1 and all its derivatives but the highest: K - 1 pins and 2 equations fix a polynomial of K
            // coefficients. Padé rows fix no polynomial: beyond K = 2, where the pins repeat the first equation, they
            // need one pin more.
            let pins = if scheme == Scheme::Pade { orders } else { orders - 1 };
            let start = Array4::from_shape_fn((1, 1, 1, pins), |(_, _, _, i)| if i == 0 { 1.0 } else { 0.0 });
            let problem = relaxation(2, orders, &InitialValues::new(start)).unwrap().with_scheme(scheme).unwrap();
            for method in methods_for(&problem) {
                let values = match method.solve(&problem) {
                    Ok(solution) => solution.values,
                    Err(error) => panic!("{}, K = {orders}, {scheme:?}: {error}", method.name()),
                };
                assert!(values.iter().all(|v| v.is_finite()));
                // The constant solution satisfies every row; only the linear term moves it, by about gamma * alpha.
                if scheme.gamma_alpha().unwrap_or(0.0) == 0.0 {
                    for point in 0..2 {
                        let u = values[[0, point, 0, 0]];
                        assert!((u - 1.0).abs() < 1e-9, "{}, K = {orders}, {scheme:?}: u = {u}", method.name());
                    }
                }
            }
        }
    }
}

#[test]
fn steps_that_are_not_positive_are_refused() {
    for step in [0.0, -0.1] {
        let mut steps = Array2::from_elem((1, 4), 0.1);
        steps[[0, 2]] = step;
        let ode = LinearOde::new(Array5::ones((1, 1, 1, 1, 2)), Array3::ones((1, 1, 1)));
        let error = OdeProblem::new(&ode, &TimeGrid::shared(5, steps.clone()), &stationary()).unwrap_err();
        assert_eq!(error, ProblemError::Step { index: vec![0, 2], value: step });
        let steps = steps.into_shape_with_order((1, 4, 1)).unwrap();
        let error = OdeProblem::new(&ode, &TimeGrid::per_dimension(5, steps), &stationary()).unwrap_err();
        assert_eq!(error, ProblemError::Step { index: vec![0, 2, 0], value: step });
    }
}

#[test]
fn times_that_do_not_increase_are_refused() {
    let error = TimeGrid::from_times(&[0.0, 0.1, 0.1]).unwrap_err();
    assert_eq!(error, ProblemError::Step { index: vec![0, 1], value: 0.0 });
    assert!(matches!(TimeGrid::from_times(&[0.0, f64::NAN]), Err(ProblemError::NotFinite { .. })));
    assert_eq!(TimeGrid::from_times(&[0.0]).unwrap_err(), ProblemError::TooFewPoints { points: 1 });
}

#[test]
fn nothing_to_determine_the_solution_is_an_error() {
    for scheme in LEAST_SQUARES {
        for points in [2, 3, 10, 50] {
            for orders in 2..=6 {
                let ode = LinearOde::new(Array5::zeros((1, 1, 1, 1, orders)), Array3::zeros((1, 1, 1)));
                let grid = TimeGrid::uniform(points, 0.1);
                let problem = OdeProblem::new(&ode, &grid, &InitialValues::none()).unwrap();
                let problem = problem.with_scheme(scheme).unwrap();
                for method in methods_for(&problem) {
                    let result = method.solve(&problem).map(|solution| solution.info);
                    let is_typed = match method.name() {
                        "dense" => matches!(result, Err(SolveError::NotPositiveDefinite { batch: 0, .. })),
                        // Normal equations square the condition: the pivot may look like an ill-conditioned one.
                        _ => matches!(
                            result,
                            Err(SolveError::NotPositiveDefinite { batch: 0, .. }
                                | SolveError::IllConditioned { batch: 0, .. })
                        ),
                    };
                    assert!(is_typed, "{}, N = {points}, K = {orders}, {scheme:?}: {result:?}", method.name());
                }
            }
        }
    }
}

#[test]
fn without_initial_values_equations_alone_decide() {
    let relaxed = Scheme::RelaxedLp { gamma_alpha: 0.0 };
    for scheme in [Scheme::Taylor, Scheme::TaylorCentral, relaxed, Scheme::IntegratedWiener] {
        for initial in [InitialValues::none(), InitialValues::new(Array4::zeros((1, 1, 1, 0)))] {
            // u' + u = 1 with polynomials of low degree between the points: u = 1 is the only one without residual.
            let problem = relaxation(20, 3, &initial).unwrap().with_scheme(scheme).unwrap();
            for method in methods_for(&problem) {
                let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
                for u in solution.values.slice(ndarray::s![0, .., 0, 0]) {
                    // Weakly determined: the condition is about 1e4, in normal equations 1e8.
                    assert!((u - 1.0).abs() < 1e-7, "{} {scheme:?}: u = {u}", method.name());
                }
                let cotangent = Cotangent { values: Array4::ones((1, 20, 1, 3)), slack: None };
                let gradient = pullback.pull(&cotangent).unwrap();
                assert_eq!(gradient.initial.shape(), initial.values().shape());
            }
        }
    }
}

#[test]
fn pade_rows_leave_a_highest_derivative_without_equation_open() {
    // u' + u = 1 says nothing on u'': one row too few, at any weight.
    for points in [2, 11, 21, 81] {
        for equation in [1.0, 1e2, 1e4] {
            let weights = Weights { equation, initial: equation, smoothness: 1.0 };
            let problem = relaxation(points, 3, &stationary()).unwrap().with_scheme(Scheme::Pade).unwrap();
            let problem = problem.with_weights(weights).unwrap();
            for method in methods_for(&problem) {
                let result = method.solve(&problem).map(|solution| solution.info);
                let is_refused = matches!(result, Err(SolveError::NotPositiveDefinite { batch: 0, .. }));
                assert!(is_refused, "{}, N = {points}, weight {equation:e}: {result:?}", method.name());
            }
        }
    }
}

#[test]
fn a_number_that_is_not_finite_is_refused_wherever_it_is() {
    let least_squares = [1, 2, 5, 8, 13].map(random_inputs);
    for inputs in least_squares.into_iter().chain((0..5).map(random_collocation)) {
        let zeros = OdeGradient::zeros(&inputs.problem().unwrap());
        for (part, input) in INPUTS.into_iter().enumerate() {
            for at in 0..parts(&zeros)[part].len() {
                for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    let mut broken = inputs.clone();
                    let mut numbers = OdeGradient {
                        coefficients: broken.coefficients.clone(),
                        forcing: broken.forcing.clone(),
                        initial: broken.initial.clone(),
                        steps: broken.steps.clone(),
                        periodic_jump: broken.periodic_jump.clone(),
                        boundary: broken.boundary.as_ref().map(|boundary| boundary.values().to_owned()),
                        weights: [broken.weights.equation, broken.weights.initial, broken.weights.smoothness],
                        gamma_alpha: broken.scheme.gamma_alpha().unwrap_or(0.0),
                    };
                    *parts_mut(&mut numbers)[part][at] = value;
                    let [equation, initial, smoothness] = numbers.weights;
                    broken.coefficients = numbers.coefficients;
                    broken.forcing = numbers.forcing;
                    broken.initial = numbers.initial;
                    broken.steps = numbers.steps;
                    broken.periodic_jump = numbers.periodic_jump;
                    let conditions = broken.boundary.map(|boundary| boundary.conditions().to_vec());
                    broken.boundary = conditions.zip(numbers.boundary).map(|(c, v)| BoundaryValues::new(c, v));
                    broken.weights = Weights { equation, initial, smoothness };
                    if broken.scheme.gamma_alpha().is_some() {
                        broken.scheme = Scheme::RelaxedLp { gamma_alpha: numbers.gamma_alpha };
                    } else if input == "gamma_alpha" {
                        continue;
                    }
                    match broken.problem() {
                        Err(ProblemError::NotFinite { input: named, .. }) => assert_eq!(named, input),
                        Err(ProblemError::Weight { .. }) => assert_eq!(input, "weights"),
                        other => panic!("{value} in the {input} at {at}: {:?}", other.map(|problem| problem.sizes())),
                    }
                }
            }
        }
    }
}

#[test]
fn weights_that_are_not_positive_are_refused() {
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for (weights, expected) in [
            (Weights { equation: value, ..Weights::default() }, "equation"),
            (Weights { initial: value, ..Weights::default() }, "initial"),
            (Weights { smoothness: value, ..Weights::default() }, "smoothness"),
        ] {
            let error = relaxation(5, 2, &stationary()).unwrap().with_weights(weights).unwrap_err();
            assert!(matches!(error, ProblemError::Weight { family, .. } if family == expected), "{error}");
        }
    }
}

#[test]
fn cotangents_and_directions_that_are_not_finite_are_refused() {
    let scheme = Scheme::RelaxedLp { gamma_alpha: 0.0 };
    let problem = relaxation(4, 2, &stationary()).unwrap().with_scheme(scheme).unwrap();
    for method in methods_for(&problem) {
        let (_, pullback) = method.solve_with_pullback(&problem).unwrap();
        let is_refused = |error| matches!(error, SolveError::Direction(ProblemError::NotFinite { .. }));
        let mut values = Array4::zeros((1, 4, 1, 2));
        values[[0, 2, 0, 1]] = f64::NAN;
        assert!(pullback.pull(&Cotangent { values, slack: None }).is_err_and(is_refused), "{}", method.name());
        let slack = Some(Array1::from_elem(1, f64::INFINITY));
        let cotangent = Cotangent { values: Array4::zeros((1, 4, 1, 2)), slack };
        assert!(pullback.pull(&cotangent).is_err_and(is_refused), "{}", method.name());
        for part in 0..INPUTS.len() {
            let mut direction = OdeGradient::zeros(&problem);
            if let Some(number) = parts_mut(&mut direction)[part].first_mut() {
                **number = f64::NAN;
                assert!(pullback.push(&direction).is_err(), "{}: NaN in the {}", method.name(), INPUTS[part]);
            }
        }
    }
}

#[test]
fn huge_and_tiny_numbers_give_numbers_or_errors() {
    for scale in [1e-300, 1e-160, 1e160, 1e300] {
        for scheme in LEAST_SQUARES {
            let coefficients = Array5::from_elem((1, 1, 1, 1, 3), scale);
            let ode = LinearOde::new(coefficients, Array3::ones((1, 1, 1)));
            let scaled = OdeProblem::new(&ode, &TimeGrid::uniform(6, 0.1), &stationary()).unwrap();
            let ode = LinearOde::new(Array5::ones((1, 1, 1, 1, 3)), Array3::ones((1, 1, 1)));
            let stretched = OdeProblem::new(&ode, &TimeGrid::uniform(6, scale), &stationary()).unwrap();
            for problem in [scaled, stretched] {
                let problem = problem.with_scheme(scheme).unwrap();
                for method in methods_for(&problem) {
                    // An error is an answer; a NaN is not.
                    let Ok((solution, pullback)) = method.solve_with_pullback(&problem) else { continue };
                    assert!(solution.values.iter().all(|v| v.is_finite()), "{} {scale:e} {scheme:?}", method.name());
                    let cotangent = Cotangent { values: Array4::ones(solution.values.dim()), slack: None };
                    let Ok(gradient) = pullback.pull(&cotangent) else { continue };
                    let is_finite = parts(&gradient).iter().flatten().all(|v| v.is_finite());
                    assert!(is_finite, "{} {scale:e} {scheme:?}: {gradient:?}", method.name());
                }
            }
        }
    }
}

#[test]
fn an_empty_batch_has_an_empty_solution() {
    let ode = LinearOde::new(Array5::ones((0, 5, 2, 2, 3)), Array3::ones((1, 1, 2)));
    let initial = InitialValues::new(Array4::ones((1, 1, 2, 2)));
    for scheme in LEAST_SQUARES {
        let problem =
            OdeProblem::new(&ode, &TimeGrid::uniform(5, 0.1), &initial).unwrap().with_scheme(scheme).unwrap();
        for method in methods_for(&problem) {
            let (solution, pullback) = method.solve_with_pullback(&problem).unwrap();
            assert_eq!(solution.values.dim(), (0, 5, 2, 3), "{}", method.name());
            assert_eq!(solution.slack.map(|slack| slack.len()), scheme.gamma_alpha().map(|_| 0));
            let gradient = pullback.pull(&Cotangent { values: solution.values, slack: None }).unwrap();
            assert_eq!(gradient, OdeGradient::zeros(&problem), "{}", method.name());
            assert!(matches!(&gradient.steps, StepsGradient::Shared(steps) if steps.dim() == (1, 1)));
            assert!(pullback.push(&gradient).unwrap().values.is_empty());
        }
    }
}

/// Rounding leaves a pivot of about eps times the weights' square; it must not be taken for information.
#[test]
fn heavy_weights_do_not_hide_that_a_direction_is_open() {
    // u' + u = 0 with K = 3: two-point Pade rows say nothing about u'' beyond what u' fixes, one direction stays open.
    let coefficients = Array5::from_shape_fn((1, 1, 1, 1, 3), |(.., k)| if k < 2 { 1.0 } else { 0.0 });
    let initial = InitialValues::new(Array4::from_shape_fn((1, 1, 1, 2), |(.., q)| if q == 0 { 1.0 } else { -1.0 }));
    let ode = LinearOde::new(coefficients, Array3::zeros((1, 1, 1)));
    for weight in [1e-8, 1e-4, 1.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e8] {
        let weights = Weights { equation: weight, initial: weight, smoothness: 1.0 };
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(21, 0.1), &initial)
            .and_then(|problem| problem.with_scheme(Scheme::Pade)?.with_weights(weights))
            .unwrap();
        for method in methods_for(&problem) {
            let error = method.solve(&problem).err();
            let refused = matches!(error, Some(SolveError::NotPositiveDefinite { .. }));
            assert!(refused, "{} with weight {weight}: {error:?}", method.name());
        }
        // The same by the units of the equation.
        let scaled = LinearOde::new(ode.coefficients() * weight, Array3::zeros((1, 1, 1)));
        let problem = OdeProblem::new(&scaled, &TimeGrid::uniform(21, 0.1), &initial)
            .and_then(|problem| problem.with_scheme(Scheme::Pade)?.with_weights(Weights { equation: 1.0, ..weights }))
            .unwrap();
        for method in methods_for(&problem) {
            let error = method.solve(&problem).err();
            let refused = matches!(error, Some(SolveError::NotPositiveDefinite { .. }));
            assert!(refused, "{} with equations times {weight}: {error:?}", method.name());
        }
        // One more pin closes the direction; then every weight is solved.
        let pins = Array4::from_shape_fn((1, 1, 1, 3), |(.., q)| if q == 1 { -1.0 } else { 1.0 });
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(21, 0.1), &InitialValues::new(pins))
            .and_then(|problem| problem.with_scheme(Scheme::Pade)?.with_weights(weights))
            .unwrap();
        for method in methods_for(&problem) {
            let solution =
                method.solve(&problem).unwrap_or_else(|error| panic!("{} {weight}: {error}", method.name()));
            let last = solution.values[[0, 20, 0, 0]];
            assert!((last - (-2.0_f64).exp()).abs() < 1e-3, "{} with weight {weight}: {last}", method.name());
        }
    }
}
