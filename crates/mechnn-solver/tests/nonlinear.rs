//! Initial value problems of nonlinear ODEs: accuracy, residuals, order, statuses, warm starts, misuse.
// The tables are read by people: run with `--nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod integrator;

use integrator::{Peer, integrate};
use mechnn_solver::ProblemError;
use mechnn_solver::nonlinear::problems::{self, Reference, StandardProblem};
use mechnn_solver::nonlinear::{
    CollocationRule, NonlinearError, NonlinearSolution, NonlinearSolver, Start, Status, Tolerance, check_jacobians,
};
use mechnn_solver::smoother::{Dynamics, Linearization};
use ndarray::{Array2, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn solver(problem: &StandardProblem, relative: f64) -> NonlinearSolver {
    let absolute = problem.absolute.iter().map(|absolute| absolute * relative).collect();
    NonlinearSolver { tolerance: Tolerance { relative, absolute }, ..NonlinearSolver::default() }
}

fn solve<'a>(solver: &NonlinearSolver, problem: &'a StandardProblem) -> NonlinearSolution<'a> {
    solver.solve(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times).unwrap()
}

fn named(part: &str) -> StandardProblem {
    problems::all().into_iter().find(|problem| problem.name.contains(part)).unwrap()
}

/// Problems that the explicit method of the peer cannot integrate.
fn is_stiff(problem: &StandardProblem) -> bool {
    ["1000", "1e6", "Robertson", "HIRES", "Oregonator", "E5"].iter().any(|name| problem.name.contains(name))
}

/// What is known of the answer: rows and states.
fn known(problem: &StandardProblem) -> Vec<(usize, Vec<f64>)> {
    let last = problem.times.len() - 1;
    match &problem.reference {
        Reference::Exact(exact) => problem.times.iter().map(|t| exact(*t)).enumerate().collect(),
        Reference::Last(published) => vec![(last, published.clone())],
        Reference::Integrate => {
            let absolute: Vec<f64> = problem.absolute.iter().map(|absolute| absolute * 1e-11).collect();
            let peer = if is_stiff(problem) { Peer::Implicit } else { Peer::Explicit };
            let mut states = vec![(0, problem.initial.clone())];
            for n in 1..=last {
                let span = [problem.times[n - 1], problem.times[n]];
                let from = &states[n - 1].1;
                let state = integrate((&*problem.dynamics, &problem.theta), from, span, (1e-12, &absolute), peer);
                states.push((n, state));
            }
            states
        }
    }
}

/// Largest error over dimensions and known rows, in units of the relative tolerance times the largest state.
fn error(problem: &StandardProblem, states: &Array2<f64>, relative: f64) -> f64 {
    let known = known(problem);
    let mut worst = 0.0f64;
    for d in 0..problem.initial.len() {
        let scale = known.iter().fold(0.0f64, |max, (_, state)| max.max(state[d].abs()));
        for (n, state) in &known {
            let error = (states[[*n, d]] - state[d]).abs() / (relative * (scale + problem.absolute[d]));
            worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
        }
    }
    worst
}

/// Errors grow along unstable orbits and fall where solutions forget; 50 tolerances cover the problems here.
const ALLOWED: f64 = 50.0;

fn assert_accurate(solver: impl Fn(&StandardProblem) -> NonlinearSolver, relative: f64) {
    println!("relative tolerance {relative:e}");
    let columns = ["error/tol", "steps", "rejected", "Newton", "f and J"];
    println!(
        "{:24} {:>10} {:>6} {:>8} {:>7} {:>8}",
        "problem", columns[0], columns[1], columns[2], columns[3], columns[4]
    );
    for problem in problems::all() {
        let solution = solve(&solver(&problem), &problem);
        assert_eq!(solution.status, Status::Converged, "{} at {relative:e}", problem.name);
        // Stiff problems without published values: the peer's Radau method itself ends at 3e-8.
        let is_reference_good =
            relative >= 1e-8 || !(is_stiff(&problem) && matches!(problem.reference, Reference::Integrate));
        let error = is_reference_good.then(|| error(&problem, &solution.states, relative));
        let shown = error.map_or("unknown".to_owned(), |error| format!("{error:.4}"));
        let info = solution.info;
        println!(
            "{:24} {shown:>10} {:6} {:8} {:7} {:8}",
            problem.name, info.steps, info.rejected_steps, info.iterations, info.linearizations
        );
        assert!(error.unwrap_or(0.0) <= ALLOWED, "{} at {relative:e}: error {shown} tolerances", problem.name);
        assert!(info.largest_error <= 1.0, "{}: accepted a step with {}", problem.name, info.largest_error);
    }
}

