//! Solutions against closed forms, published numbers and another integrator.

use mechnn_solver::nonlinear::{
    BoundarySolver, BoundaryStatus, CollocationRule, LinearConditions, NonlinearError, NonlinearSolver, Status,
    check_jacobians,
};
use ndarray::{Array2, array};

use crate::equations::{BRATU, BURGERS, FALKNER_SKAN, SEASONS, TROESCH};
use crate::problem::{bratu, dirichlet, line, report, solve, uniform};

#[test]
fn jacobians_are_right() {
    for (equations, x, theta) in [
        (&BRATU, vec![0.3, 0.2], vec![1.5]),
        (&TROESCH, vec![0.3, 0.2], vec![3.0]),
        (&FALKNER_SKAN, vec![0.3, 0.2, 0.7], vec![0.8, 0.4]),
        (&BURGERS, vec![0.3, 0.2], vec![0.4]),
        (&SEASONS, vec![0.3], vec![0.4]),
    ] {
        let worst = check_jacobians(equations, 0.4, &x, &theta).unwrap();
        assert!(worst < 1e-6, "{worst:e}");
    }
}

#[test]
fn bratu_has_both_its_solutions() {
    let times = uniform(1.0, 8);
    for lambda in [0.5, 1.0, 2.0, 3.5] {
        for (is_upper, top) in [(false, 0.1), (true, 4.0)] {
            let hill = |n: usize, d: usize| {
                let t = times[n];
                if d == 0 { 4.0 * top * t * (1.0 - t) } else { 4.0 * top * (1.0 - 2.0 * t) }
            };
            let guess = Array2::from_shape_fn((times.len(), 2), |(n, d)| hill(n, d));
            for tolerance in [1e-6, 1e-9] {
                let solution = solve(&BRATU, &[lambda], &dirichlet(0.0, 0.0), &times, &guess, tolerance);
                assert_eq!(solution.status, BoundaryStatus::Converged, "λ = {lambda}, upper {is_upper}");
                let exact = bratu(lambda, is_upper);
                let size = exact(0.5);
                let error = times.iter().enumerate().map(|(n, &t)| (solution.states[[n, 0]] - exact(t)).abs());
                let error = error.fold(0.0, f64::max);
                report(&format!("Bratu {lambda} {is_upper}"), tolerance, error, &solution);
                assert!(error < tolerance * (1.0 + size), "λ = {lambda}, upper {is_upper}: {error:e}");
            }
        }
    }
}

#[test]
fn beyond_the_fold_bratu_has_no_solution() {
    let times = uniform(1.0, 8);
    // The fold is at 3.513830719.
    for lambda in [3.53, 4.0, 10.0] {
        let guess = line(&times, 0.0, 0.0);
        let solution = solve(&BRATU, &[lambda], &dirichlet(0.0, 0.0), &times, &guess, 1e-6);
        let is_refused =
            matches!(solution.status, BoundaryStatus::NoSolution { .. } | BoundaryStatus::IllConditioned { .. });
        println!("λ = {lambda}: {:?}, {:?}", solution.status, solution.info);
        assert!(is_refused, "λ = {lambda}: {:?}", solution.status);
        assert_eq!(solution.pull(guess.view()).unwrap_err(), NonlinearError::NotConverged);
    }
}

#[test]
fn troesch_has_the_published_slopes() {
    // Slopes at 0: Troesch 1976, Scott & Watts 1977.
    for (n, expected, digits) in
        [(1.0, 0.845_202_685, 1e-8), (5.0, 0.045_750_461_41, 1e-8), (10.0, 3.583_377_8e-4, 1e-7)]
    {
        let times = uniform(1.0, 10);
        let solution = solve(&TROESCH, &[n], &dirichlet(0.0, 1.0), &times, &line(&times, 0.0, 1.0), 1e-9);
        assert_eq!(solution.status, BoundaryStatus::Converged, "n = {n}");
        let slope = solution.states[[0, 1]];
        report(&format!("Troesch {n}"), 1e-9, (slope - expected).abs(), &solution);
        assert!((slope / expected - 1.0).abs() < digits, "n = {n}: {slope:e}, published {expected:e}");
    }
}

