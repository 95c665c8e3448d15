//! Nonlinear two-point boundary value problems: against closed forms, published numbers and another integrator.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::nonlinear::{
    BoundaryGradient, BoundarySolution, BoundarySolver, BoundaryStatus, CollocationRule, LinearConditions,
    NonlinearError, NonlinearSolver, Status, check_jacobians,
};
use mechnn_solver::smoother::{Dynamics, Linearization};
use ndarray::{Array1, Array2, array};

/// Writes the Jacobians of f in x `[D, D]` and θ `[D, P]`.
type Jacobians = fn(f64, &[f64], &[f64], &mut [f64], &mut [f64]);

/// `x' = f(t, x, θ)` with Jacobians written by hand.
struct Equations {
    dims: usize,
    parameters: usize,
    rate: fn(f64, &[f64], &[f64], &mut [f64]),
    jacobians: Jacobians,
}

impl Dynamics for Equations {
    fn dims(&self) -> usize {
        self.dims
    }
    fn parameters(&self) -> usize {
        self.parameters
    }
    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        (self.rate)(t, x, theta, rate);
    }
    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        (self.rate)(t, x, theta, &mut out.rate);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        (self.jacobians)(t, x, theta, &mut out.by_state, &mut out.by_parameter);
    }
}

/// `u'' + λ e^u = 0`
const BRATU: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], -p[0] * x[0].exp()]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, -p[0] * x[0].exp(), 0.0]);
        b[1] = -x[0].exp();
    },
};

/// `u'' = n sinh(n u)`
const TROESCH: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], p[0] * (p[0] * x[0]).sinh()]),
    jacobians: |_, x, p, a, b| {
        let (sinh, cosh) = ((p[0] * x[0]).sinh(), (p[0] * x[0]).cosh());
        a.copy_from_slice(&[0.0, 1.0, p[0] * p[0] * cosh, 0.0]);
        b[1] = sinh + p[0] * x[0] * cosh;
    },
};

/// `f''' + α f f'' + β (1 - f'^2) = 0`: Blasius for (1/2, 0), Hiemenz for (1, 1).
const FALKNER_SKAN: Equations = Equations {
    dims: 3,
    parameters: 2,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], x[2], -p[0] * x[0] * x[2] - p[1] * (1.0 - x[1] * x[1])]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.0, 1.0, -p[0] * x[2], 2.0 * p[1] * x[1], -p[0] * x[0]]);
        b[4] = -x[0] * x[2];
        b[5] = x[1] * x[1] - 1.0;
    },
};

/// `ε u'' = u u'`, with a layer of width ε
const BURGERS: Equations = Equations {
    dims: 2,
    parameters: 1,
    rate: |_, x, p, f| f.copy_from_slice(&[x[1], x[0] * x[1] / p[0]]),
    jacobians: |_, x, p, a, b| {
        a.copy_from_slice(&[0.0, 1.0, x[1] / p[0], x[0] / p[0]]);
        b[1] = -x[0] * x[1] / (p[0] * p[0]);
    },
};

/// `x' = r x (1 - x / (2 + sin t))`
const SEASONS: Equations = Equations {
    dims: 1,
    parameters: 1,
    rate: |t, x, p, f| f[0] = p[0] * x[0] * (1.0 - x[0] / (2.0 + t.sin())),
    jacobians: |t, x, p, a, b| {
        a[0] = p[0] * (1.0 - 2.0 * x[0] / (2.0 + t.sin()));
        b[0] = x[0] * (1.0 - x[0] / (2.0 + t.sin()));
    },
};

fn uniform(end: f64, count: usize) -> Vec<f64> {
    (0..=count).map(|k| end * k as f64 / count as f64).collect()
}

/// A straight line from `first` to `last`, and its slope.
fn line(times: &[f64], first: f64, last: f64) -> Array2<f64> {
    let (start, length) = (times[0], times[times.len() - 1] - times[0]);
    let slope = (last - first) / length;
    Array2::from_shape_fn((times.len(), 2), |(n, d)| [first + slope * (times[n] - start), slope][d])
}

fn dirichlet(first: f64, last: f64) -> LinearConditions {
    LinearConditions::separated(2, &[(0, first)], &[(0, last)]).unwrap()
}

