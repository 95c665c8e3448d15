//! Collocation: stated errors and orders, stability, boundary and periodic conditions, gradients along long sweeps, typed
//! refusals.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::f64::consts::PI;

use mechnn_solver::method::{Automatic, BlockBanded, Collocation, Dense};
use mechnn_solver::problems::{self, ExactProblem};
use mechnn_solver::{
    BoundaryCondition, BoundaryValues, CollocationNodes, Cotangent, End, InitialValues, LinearOde, OdeGradient,
    OdeProblem, OdeSolver, ProblemError, Scheme, Solution, SolveError, TimeGrid,
};
use ndarray::{Array2, Array3, Array4, Array5};

use CollocationNodes::{Five, Seven, Three};

fn scheme(nodes: CollocationNodes) -> Scheme {
    Scheme::Collocation { nodes }
}

/// Times of a shared grid without batch.
fn times(problem: &OdeProblem) -> Vec<f64> {
    let mechnn_solver::Steps::Shared(steps) = problem.grid().steps() else { panic!("one clock") };
    let step = |i: usize| steps[[0, if steps.dim().1 == 1 { 0 } else { i }]];
    let mut times = vec![0.0];
    (0..problem.sizes().points - 1).for_each(|i| times.push(times[i] + step(i)));
    times
}

/// One equation with coefficients and forcing of time, on a grid.
fn scalar(
    grid: &TimeGrid,
    orders: usize,
    coefficient: impl Fn(f64, usize) -> f64,
    forcing: impl Fn(f64) -> f64,
    initial: &[f64],
) -> OdeProblem {
    let blank = LinearOde::new(Array5::zeros((1, 1, 1, 1, orders)), Array3::zeros((1, 1, 1)));
    let t = times(&OdeProblem::new(&blank, grid, &InitialValues::none()).unwrap());
    let n = t.len();
    let coefficients = Array5::from_shape_fn((1, n, 1, 1, orders), |(_, i, _, _, k)| coefficient(t[i], k));
    let ode = LinearOde::new(coefficients, Array3::from_shape_fn((1, n, 1), |(_, i, _)| forcing(t[i])));
    let start = match initial {
        [] => InitialValues::none(),
        _ => InitialValues::new(Array4::from_shape_fn((1, 1, 1, initial.len()), |(_, _, _, q)| initial[q])),
    };
    OdeProblem::new(&ode, grid, &start).unwrap()
}

/// Largest |u^(k) - exact| over the points that `at` selects.
fn error(solution: &Solution, problem: &OdeProblem, at: impl Fn(usize) -> bool, exact: impl Fn(f64) -> f64) -> f64 {
    let t = times(problem);
    let errors = (0..t.len()).filter(|&i| at(i)).map(|i| (solution.values[[0, i, 0, 0]] - exact(t[i])).abs());
    errors.fold(0.0, f64::max)
}

/// y'' + y = 0, y = cos t, on [0, 2 pi].
fn oscillator(grid: &TimeGrid, nodes: CollocationNodes) -> OdeProblem {
    let problem = scalar(grid, 3, |_, k| [1.0, 0.0, 1.0][k], |_| 0.0, &[1.0, 0.0]);
    problem.with_scheme(scheme(nodes)).unwrap()
}

#[test]
fn errors_are_those_of_the_prototype() {
    let uniform = |points: usize| TimeGrid::uniform(points, 2.0 * PI / (points - 1) as f64);
    // Measured with an independent program (the last one to one digit only): (grid, nodes, largest error of y).
    for (grid, nodes, expected) in [
        (uniform(33), Three, 1.8e-4),
        (uniform(65), Three, 1.1e-5),
        (uniform(129), Three, 7.1e-7),
        (uniform(33), Five, 3.8e-6),
        (uniform(65), Five, 6.0e-8),
        (uniform(129), Five, 9.5e-10),
        (TimeGrid::lobatto(8, Five, 2.0 * PI), Five, 6.9e-7),
        (TimeGrid::lobatto(16, Five, 2.0 * PI), Five, 1.1e-8),
    ] {
        let problem = oscillator(&grid, nodes);
        let found = error(&Collocation.solve(&problem).unwrap(), &problem, |_| true, f64::cos);
        println!("{nodes:?}, N = {}: {found:.2e}, expected {expected:.1e}", grid.points());
        // Two printed digits.
        assert!((found / expected - 1.0).abs() < 0.06, "{nodes:?}, N = {}: {found:e}, not {expected:e}", grid.points());
    }
}