#[test]
fn standard_problems_are_solved_to_the_tolerance() {
    for relative in [1e-4, 1e-6, 1e-8, 1e-10] {
        assert_accurate(|problem| solver(problem, relative), relative);
    }
}

#[test]
fn other_rules_and_longer_windows_keep_the_tolerance() {
    for relative in [1e-4, 1e-6] {
        assert_accurate(
            |problem| NonlinearSolver { rule: CollocationRule::RadauThree, ..solver(problem, relative) },
            relative,
        );
        for window in [5, 25] {
            assert_accurate(|problem| NonlinearSolver { window, ..solver(problem, relative) }, relative);
        }
    }
    let relative = 1e-4;
    for problem in problems::all().iter().filter(|problem| !is_stiff(problem)) {
        let solver = NonlinearSolver { rule: CollocationRule::HermiteSimpson, ..solver(problem, relative) };
        let solution = solve(&solver, problem);
        assert_eq!(solution.status, Status::Converged, "{}", problem.name);
        let error = error(problem, &solution.states, relative);
        assert!(error <= ALLOWED, "Hermite-Simpson on {}: error {error} tolerances", problem.name);
    }
}

/// The peer's explicit method where the step allows it: its implicit one is 100 times less accurate than asked for.
fn peer_for(problem: &StandardProblem, time: f64, step: f64, state: &[f64]) -> Peer {
    let dims = state.len();
    let mut at = Linearization::zeros(dims, problem.theta.len());
    problem.dynamics.linearize(time, state, &problem.theta, &mut at);
    let row_sums = at.by_state.chunks_exact(dims).map(|row| row.iter().map(|j| j.abs()).sum::<f64>());
    if step * row_sums.fold(0.0, f64::max) < 1e4 { Peer::Explicit } else { Peer::Implicit }
}

/// Every step of every converged solution, integrated again by the other implementation.
#[test]
fn every_converged_step_passes_an_independent_residual_check() {
    let cases = [1e-4, 1e-6].into_iter().flat_map(|relative| problems::all().into_iter().map(move |p| (relative, p)));
    for (relative, problem) in cases {
        for window in [1, 25] {
            let solution = solve(&NonlinearSolver { window, ..solver(&problem, relative) }, &problem);
            assert_eq!(solution.status, Status::Converged);
            let (mesh, states) = (solution.mesh(), solution.mesh_states());
            assert_eq!(states.row(0).to_vec(), problem.initial);
            for (n, time) in problem.times.iter().enumerate() {
                let node = mesh.iter().position(|node| node == time).unwrap();
                assert_eq!(solution.states.row(n), states.row(node), "{}: row {n} is not on the mesh", problem.name);
            }
            let absolute: Vec<f64> = problem.absolute.iter().map(|absolute| absolute * 1e-11).collect();
            let mut worst = 0.0f64;
            for (k, ends) in mesh.windows(2).enumerate() {
                assert!(ends[1] > ends[0]);
                let from = states.row(k).to_vec();
                let span = [ends[0], ends[1]];
                let peer = peer_for(&problem, ends[0], ends[1] - ends[0], &from);
                let state = integrate((&*problem.dynamics, &problem.theta), &from, span, (1e-12, &absolute), peer);
                for (d, value) in state.iter().enumerate() {
                    let accepted = relative * (problem.absolute[d] + value.abs().max(from[d].abs()));
                    let error = (value - states[[k + 1, d]]).abs() / accepted;
                    worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
                }
            }
            println!("{relative:e} {:24} window {window:2}: local error at most {worst:.3} tolerances", problem.name);
            // Step control accepts estimates of 0.02 tolerance^-0.4, at least 1: 5 at 1e-6. Where stiffness reduces the
            // order, the error is as large as the estimate; the other factor of 2 is the estimate's.
            assert!(worst <= 10.0, "{} at {relative:e}: local error of {worst} tolerances", problem.name);
        }
    }
}

