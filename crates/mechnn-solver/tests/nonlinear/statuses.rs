//! What stops a solution, and where, is its status.

use mechnn_solver::nonlinear::problems;
use mechnn_solver::nonlinear::{CollocationRule, NonlinearSolver, Status};

use crate::scalar::Scalar;
use crate::standard::{named, solve, solver};

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
