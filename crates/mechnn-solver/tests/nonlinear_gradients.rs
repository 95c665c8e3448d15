//! Derivatives of nonlinear solutions: against differences on the frozen mesh, closed forms, and each other.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::nonlinear::problems::{self, StandardProblem};
use mechnn_solver::nonlinear::{CollocationRule, NonlinearGradient, NonlinearSolver, Status};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn named(part: &str) -> StandardProblem {
    problems::all().into_iter().find(|problem| problem.name.contains(part)).unwrap()
}

fn random(shape: (usize, usize), seed: u64) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn(shape, || random.random::<f64>() - 0.5)
}

/// Times short enough that the solution is not chaotic, and parameters all of whose derivatives matter.
const PROBLEMS: [&str; 9] =
    ["Lotka", "rigid", "Kepler", "Lorenz", "Brusselator", "FitzHugh", "Duffing", "mu = 5", "HIRES"];

#[test]
fn pulled_gradients_agree_with_differences_on_the_frozen_mesh() {
    for rule in CollocationRule::ALL {
        for (seed, name) in PROBLEMS.iter().enumerate() {
            let problem = named(name);
            // The adaptive solve chooses the mesh; everything is then compared on it.
            let absolute = 1e-5 * problem.initial.iter().fold(1e-3f64, |max, x| max.max(x.abs()));
            let times = &problem.times[..problem.times.len().min(6)];
            let adaptive = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(1e-4, absolute) };
            let mesh = adaptive.solve(&*problem.dynamics, &problem.theta, &problem.initial, times).unwrap().mesh();
            let solver = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(1e-12, 1e-8 * absolute) };
            let solve = |theta: &[f64], initial: &[f64]| {
                let solution = solver.solve_on_mesh(&*problem.dynamics, theta, initial, &mesh).unwrap();
                assert_eq!(solution.status, Status::Converged, "{rule:?}, {name}");
                solution.states
            };
            let solution = solver.solve_on_mesh(&*problem.dynamics, &problem.theta, &problem.initial, &mesh).unwrap();
            let cotangent = random(solution.states.dim(), seed as u64);
            let gradient = solution.pull(cotangent.view()).unwrap();
            let loss = |theta: &[f64], initial: &[f64]| (&solve(theta, initial) * &cotangent).sum();
            let difference = |at: &[f64], loss: &dyn Fn(&[f64]) -> f64, j: usize| {
                // Sixth-order central differences keep rounding and truncation below 1e-8 relative.
                let increment = 3e-4 * at[j].abs().max(1e-2);
                let moved = |steps: f64| {
                    let mut moved = at.to_vec();
                    moved[j] += steps * increment;
                    loss(&moved)
                };
                let pair = |steps: f64| moved(steps) - moved(-steps);
                (45.0 * pair(1.0) - 9.0 * pair(2.0) + pair(3.0)) / (60.0 * increment)
            };
            let mut worst = 0.0f64;
            let mut compare = |exact: &Array1<f64>, at: &[f64], loss: &dyn Fn(&[f64]) -> f64| {
                let differences: Vec<f64> = (0..at.len()).map(|j| difference(at, loss, j)).collect();
                // Relative to the change that the input's own size makes, over all inputs of the kind.
                let weight = |j: usize| at[j].abs().max(1e-2);
                let scale = (0..at.len()).fold(0.0f64, |max, j| max.max((weight(j) * differences[j]).abs()));
                for j in 0..at.len() {
                    worst = worst.max((weight(j) * (exact[j] - differences[j])).abs() / scale);
                }
            };
            compare(&gradient.parameters, &problem.theta, &|theta| loss(theta, &problem.initial));
            compare(&gradient.initial, &problem.initial, &|initial| loss(&problem.theta, initial));
            println!("{rule:?}, {name}: {worst:.2e}");
            assert!(worst < 1e-8, "{rule:?}, {name}: gradients differ by {worst:e}");
        }
    }
}

