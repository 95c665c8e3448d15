//! What is compared: schemes of the solver, and Runge-Kutta integrators of a maintained crate.

use std::time::Instant;

use differential_equations::methods::ExplicitRungeKutta;
use differential_equations::prelude::{IVP, ODE};
use mechnn_solver::method::Automatic;
use mechnn_solver::{
    CollocationNodes, EquationRows, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, TimeGrid,
};
use ndarray::{Array3, Array4, Array5};

use crate::problem::Problem;

#[derive(Clone, Copy)]
pub(crate) enum Method {
    Solver {
        name: &'static str,
        scheme: Scheme,
        equations: EquationRows,
    },
    /// Classical Runge-Kutta of order 4 with a step per interval.
    Rk4,
    /// Dormand-Prince 5(4); the number of intervals sets the tolerance.
    Dopri5,
}

pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Largest error of u on the grid (Dopri5: at the end).
    pub(crate) error: f64,
}

const REPETITIONS: usize = 7;

impl Method {
    pub(crate) fn all() -> Vec<Self> {
        use EquationRows::{Hard, Soft};
        let solver = |name, scheme, equations| Self::Solver { name, scheme, equations };
        let collocation = |nodes| Scheme::Collocation { nodes };
        vec![
            solver("S-MNN rows", Scheme::Taylor, Soft),
            solver("S-MNN central rows", Scheme::TaylorCentral, Soft),
            solver("NeuRLP rows (gamma alpha 0)", Scheme::RelaxedLp { gamma_alpha: 0.0 }, Soft),
            solver("integrated Wiener, hard", Scheme::IntegratedWiener, Hard),
            solver("Pade, hard", Scheme::Pade, Hard),
            solver("collocation, 3 nodes", collocation(CollocationNodes::Three), Hard),
            solver("collocation, 5 nodes", collocation(CollocationNodes::Five), Hard),
            solver("collocation, 7 nodes", collocation(CollocationNodes::Seven), Hard),
            Self::Rk4,
            Self::Dopri5,
        ]
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Solver { name, .. } => name,
            Self::Rk4 => "Runge-Kutta 4",
            Self::Dopri5 => "Dormand-Prince 5(4)",
        }
    }

    pub(crate) fn is_integrator(&self) -> bool {
        !matches!(self, Self::Solver { .. })
    }

    /// Nothing if the method fails there (an explicit method on a stiff problem).
    pub(crate) fn run(&self, problem: &Problem, intervals: usize) -> Option<Run> {
        let run = match *self {
            Self::Solver { scheme, equations, .. } => {
                let posed = pose(problem, intervals, scheme, equations);
                let step = problem.horizon / intervals as f64;
                let (seconds, solution) = fastest(|| Automatic.solve(&posed).ok())?;
                let values = solution.values;
                let error = |t: usize| (values[[0, t, 0, 0]] - (problem.exact)(t as f64 * step, 0)).abs();
                Run { seconds, error: (0..=intervals).map(error).fold(0.0, f64::max) }
            }
            Self::Rk4 => {
                let step = problem.horizon / intervals as f64;
                let solve = || {
                    let method = ExplicitRungeKutta::rk4(step).max_steps(1_000_000);
                    IVP::ode(problem, 0.0, problem.horizon, start(problem)).method(method).solve().ok()
                };
                let (seconds, solution) = fastest(solve)?;
                let error = |(t, y): (&f64, &[f64; 2])| (y[0] - (problem.exact)(*t, 0)).abs();
                Run { seconds, error: solution.t.iter().zip(&solution.y).map(error).fold(0.0, f64::max) }
            }
            Self::Dopri5 => {
                // Tolerances from 1e-3 downward, a factor 30 for each doubling of the grid.
                let doublings = (intervals as f64 / problem.intervals[0] as f64).log2();
                let tolerance = 1e-3 * 30f64.powf(-doublings);
                let solve = || {
                    let method = ExplicitRungeKutta::dopri5().rtol(tolerance).atol(tolerance).max_steps(1_000_000);
                    IVP::ode(problem, 0.0, problem.horizon, start(problem)).method(method).solve().ok()
                };
                let (seconds, solution) = fastest(solve)?;
                // The points are the steps themselves: no interpolation is involved.
                let error = |(t, y): (&f64, &[f64; 2])| (y[0] - (problem.exact)(*t, 0)).abs();
                Run { seconds, error: solution.t.iter().zip(&solution.y).map(error).fold(0.0, f64::max) }
            }
        };
        // Errors beyond the size of the solution say only that it failed.
        (run.error.is_finite() && run.error < 10.0).then_some(Run { error: run.error.max(1e-17), ..run })
    }
}

/// The problem on an equidistant grid with K = order + 1.
pub(crate) fn pose(problem: &Problem, intervals: usize, scheme: Scheme, equations: EquationRows) -> OdeProblem {
    let (points, orders) = (intervals + 1, problem.order + 1);
    let step = problem.horizon / intervals as f64;
    let coefficients =
        Array5::from_shape_fn((1, points, 1, 1, orders), |(_, t, _, _, k)| (problem.coefficient)(t as f64 * step, k));
    let forcing = Array3::from_shape_fn((1, points, 1), |(_, t, _)| (problem.forcing)(t as f64 * step));
    let initial = Array4::from_shape_fn((1, 1, 1, problem.order), |(.., k)| (problem.exact)(0.0, k));
    let ode = LinearOde::new(coefficients, forcing);
    OdeProblem::new(&ode, &TimeGrid::uniform(points, step), &InitialValues::new(initial))
        .and_then(|posed| posed.with_equation_rows(equations).with_scheme(scheme))
        .expect("the problem is valid")
}

fn start(problem: &Problem) -> [f64; 2] {
    [(problem.exact)(0.0, 0), if problem.order == 2 { (problem.exact)(0.0, 1) } else { 0.0 }]
}

impl ODE<f64, [f64; 2]> for Problem {
    fn diff(&self, t: f64, y: &[f64; 2], dydt: &mut [f64; 2]) {
        let coefficient = |k| (self.coefficient)(t, k);
        if self.order == 1 {
            *dydt = [((self.forcing)(t) - coefficient(0) * y[0]) / coefficient(1), 0.0];
        } else {
            let rest = coefficient(0) * y[0] + coefficient(1) * y[1];
            *dydt = [y[1], ((self.forcing)(t) - rest) / coefficient(2)];
        }
    }
}

fn fastest<T>(mut work: impl FnMut() -> Option<T>) -> Option<(f64, T)> {
    let mut best: Option<(f64, T)> = None;
    for _ in 0..REPETITIONS {
        let clock = Instant::now();
        let result = work()?;
        let seconds = clock.elapsed().as_secs_f64();
        if best.as_ref().is_none_or(|(least, _)| seconds < *least) {
            best = Some((seconds, result));
        }
    }
    best
}