/// Observed order between `elements` and twice as many, of the largest error of all dimensions.
fn observed_order(
    exact: &ExactProblem,
    nodes: CollocationNodes,
    elements: usize,
    lobatto: bool,
    ends_only: bool,
) -> f64 {
    let m = nodes.intervals();
    let error = |elements: usize| {
        let uniform = exact.problem(elements * m + 1, exact.ode_order + 1).unwrap();
        let grid = match lobatto {
            true => TimeGrid::lobatto(elements, nodes, exact.horizon),
            false => uniform.grid().clone(),
        };
        // Equations and initial values are given at the times of the grid.
        let probe = OdeProblem::new(uniform.ode(), &grid, uniform.initial()).unwrap();
        let t = times(&probe);
        let posed = exact.problem_at(&t, exact.ode_order + 1).unwrap().with_scheme(scheme(nodes)).unwrap();
        let solution = Collocation.solve(&posed).unwrap();
        let of_u = solution.values.indexed_iter().filter(|((_, i, _, k), _)| *k == 0 && (!ends_only || i % m == 0));
        of_u.fold(0.0_f64, |worst, ((_, i, d, _), u)| worst.max((u - exact.exact(t[i], d, 0)).abs()))
    };
    let (coarse, fine) = (error(elements), error(2 * elements));
    println!("{} {nodes:?} lobatto {lobatto} ends {ends_only}: {coarse:.1e} {fine:.1e}", exact.name);
    // On rounding level nothing can be observed.
    assert!(fine > 1e-14, "{}: error {fine:e} is rounding", exact.name);
    (coarse / fine).log2()
}

#[test]
fn error_falls_with_the_expected_order() {
    for problem in problems::all() {
        for (nodes, elements, expected) in [(Three, 40, 4.0), (Five, 6, 6.0), (Seven, 3, 8.0)] {
            for lobatto in [false, true] {
                let observed = observed_order(&problem, nodes, elements, lobatto, false);
                // At the points between the ends of Lobatto elements a factor of the error constant may vanish.
                let is_expected = observed > expected - 0.35 && (lobatto || observed < expected + 0.5);
                assert!(is_expected, "{}, {nodes:?}, Lobatto {lobatto}: observed {observed:.2}", problem.name);
            }
        }
    }
}

#[test]
fn lobatto_points_are_of_twice_the_order_at_the_ends_of_elements() {
    for problem in problems::all() {
        for (nodes, elements, expected) in [(Three, 20, 4.0), (Five, 3, 8.0), (Seven, 1, 12.0)] {
            let observed = observed_order(&problem, nodes, elements, true, true);
            assert!(observed > expected - 0.6, "{}, {nodes:?}: observed order {observed:.2}", problem.name);
        }
    }
}

#[test]
fn irregular_steps_lose_one_order() {
    let exact = problems::forced();
    for (nodes, elements, expected) in [(Three, 40, 3.0), (Five, 10, 5.0), (Seven, 5, 7.0)] {
        let error = |elements: usize| {
            // Steps 1 : 2 : 1 : 2 .., without symmetry in an element.
            let lengths: Vec<f64> = (0..nodes.intervals()).map(|i| if i % 2 == 0 { 1.0 } else { 2.0 }).collect();
            let unit = exact.horizon / elements as f64 / lengths.iter().sum::<f64>();
            let mut t = vec![0.0];
            (0..elements * lengths.len()).for_each(|i| t.push(t[i] + unit * lengths[i % lengths.len()]));
            let posed = exact.problem_at(&t, 2).unwrap().with_scheme(scheme(nodes)).unwrap();
            let values = Collocation.solve(&posed).unwrap().values;
            (0..t.len()).map(|i| (values[[0, i, 0, 0]] - exact.exact(t[i], 0, 0)).abs()).fold(0.0, f64::max)
        };
        let observed = (error(elements) / error(2 * elements)).log2();
        println!("{nodes:?}, irregular steps: observed order {observed:.2}");
        assert!(observed > expected - 0.3, "{nodes:?}: observed order {observed:.2}");
    }
}