#[test]
fn the_error_on_a_fixed_mesh_falls_with_the_order_of_the_rule() {
    for (rule, counts) in [
        (CollocationRule::HermiteSimpson, [64, 128]),
        (CollocationRule::RadauThree, [64, 128]),
        // Order 9 is at rounding soon.
        (CollocationRule::RadauFive, [24, 48]),
    ] {
        for name in ["rigid body", "Kepler", "logistic"] {
            let problem = named(name);
            let Reference::Exact(exact) = problem.reference else { panic!("{name} has a closed form") };
            let end = 10.0;
            let solver = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(1e-13, 1e-15) };
            let error = |count: usize| {
                // One octave more steps for the orbit, whose error is not asymptotic before.
                let count = if name == "Kepler" { 2 * count } else { count };
                let count = if name == "logistic" { count / 8 } else { count };
                let mesh: Vec<f64> = (0..=count).map(|k| end * k as f64 / count as f64).collect();
                let solution =
                    solver.solve_on_mesh(&*problem.dynamics, &problem.theta, &problem.initial, &mesh).unwrap();
                assert_eq!(solution.status, Status::Converged);
                let differences = solution.states.row(count).to_vec().into_iter().zip(exact(end));
                differences.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
            };
            let (coarse, fine) = (error(counts[0]), error(counts[1]));
            let order = (coarse / fine).log2();
            println!("{rule:?} on {name}: {coarse:.2e}, {fine:.2e}, order {order:.2}");
            let expected = rule.order() as f64;
            assert!((order - expected).abs() < 0.2, "{rule:?} on {name}: order {order:.2} from {coarse:e} to {fine:e}");
        }
    }
}

#[test]
fn a_solution_that_ends_is_not_a_solution() {
    for window in [1, 5, 25] {
        for relative in [1e-3, 1e-6, 1e-10] {
            let problem = problems::pole();
            let solution = solve(&NonlinearSolver { window, ..solver(&problem, relative) }, &problem);
            let Status::NoSolution { time } = solution.status else { panic!("{:?}", solution.status) };
            // Times before the pole are exact, the pole is found.
            assert!((time - 1.0).abs() < 1e3 * relative, "pole at {time}");
            assert_eq!(solution.states.nrows(), 2);
            assert!((solution.states[[1, 0]] - 2.0).abs() < 100.0 * relative);
            assert!(solution.states.iter().all(|value| value.is_finite()));
        }
    }
}

#[test]
fn right_hand_sides_that_are_not_finite_are_told_apart() {
    let ends = [
        (problems::root_of_time(), 1.0),
        (problems::root_of_state(), 2.0 - 2.0 * 2f64.ln()),
        (problems::overflow(), 709.78),
    ];
    for (problem, end) in ends {
        for window in [1, 25] {
            let solution = solve(&NonlinearSolver { window, ..solver(&problem, 1e-6) }, &problem);
            let Status::NotFinite { time } = solution.status else {
                panic!("{}, window {window}: {:?}", problem.name, solution.status)
            };
            assert!((time / end - 1.0).abs() < 1e-3, "{}: ends at {time}, expected {end}", problem.name);
            let reached = problem.times.iter().filter(|t| **t <= time).count();
            assert_eq!(solution.states.nrows(), reached, "{}", problem.name);
            assert!(solution.states.iter().all(|value| value.is_finite()));
        }
    }
}

/// `x' = rate(t, x)` with a given Jacobian.
struct Scalar<R, J>(R, J);