#[test]
fn boundary_layers_of_fluids_have_the_published_shear() {
    // f''(0): Boyd 1999 (Blasius, f f'' / 2), Hiemenz flow in Schlichting.
    for (theta, expected) in [([0.5, 0.0], 0.332_057_336_215_196), ([1.0, 1.0], 1.232_587_656_8)] {
        let times = uniform(12.0, 12);
        let guess = Array2::from_shape_fn((13, 3), |(n, d)| match d {
            0 => times[n],
            1 => (times[n] / 3.0).min(1.0),
            _ => {
                if n < 3 {
                    0.3
                } else {
                    0.0
                }
            }
        });
        let conditions = LinearConditions::separated(3, &[(0, 0.0), (1, 0.0)], &[(1, 1.0)]).unwrap();
        let solution = solve(&FALKNER_SKAN, &theta, &conditions, &times, &guess, 1e-9);
        assert_eq!(solution.status, BoundaryStatus::Converged, "{theta:?}");
        let shear = solution.states[[0, 2]];
        report(&format!("Falkner-Skan {theta:?}"), 1e-9, (shear - expected).abs(), &solution);
        // f itself reaches 12: the tolerance is relative to each dimension's largest value.
        assert!((shear - expected).abs() < 1e-8, "{theta:?}: {shear}, published {expected}");
    }
}

#[test]
fn layers_much_thinner_than_the_interval_are_resolved() {
    // ε u'' = u u', u(0) = 0: u = -A tanh(A x / 2 ε), A = 1 up to e^-(1/ε).
    for epsilon in [1e-1_f64, 1e-2, 1e-3, 1e-4] {
        let mut amplitude: f64 = 1.0;
        for _ in 0..100 {
            amplitude = 1.0 / (amplitude / (2.0 * epsilon)).tanh();
        }
        let exact = |x: f64| -amplitude * (amplitude * x / (2.0 * epsilon)).tanh();
        let times = uniform(1.0, 10);
        let solution = solve(&BURGERS, &[epsilon], &dirichlet(0.0, -1.0), &times, &line(&times, 0.0, -1.0), 1e-6);
        assert_eq!(solution.status, BoundaryStatus::Converged, "ε = {epsilon:e}: {:?}", solution.info);
        let mesh = solution.mesh();
        let states = solution.mesh_states();
        let error = mesh.iter().enumerate().map(|(e, &t)| (states[[e, 0]] - exact(t)).abs()).fold(0.0, f64::max);
        report(&format!("Burgers {epsilon:e}"), 1e-6, error, &solution);
        assert!(error < 5e-6, "ε = {epsilon:e}: {error:e}");
    }
}

#[test]
fn periodic_conditions_find_the_cycle() {
    let period = 2.0 * std::f64::consts::PI;
    let times = uniform(period, 8);
    let conditions = LinearConditions { at_first: array![[1.0]], at_last: array![[-1.0]], values: array![0.0] };
    let guess = Array2::from_elem((9, 1), 2.0);
    let solution = solve(&SEASONS, &[1.5], &conditions, &times, &guess, 1e-8);
    assert_eq!(solution.status, BoundaryStatus::Converged);
    // Initial values are forgotten at the rate 1.5: after ten periods the integrator is on the cycle.
    let long: Vec<f64> =
        (0..=10).map(|k| f64::from(k) * period).chain((1..=8).map(|k| 10.0 * period + times[k])).collect();
    let reference = NonlinearSolver::with_tolerance(1e-11, 1e-12).solve(&SEASONS, &[1.5], &[2.0], &long).unwrap();
    assert_eq!(reference.status, Status::Converged);
    for n in 0..9 {
        let (found, expected) = (solution.states[[n, 0]], reference.states[[10 + n, 0]]);
        assert!((found - expected).abs() < 1e-7, "point {n}: {found}, integrated {expected}");
    }
}

#[test]
fn error_falls_with_the_order_of_the_rule() {
    for (rule, counts) in [
        (CollocationRule::HermiteSimpson, [64, 128]),
        (CollocationRule::RadauThree, [64, 128]),
        (CollocationRule::RadauFive, [14, 28]),
    ] {
        let solver = BoundarySolver { rule, ..BoundarySolver::with_tolerance(1e-13, 1e-13) };
        // The upper solution bends enough for nine orders to show above rounding.
        let exact = bratu(1.0, true);
        let error = |count: usize| {
            let mesh = uniform(1.0, count);
            let slope = |t: f64| (exact(t + 1e-4) - exact(t - 1e-4)) / 2e-4;
            let guess = Array2::from_shape_fn((count + 1, 2), |(n, d)| [exact(mesh[n]), slope(mesh[n])][d]);
            let solution = solver.solve_on_mesh(&BRATU, &[1.0], &dirichlet(0.0, 0.0), &mesh, guess.view()).unwrap();
            assert_eq!(solution.status, BoundaryStatus::Converged);
            let errors = mesh.iter().enumerate().map(|(n, &t)| (solution.states[[n, 0]] - exact(t)).abs());
            errors.fold(0.0, f64::max)
        };
        let (coarse, fine) = (error(counts[0]), error(counts[1]));
        let observed = (coarse / fine).log2();
        println!("{rule:?}: {coarse:.1e}, {fine:.1e}, order {observed:.2}");
        assert!((observed - rule.order() as f64).abs() < 0.2, "{rule:?}: order {observed:.2}");
    }
}