/// max |R(z)| minus 1 for z on the imaginary axis and on rays into the left half plane: one element of `u' = z u`.
#[test]
fn all_nodes_are_a_stable() {
    for nodes in CollocationNodes::ALL {
        for lobatto in [false, true] {
            let grid = match lobatto {
                true => TimeGrid::lobatto(1, nodes, 1.0),
                false => TimeGrid::uniform(nodes.count(), 1.0 / nodes.intervals() as f64),
            };
            let mut largest = 0.0_f64;
            for angle in [90.0, 90.001, 92.0, 100.0, 120.0, 150.0, 179.0, 180.0_f64] {
                for exponent in -20..=60 {
                    let size = 10.0_f64.powf(f64::from(exponent) / 10.0);
                    let (re, im) = (size * angle.to_radians().cos().min(0.0), size * angle.to_radians().sin());
                    // u' = re u - im v, v' = im u + re v
                    let matrix = [[-re, im], [-im, -re]];
                    let coefficients = Array5::from_shape_fn((1, 1, 2, 2, 2), |(_, _, e, d, k)| match k {
                        0 => matrix[e][d],
                        _ => f64::from(u8::from(e == d)),
                    });
                    let ode = LinearOde::new(coefficients, Array3::zeros((1, 1, 2)));
                    let start = Array4::from_shape_fn((1, 1, 2, 1), |(_, _, d, _)| f64::from(u8::from(d == 0)));
                    let problem = OdeProblem::new(&ode, &grid, &InitialValues::new(start)).unwrap();
                    let values = Collocation.solve(&problem.with_scheme(scheme(nodes)).unwrap()).unwrap().values;
                    let end = nodes.intervals();
                    largest = largest.max(values[[0, end, 0, 0]].hypot(values[[0, end, 1, 0]]));
                }
            }
            println!("{nodes:?}, Lobatto {lobatto}: max |R| - 1 = {:.1e}", largest - 1.0);
            assert!(largest < 1.0 + 1e-9, "{nodes:?}, Lobatto {lobatto}: |R| = {largest}");
        }
    }
}

#[test]
fn stiff_relaxation_onto_a_curve_stays_on_it() {
    // Prothero-Robinson: u' = -lambda (u - cos t) - sin t, u = cos t; steps 20 to 20000 times longer than 1/lambda.
    for lambda in [1e3, 1e4, 1e5, 1e6] {
        for (nodes, limit) in [(Three, 1e-4), (Five, 1e-7), (Seven, 1e-9)] {
            for points in [61, 121] {
                let grid = TimeGrid::uniform(points, 10.0 / (points - 1) as f64);
                let problem = scalar(&grid, 2, |_, k| [lambda, 1.0][k], |t| lambda * t.cos() - t.sin(), &[1.0]);
                let problem = problem.with_scheme(scheme(nodes)).unwrap();
                let found = error(&Collocation.solve(&problem).unwrap(), &problem, |_| true, f64::cos);
                println!("{nodes:?}, lambda {lambda:e}, N = {points}: {found:.1e}");
                assert!(found < limit, "{nodes:?}, lambda {lambda:e}, N = {points}: {found:e}");
            }
        }
    }
}

/// u = 1 at both ends.
fn ends(values: [f64; 2]) -> BoundaryValues {
    let condition = |end| BoundaryCondition { end, dim: 0, derivative: 0 };
    let values = Array2::from_shape_vec((1, 2), values.to_vec()).unwrap();
    BoundaryValues::new(vec![condition(End::First), condition(End::Last)], values)
}

#[test]
fn boundary_layers_are_resolved() {
    // u'' = k^2 u, u(0) = u(1) = 1: cosh(k (t - 1/2)) / cosh(k / 2). The growing part is e^k times the decaying one: single
    // shooting loses everything at k = 100.
    for k in [1.0, 100.0, 1000.0_f64] {
        for (nodes, elements, limit) in [(Three, 3000, 1e-8), (Five, 1000, 3e-11), (Seven, 600, 3e-11)] {
            let grid = TimeGrid::uniform(elements * nodes.intervals() + 1, 1.0 / (elements * nodes.intervals()) as f64);
            let problem = scalar(&grid, 3, |_, i| [-k * k, 0.0, 1.0][i], |_| 0.0, &[]);
            let problem = problem.with_scheme(scheme(nodes)).unwrap().with_boundary(ends([1.0, 1.0])).unwrap();
            let solution = Collocation.solve(&problem).unwrap();
            let exact = |t: f64| ((-k * t).exp() + (k * (t - 1.0)).exp()) / (1.0 + (-k).exp());
            let found = error(&solution, &problem, |_| true, exact);
            println!("k = {k}, {nodes:?}: error {found:.1e}, estimate {:.1e}", solution.info.error_estimate);
            // At k = 1000 a step is a sixth to a quarter of the layer: (k h)^4 / 100, (k h)^6 / 1000 and so on.
            assert!(found < if k > 500.0 { 5e-5 } else { limit }, "k = {k}, {nodes:?}: {found:e}");
        }
    }
}