impl<R: Fn(f64, f64) -> f64 + Sync, J: Fn(f64, f64) -> f64 + Sync> Dynamics for Scalar<R, J> {
    fn dims(&self) -> usize {
        1
    }

    fn parameters(&self) -> usize {
        0
    }

    fn rate(&self, t: f64, x: &[f64], _theta: &[f64], rate: &mut [f64]) {
        rate[0] = (self.0)(t, x[0]);
    }

    fn linearize(&self, t: f64, x: &[f64], _theta: &[f64], out: &mut Linearization) {
        out.rate[0] = (self.0)(t, x[0]);
        out.by_state[0] = (self.1)(t, x[0]);
    }
}

#[test]
fn not_finite_at_the_start_is_a_status() {
    let dynamics = Scalar(|_, _| f64::NAN, |_, _| 0.0);
    let solution = NonlinearSolver::default().solve(&dynamics, &[], &[1.0], &[0.0, 1.0]).unwrap();
    assert_eq!((solution.status, solution.states.nrows()), (Status::NotFinite { time: 0.0 }, 1));
    let dynamics = Scalar(|_, x| x, |_, _| f64::INFINITY);
    let solution = NonlinearSolver::default().solve(&dynamics, &[], &[1.0], &[0.0, 1.0]).unwrap();
    assert_eq!(solution.status, Status::NotFinite { time: 0.0 });
}

#[test]
fn a_jump_of_the_right_hand_side_is_passed() {
    let dynamics =
        Scalar(|t, x: f64| if t < 1.0 / 3.0 { 1.0 } else { -x }, |t, _| if t < 1.0 / 3.0 { 0.0 } else { -1.0 });
    let relative = 1e-6;
    let solver = NonlinearSolver::with_tolerance(relative, relative);
    let solution = solver.solve(&dynamics, &[], &[0.0], &[0.0, 0.1, 2.0]).unwrap();
    assert_eq!(solution.status, Status::Converged);
    let exact = (1.0f64 / 3.0 - 2.0).exp() / 3.0;
    assert!(
        (solution.states[[2, 0]] - exact).abs() < 50.0 * relative,
        "{} instead of {exact}",
        solution.states[[2, 0]]
    );
}

#[test]
fn a_spent_budget_is_reported_with_the_time_reached() {
    let problem = named("Kepler");
    for window in [1, 25] {
        let full = solve(&NonlinearSolver { window, ..solver(&problem, 1e-6) }, &problem);
        let needed = full.info.steps + full.info.rejected_steps;
        for max_steps in [1, needed / 2, needed - 1] {
            let solution = solve(&NonlinearSolver { window, max_steps, ..solver(&problem, 1e-6) }, &problem);
            let Status::StepBudget { time } = solution.status else { panic!("{:?}", solution.status) };
            assert!(solution.info.steps + solution.info.rejected_steps <= max_steps);
            assert_eq!(time, *solution.mesh().last().unwrap());
            assert_eq!(solution.states.nrows(), problem.times.iter().filter(|t| **t <= time).count());
        }
        let solution = solve(&NonlinearSolver { window, max_steps: needed, ..solver(&problem, 1e-6) }, &problem);
        assert_eq!(solution.status, Status::Converged);
    }
}

#[test]
fn a_singular_step_on_a_given_mesh_is_ill_conditioned() {
    // Hermite-Simpson with h = 1: the first row of M is (1 - J_m / 3, J_1 / 24), zero for J_m = 3 and J_1 = 0.
    let slope = |t: f64| if t == 0.5 { 3.0 } else { 0.0 };
    let dynamics = Scalar(move |t, x| slope(t) * x, move |t, _| slope(t));
    let solver = NonlinearSolver { rule: CollocationRule::HermiteSimpson, ..NonlinearSolver::default() };
    let solution = solver.solve_on_mesh(&dynamics, &[], &[1.0], &[0.0, 1.0, 2.0]).unwrap();
    assert_eq!(solution.status, Status::IllConditioned { time: 0.0, ratio: 0.0 });
    assert_eq!(solution.states.nrows(), 1);
}