/// Bratu's solutions: `u = -2 ln(cosh((x - 1/2) q / 2) / cosh(q / 4))` with `q = sqrt(2 λ) cosh(q / 4)`.
fn bratu(lambda: f64, is_upper: bool) -> impl Fn(f64) -> f64 {
    // The two roots of g(q) are on either side of its maximum, where q / 4 = coth(q / 4): q = 4.7987.
    let g = |q: f64| q - (2.0 * lambda).sqrt() * (q / 4.0).cosh();
    let (mut low, mut high) = if is_upper { (4.798_714_561_030_936, 60.0) } else { (0.0, 4.798_714_561_030_936) };
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        let is_low = if is_upper { g(middle) > 0.0 } else { g(middle) < 0.0 };
        if is_low { low = middle } else { high = middle }
    }
    let q = 0.5 * (low + high);
    move |x| -2.0 * (((x - 0.5) * q / 2.0).cosh() / (q / 4.0).cosh()).ln()
}

fn solve<'a>(
    equations: &'a Equations,
    theta: &[f64],
    conditions: &LinearConditions,
    times: &[f64],
    guess: &Array2<f64>,
    tolerance: f64,
) -> BoundarySolution<'a> {
    let solver = BoundarySolver::with_tolerance(tolerance, tolerance);
    solver.solve(equations, theta, conditions, times, guess.view()).unwrap()
}

fn report(name: &str, tolerance: f64, error: f64, solution: &BoundarySolution<'_>) {
    println!(
        "{name:>22}, tolerance {tolerance:.0e}: error {error:.1e}, estimate {:.1e}, {:?}",
        solution.info.largest_error * tolerance,
        solution.info
    );
}

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

#[test]
fn what_cannot_be_solved_has_a_status() {
    let times = uniform(1.0, 4);
    let flat = line(&times, 0.0, 0.0);
    // The same condition twice.
    let twice = LinearConditions::separated(2, &[(0, 0.0), (0, 0.0)], &[]).unwrap();
    let solution = solve(&BRATU, &[1.0], &twice, &times, &flat, 1e-6);
    assert!(matches!(solution.status, BoundaryStatus::IllConditioned { .. }), "{:?}", solution.status);
    // More steps than allowed.
    let solver = BoundarySolver { max_steps: 40, ..BoundarySolver::with_tolerance(1e-10, 1e-10) };
    let guess = line(&times, 0.0, -1.0);
    let solution = solver.solve(&BURGERS, &[1e-2], &dirichlet(0.0, -1.0), &times, guess.view()).unwrap();
    assert!(matches!(solution.status, BoundaryStatus::StepBudget { needed } if needed > 40), "{:?}", solution.status);
    // exp overflows at the guess.
    let solution = solve(&BRATU, &[1.0], &dirichlet(0.0, 0.0), &times, &line(&times, 1e4, 1e4), 1e-6);
    assert_eq!(solution.status, BoundaryStatus::NotFinite);
    assert!(solution.states.iter().all(|x| x.is_finite()));
}

#[test]
fn what_does_not_fit_is_refused() {
    let times = uniform(1.0, 4);
    let guess = line(&times, 0.0, 0.0);
    let solver = BoundarySolver::default();
    let conditions = dirichlet(0.0, 0.0);
    assert!(LinearConditions::separated(2, &[(0, 0.0)], &[]).is_err());
    assert!(LinearConditions::separated(2, &[(0, 0.0)], &[(2, 0.0)]).is_err());
    let refused = |theta: &[f64], conditions: &LinearConditions, times: &[f64], guess: &Array2<f64>| {
        solver.solve(&BRATU, theta, conditions, times, guess.view()).is_err()
    };
    assert!(refused(&[], &conditions, &times, &guess));
    assert!(refused(&[f64::NAN], &conditions, &times, &guess));
    assert!(refused(&[1.0], &conditions, &times[..1], &guess));
    assert!(refused(&[1.0], &conditions, &times, &Array2::zeros((4, 2))));
    assert!(refused(&[1.0], &conditions, &times, &Array2::from_elem((5, 2), f64::INFINITY)));
    assert!(refused(&[1.0], &dirichlet(f64::NAN, 0.0), &times, &guess));
    let wide = LinearConditions { at_first: Array2::zeros((2, 3)), ..conditions.clone() };
    assert!(refused(&[1.0], &wide, &times, &guess));
    for broken in [
        BoundarySolver { max_steps: 1, ..solver.clone() },
        BoundarySolver::with_tolerance(0.5, 1e-9),
        BoundarySolver::with_tolerance(1e-6, 0.0),
    ] {
        let error = broken.solve(&BRATU, &[1.0], &conditions, &times, guess.view()).err();
        assert!(matches!(error, Some(NonlinearError::Setting { .. })), "{error:?}");
    }
}