#[test]
fn a_dichotomy_inside_the_interval_is_harmless() {
    // u' = 50 u - 50 cos t - sin t, v' = -50 v + 50 sin t + cos t: u must be pinned at the end, v at the start.
    let (nodes, elements) = (Five, 200);
    let points = elements * nodes.intervals() + 1;
    let grid = TimeGrid::uniform(points, 4.0 / (points - 1) as f64);
    let step = 4.0 / (points - 1) as f64;
    let coefficients = Array5::from_shape_fn((1, 1, 2, 2, 2), |(_, _, e, d, k)| match (e == d, k) {
        (true, 0) => [-50.0, 50.0][e],
        (true, _) => 1.0,
        _ => 0.0,
    });
    let forcing = Array3::from_shape_fn((1, points, 2), |(_, i, e)| {
        let (sin, cos) = (i as f64 * step).sin_cos();
        [-50.0 * cos - sin, 50.0 * sin + cos][e]
    });
    let problem = OdeProblem::new(&LinearOde::new(coefficients, forcing), &grid, &InitialValues::none()).unwrap();
    let conditions = vec![
        BoundaryCondition { end: End::Last, dim: 0, derivative: 0 },
        BoundaryCondition { end: End::First, dim: 1, derivative: 0 },
    ];
    let values = Array2::from_shape_vec((1, 2), vec![4.0_f64.cos(), 0.0]).unwrap();
    let problem = problem.with_scheme(scheme(nodes)).unwrap();
    let problem = problem.with_boundary(BoundaryValues::new(conditions, values)).unwrap();
    let solution = Collocation.solve(&problem).unwrap();
    for i in 0..points {
        let (sin, cos) = (i as f64 * step).sin_cos();
        let (u, v) = (solution.values[[0, i, 0, 0]], solution.values[[0, i, 1, 0]]);
        assert!((u - cos).abs() < 1e-11 && (v - sin).abs() < 1e-11, "point {i}: {u}, {v}");
    }
}

#[test]
fn periodic_solutions_close() {
    // u'' + u' / 2 + 3 u = cos t: the steady state a cos t + b sin t with (2 a + b / 2, 2 b - a / 2) = (1, 0).
    let (a, b) = (2.0 / 4.25, 0.5 / 4.25);
    for (nodes, limit) in [(Three, 2e-6), (Five, 2e-9), (Seven, 1e-12)] {
        let grid = TimeGrid::uniform(121, 2.0 * PI / 120.0);
        let problem = scalar(&grid, 3, |_, k| [3.0, 0.5, 1.0][k], f64::cos, &[]);
        let problem = problem.with_scheme(scheme(nodes)).unwrap().with_periodic_jump(Array3::zeros((1, 1, 2))).unwrap();
        let solution = Collocation.solve(&problem).unwrap();
        let found = error(&solution, &problem, |_| true, |t| a * t.cos() + b * t.sin());
        assert!(found < limit, "{nodes:?}: {found:e}");
        assert!(solution.info.residuals.periodic < 1e-14);
    }
}

#[test]
fn initial_values_are_boundary_values_of_the_first_point() {
    let exact = problems::third_order();
    let swept = exact.problem(49, 4).unwrap().with_scheme(scheme(Five)).unwrap();
    let free = OdeProblem::new(swept.ode(), swept.grid(), &InitialValues::none()).unwrap();
    let conditions = (0..3).map(|derivative| BoundaryCondition { end: End::First, dim: 0, derivative }).collect();
    let values = Array2::from_shape_fn((1, 3), |(_, k)| exact.exact(0.0, 0, k));
    let joined =
        free.with_scheme(scheme(Five)).unwrap().with_boundary(BoundaryValues::new(conditions, values)).unwrap();
    let (swept, joined) = (Collocation.solve(&swept).unwrap(), Collocation.solve(&joined).unwrap());
    let difference = (&swept.values - &joined.values).iter().fold(0.0_f64, |worst, x| worst.max(x.abs()));
    // Two algorithms for one system of condition about 10.
    assert!(difference < 1e-13, "{difference:e}");
}

#[test]
fn weights_do_not_matter() {
    let problem = problems::harmonic().problem(25, 3).unwrap().with_scheme(scheme(Three)).unwrap();
    let (_, pullback) = Collocation.solve_with_pullback(&problem).unwrap();
    let gradient = pullback.pull(&Cotangent { values: Array4::ones((1, 25, 1, 3)), slack: None }).unwrap();
    assert_eq!(gradient.weights, [0.0; 3]);
    assert_eq!(gradient.gamma_alpha, 0.0);
}

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