#[test]
fn a_step_on_a_given_mesh_without_a_real_solution_is_reported() {
    // One step of x' = x^2 from 1 over the pole at t = 1.
    let problem = problems::pole();
    for rule in CollocationRule::ALL {
        let solver = NonlinearSolver { rule, ..NonlinearSolver::default() };
        let solution = solver.solve_on_mesh(&*problem.dynamics, &[1.0], &[1.0], &[0.0, 0.25, 3.0]).unwrap();
        let is_flagged = match solution.status {
            Status::Converged => solution.info.largest_error > 1e3,
            Status::NoSolution { time } | Status::NotFinite { time } => time == 0.25,
            _ => false,
        };
        assert!(is_flagged, "{rule:?}: {:?} with error {}", solution.status, solution.info.largest_error);
    }
}

#[test]
fn warm_starts_converge_from_noisy_states_in_few_iterations() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for name in ["Lotka", "Lorenz", "pendulum", "Brusselator", "FitzHugh"] {
        let mut problem = named(name);
        let end = problem.times[problem.times.len() - 1];
        problem.times = (0..=100).map(|k| end * k as f64 / 100.0).collect();
        let relative = 1e-6;
        let solver = solver(&problem, relative);
        let cold = solve(&solver, &problem);
        let noisy = cold.states.mapv(|x| x + 0.05 * x.abs() * (random.random::<f64>() - 0.5));
        let warm = solver
            .solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, noisy.view())
            .unwrap();
        assert_eq!((warm.status, warm.info.start), (Status::Converged, Start::Warm), "{name}");
        println!(
            "{name}: {} iterations in {} windows, {} steps",
            warm.info.iterations, warm.info.windows, warm.info.steps
        );
        assert!(warm.info.iterations <= 12, "{name}: {} iterations", warm.info.iterations);
        let error = error(&problem, &warm.states, relative);
        assert!(error <= ALLOWED, "{name}: error {error} tolerances");
    }
}

#[test]
fn coarse_states_are_refined_and_useless_ones_replaced() {
    let mut problem = named("pendulum");
    problem.times = vec![0.0, 2.0, 4.0, 6.0];
    let relative = 1e-8;
    let solver = solver(&problem, relative);
    let Reference::Exact(exact) = problem.reference else { panic!("closed form") };
    let coarse: Vec<f64> = problem.times.iter().flat_map(|t| exact(*t)).collect();
    let coarse = Array2::from_shape_vec((4, 2), coarse).unwrap();
    let from = |states: &Array2<f64>| {
        solver.solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, states.view()).unwrap()
    };
    let refined = from(&coarse);
    assert_eq!((refined.status, refined.info.start), (Status::Converged, Start::Warm));
    assert!(refined.info.steps > 3 && refined.info.largest_error <= 1.0);
    assert!(error(&problem, &refined.states, relative) <= ALLOWED);

    let problem = named("Robertson");
    let solver = self::solver(&problem, relative);
    let useless = Array2::from_elem((problem.times.len(), 3), -1e3);
    let solution = solver
        .solve_from(&*problem.dynamics, &problem.theta, &problem.initial, &problem.times, useless.view())
        .unwrap();
    assert_ne!(solution.info.start, Start::Cold);
    if solution.status == Status::Converged {
        assert!(error(&problem, &solution.states, relative) <= 1e3 * ALLOWED);
    }
}