#[test]
fn push_is_the_transpose_of_pull() {
    for rule in CollocationRule::ALL {
        for (seed, name) in PROBLEMS.iter().chain(&["Robertson", "Oregonator"]).enumerate() {
            let problem = named(name);
            let solver = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(1e-4, 1e-9) };
            let times = &problem.times[..problem.times.len().min(6)];
            let solution = solver.solve(&*problem.dynamics, &problem.theta, &problem.initial, times).unwrap();
            assert_eq!(solution.status, Status::Converged, "{rule:?}, {name}");
            let part = |values: &[f64], seed: u64| {
                let weights = random((1, values.len()), seed);
                values
                    .iter()
                    .zip(&weights)
                    .map(|(value, weight)| weight * value.abs().max(1e-3))
                    .collect::<Array1<f64>>()
            };
            let seed = 100 * seed as u64;
            let direction = NonlinearGradient {
                parameters: part(&problem.theta, seed + 1),
                initial: part(&problem.initial, seed + 2),
                times: part(times, seed + 3),
            };
            let cotangent = random(solution.states.dim(), seed + 4);
            let pushed = solution.push(&direction).unwrap();
            let pulled = solution.pull(cotangent.view()).unwrap();
            let forward = (&pushed * &cotangent).sum();
            let terms = [
                (&pulled.parameters * &direction.parameters).sum(),
                (&pulled.initial * &direction.initial).sum(),
                (&pulled.times * &direction.times).sum(),
            ];
            let scale =
                terms.iter().map(|term| term.abs()).sum::<f64>().max((&pushed * &cotangent).mapv(f64::abs).sum());
            let difference = (forward - terms.iter().sum::<f64>()).abs() / scale;
            assert!(difference < 1e-11, "{rule:?}, {name}: {forward:e} and {terms:?} differ by {difference:e}");
        }
    }
}

/// Logistic growth `x' = r x (1 - x / k)`: every derivative in closed form.
#[test]
fn sensitivities_of_the_logistic_equation_are_exact_to_the_tolerance() {
    let problem = named("logistic");
    let (r, k, x0) = (0.25, 20.0, 1.5);
    let times: Vec<f64> = (0..=8).map(|n| 1.0 + 2.0 * n as f64).collect();
    let relative = 1e-9;
    for rule in CollocationRule::ALL {
        let relative = if rule == CollocationRule::HermiteSimpson { 1e-6 } else { relative };
        let solver = NonlinearSolver { rule, ..NonlinearSolver::with_tolerance(relative, relative) };
        let solution = solver.solve(&*problem.dynamics, &[r, k], &[x0], &times).unwrap();
        assert_eq!(solution.status, Status::Converged);
        for n in 1..times.len() {
            let mut cotangent = Array2::zeros((times.len(), 1));
            cotangent[[n, 0]] = 1.0;
            let gradient = solution.pull(cotangent.view()).unwrap();
            let span: f64 = times[n] - times[0];
            let decay = (-r * span).exp();
            // x = k / q with q = 1 + (k / x0 - 1) e^(-r s)
            let q = 1.0 + (k / x0 - 1.0) * decay;
            let x = k / q;
            let by_r = k / (q * q) * (k / x0 - 1.0) * span * decay;
            let by_k = 1.0 / q - k / (q * q) * decay / x0;
            let by_initial = k * k / (q * q) * decay / (x0 * x0);
            let slope = r * x * (1.0 - x / k);
            let found = [
                gradient.parameters[0],
                gradient.parameters[1],
                gradient.initial[0],
                gradient.times[n],
                gradient.times[0],
            ];
            let exact = [by_r, by_k, by_initial, slope, -slope];
            for (found, exact) in found.iter().zip(exact) {
                assert!(
                    (found - exact).abs() < 100.0 * relative * (1.0 + exact.abs()),
                    "{rule:?}, row {n}: {found} and {exact}"
                );
            }
            let others = gradient.times.iter().enumerate().filter(|(m, _)| *m != 0 && *m != n);
            assert!(others.into_iter().all(|(_, gradient)| *gradient == 0.0));
        }
    }
}

/// Stiff relaxation: the solution forgets its start, and follows what the parameter cannot change.
#[test]
fn stiff_solutions_forget_their_start_in_the_gradient_too() {
    let problem = named("Prothero");
    let solution = NonlinearSolver::with_tolerance(1e-6, 1e-6)
        .solve(&*problem.dynamics, &problem.theta, &[1.0], &problem.times)
        .unwrap();
    let gradient = solution.pull(Array2::ones(solution.states.dim()).view()).unwrap();
    // Row 0 is the initial value itself.
    assert!((gradient.initial[0] - 1.0).abs() < 1e-6, "{}", gradient.initial[0]);
    assert!(gradient.parameters[0].abs() < 1e-10);
}

#[test]
fn what_was_reached_before_a_pole_has_derivatives() {
    let problem = problems::pole();
    let times = [0.0, 0.5, 2.0];
    let solution =
        NonlinearSolver::with_tolerance(1e-9, 1e-9).solve(&*problem.dynamics, &[1.0], &[1.0], &times).unwrap();
    assert!(matches!(solution.status, Status::NoSolution { .. }));
    let cotangent = Array2::from_shape_vec((2, 1), vec![0.0, 1.0]).unwrap();
    let gradient = solution.pull(cotangent.view()).unwrap();
    // x = 1 / (1 / x0 - a t)
    assert!((gradient.initial[0] - 4.0).abs() < 1e-6 && (gradient.parameters[0] - 2.0).abs() < 1e-6);
    assert!((gradient.times[1] - 4.0).abs() < 1e-6);
}
