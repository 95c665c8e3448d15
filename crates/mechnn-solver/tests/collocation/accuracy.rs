//! Stated errors and orders; stability on the imaginary axis and under stiffness.

use std::f64::consts::PI;

use mechnn_solver::CollocationNodes::{self, Five, Seven, Three};
use mechnn_solver::method::Collocation;
use mechnn_solver::problems::{self, ExactProblem};
use mechnn_solver::{InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid};
use ndarray::{Array3, Array4, Array5};

use crate::equation::{error, scalar, scheme, times};

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
        assert!(
            (found / expected - 1.0).abs() < 0.06,
            "{nodes:?}, N = {}: {found:e}, not {expected:e}",
            grid.points()
        );
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