#[test]
fn misuse_is_a_typed_error() {
    let problem = named("Lotka");
    let dynamics = &*problem.dynamics;
    let solver = NonlinearSolver::default();
    let solve =
        |theta: &[f64], initial: &[f64], times: &[f64]| solver.solve(dynamics, theta, initial, times).err().unwrap();
    let (theta, initial, times) = (&problem.theta[..], &problem.initial[..], &problem.times[..]);
    let is_shape =
        |error, name| matches!(error, NonlinearError::Problem(ProblemError::Shape { input, .. }) if input == name);
    assert!(is_shape(solve(&theta[1..], initial, times), "theta"));
    assert!(is_shape(solve(theta, &[1.0], times), "initial"));
    let is_not_finite =
        |error, name| matches!(error, NonlinearError::Problem(ProblemError::NotFinite { input, .. }) if input == name);
    assert!(is_not_finite(solve(&[f64::NAN; 4], initial, times), "theta"));
    assert!(is_not_finite(solve(theta, &[1.0, f64::INFINITY], times), "initial"));
    assert!(is_not_finite(solve(theta, initial, &[0.0, f64::NAN]), "times"));
    assert!(matches!(solve(theta, initial, &[0.0]), NonlinearError::Problem(ProblemError::TooFewPoints { points: 1 })));
    assert!(matches!(solve(theta, initial, &[0.0, 1.0, 1.0]), NonlinearError::Problem(ProblemError::Step { .. })));
    let settings = [
        (NonlinearSolver::with_tolerance(0.0, 1e-9), "tolerance.relative"),
        (NonlinearSolver::with_tolerance(f64::NAN, 1e-9), "tolerance.relative"),
        (NonlinearSolver::with_tolerance(1e-6, 0.0), "tolerance.absolute"),
        (NonlinearSolver { max_steps: 0, ..solver.clone() }, "max_steps"),
        (NonlinearSolver { window: 0, ..solver.clone() }, "window"),
        (NonlinearSolver { max_step: -1.0, ..solver.clone() }, "max_step"),
    ];
    for (solver, setting) in settings {
        let error = solver.solve(dynamics, theta, initial, times).err().unwrap();
        assert!(matches!(error, NonlinearError::Setting { name, .. } if name == setting), "{setting}: {error}");
    }
    let three = Tolerance { relative: 1e-6, absolute: vec![1e-9; 3] };
    let error = NonlinearSolver { tolerance: three, ..solver.clone() }.solve(dynamics, theta, initial, times).err();
    assert!(is_shape(error.unwrap(), "tolerance.absolute"));
    let states = Array2::zeros((times.len(), 3));
    assert!(is_shape(solver.solve_from(dynamics, theta, initial, times, states.view()).err().unwrap(), "states"));
    let solution = solver.solve(dynamics, theta, initial, times).unwrap();
    assert!(is_shape(solution.pull(states.slice(s![1.., ..2])).unwrap_err(), "cotangent"));
}

#[test]
fn jacobians_are_checked() {
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for problem in problems::all() {
        let mut point = || -> Vec<f64> { problem.initial.iter().map(|_| 0.5 + random.random::<f64>()).collect() };
        let worst = check_jacobians(&*problem.dynamics, 0.7, &point(), &problem.theta).unwrap();
        assert!(worst < 1e-6, "{}: {worst:e}", problem.name);
    }
    let wrong = Scalar(|_, x: f64| x * x, |_, x| 2.1 * x);
    assert!(check_jacobians(&wrong, 0.0, &[1.0], &[]).unwrap() > 0.01);
    let undefined = Scalar(|_, x: f64| x, |_, _| f64::NAN);
    assert_eq!(check_jacobians(&undefined, 0.0, &[1.0], &[]).unwrap(), f64::INFINITY);
    assert!(check_jacobians(&wrong, 0.0, &[1.0, 2.0], &[]).is_err());
}

#[test]
fn results_do_not_depend_on_requested_times_beyond_the_tolerance_nor_on_threads() {
    let mut problem = named("Brusselator");
    let relative = 1e-8;
    let coarse = solve(&solver(&problem, relative), &problem).states;
    problem.times = (0..=1000).map(|k| k as f64 / 50.0).collect();
    let solver = NonlinearSolver { window: 25, ..solver(&problem, relative) };
    let fine = solve(&solver, &problem).states;
    for n in 0..=20 {
        for d in 0..2 {
            assert!((coarse[[n, d]] - fine[[50 * n, d]]).abs() < 20.0 * relative * 4.0);
        }
    }
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(single.install(|| solve(&solver, &problem).states), fine);
}
