//! Initial value problems of nonlinear ODEs: settings, and the three ways to solve.

use ndarray::{Array2, ArrayView2};

use super::adaptive::Adaptive;
use super::error::{NonlinearError, check_finite, check_times, check_vector};
use super::fixed;
use super::info::{NonlinearInfo, Start};
use super::newton::Newton;
use super::piece::Piece;
use super::rule::{CollocationRule, Tableau};
use super::solution::NonlinearSolution;
use super::status::Status;
use super::step::Equations;
use super::tolerance::Tolerance;
use super::warm;
use crate::dynamics::Dynamics;

/// Solves `x' = f(t, x, θ)`, `x(t_0) = x_0` by Newton's method on the collocation equations of several steps at a time.
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `rule` | `RadauFive` | collocation rule | |
/// | `tolerance` | relative 1e-6, absolute 1e-9 | local error per step | see [`Tolerance`] |
/// | `max_steps` | 100 000 | steps computed, rejected ones included | at least 1 |
/// | `window` | 1 | most steps solved by one Newton iteration | at least 1 |
/// | `max_step` | infinite | longest step; shorten it where the right-hand side has short events | positive |
/// | `newton` | see [`Newton`] | convergence of the collocation equations | |
///
/// A window of one step is cheapest: every step starts from converged states. Longer windows need two to four times more
/// evaluations, but linearise 16 and more steps on all threads, which may pay for expensive right-hand sides
/// (`docs/src/concepts/nonlinear.md` has measurements).
///
/// # References
/// Bellman & Kalaba 1965 (quasi-linearisation); Hairer & Wanner, *Solving Ordinary Differential Equations II*, chapter
/// IV; Ascher, Mattheij & Russell 1995, chapter 5 (collocation).
#[derive(Debug, Clone, PartialEq)]
pub struct NonlinearSolver {
    /// Collocation rule.
    pub rule: CollocationRule,
    /// Accepted local error.
    pub tolerance: Tolerance,
    /// Budget of steps.
    pub max_steps: usize,
    /// Most steps solved by one Newton iteration.
    pub window: usize,
    /// Longest step.
    pub max_step: f64,
    /// Convergence of the collocation equations.
    pub newton: Newton,
}

impl Default for NonlinearSolver {
    fn default() -> Self {
        Self {
            rule: CollocationRule::RadauFive,
            tolerance: Tolerance::default(),
            max_steps: 100_000,
            window: 1,
            max_step: f64::INFINITY,
            newton: Newton::default(),
        }
    }
}

/// What is to be solved, checked.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) solver: &'a NonlinearSolver,
    pub(super) equations: Equations<'a>,
    pub(super) initial: &'a [f64],
    pub(super) times: &'a [f64],
}

/// Steps found, and how many of them end at or before each requested time that was reached.
pub(super) struct Path {
    pub(super) pieces: Vec<Piece>,
    pub(super) outputs: Vec<usize>,
}

impl NonlinearSolver {
    /// The defaults with another tolerance.
    pub fn with_tolerance(relative: f64, absolute: f64) -> Self {
        Self { tolerance: Tolerance::new(relative, absolute), ..Self::default() }
    }

    /// Solves from the initial values alone, with steps chosen by the estimated error. Steps end at every requested time.
    ///
    /// # Shapes
    /// - `theta`: `[P]`
    /// - `initial`: `[D]`, at `times[0]`
    /// - `times`: `[N]`, N >= 2, strictly increasing
    ///
    /// # Errors
    /// [`NonlinearError`] for inputs that do not fit. What happens on the way is a [`Status`] of the solution.
    pub fn solve<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        initial: &[f64],
        times: &[f64],
    ) -> Result<NonlinearSolution<'a>, NonlinearError> {
        self.run(dynamics, theta, initial, times, |task, info| Adaptive::new(task).run(info))
    }

    /// Solves all of `times` at once by Newton's method from states guessed there, then splits steps until the estimated
    /// error satisfies the tolerance (coarse to fine). If that leads nowhere, solves from the initial values alone;
    /// [`NonlinearInfo::start`] tells. The guess may be noisy data or a solution for other parameters.
    ///
    /// # Shapes
    /// As [`Self::solve`]; `states`: `[N, D]`, whose first row is ignored in favour of `initial`.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn solve_from<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        initial: &[f64],
        times: &[f64],
        states: ArrayView2<'_, f64>,
    ) -> Result<NonlinearSolution<'a>, NonlinearError> {
        check_states("states", states, times.len(), dynamics.dims())?;
        self.run(dynamics, theta, initial, times, |task, info| match warm::solve(task, states, info) {
            Some(path) => {
                info.start = Start::Warm;
                (path, Status::Converged)
            }
            None => {
                info.start = Start::WarmThenCold;
                Adaptive::new(task).run(info)
            }
        })
    }

    /// Solves on the steps between `mesh`, without error control: the solution is a smooth function of parameters and
    /// initial values, which differences and optimisers need. `Converged` then speaks of the collocation equations only;
    /// [`NonlinearInfo::largest_error`] has the estimated local error. The mesh of a solution is
    /// [`NonlinearSolution::mesh`].
    ///
    /// # Shapes
    /// As [`Self::solve`], with `mesh`, `[M]`, for `times`.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn solve_on_mesh<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        initial: &[f64],
        mesh: &[f64],
    ) -> Result<NonlinearSolution<'a>, NonlinearError> {
        self.run(dynamics, theta, initial, mesh, fixed::solve)
    }

    fn run<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        initial: &[f64],
        times: &[f64],
        solve: impl FnOnce(Task<'_>, &mut NonlinearInfo) -> (Path, Status),
    ) -> Result<NonlinearSolution<'a>, NonlinearError> {
        self.check(dynamics, theta, initial, times)?;
        let tableau = Tableau::new(self.rule);
        let equations = Equations { dynamics, theta, tableau: &tableau, tolerance: &self.tolerance };
        let mut info = NonlinearInfo::default();
        let task = Task { solver: self, equations, initial, times };
        let (path, status) = solve(task, &mut info);
        info.steps = path.pieces.len();
        let row = |&steps: &usize| if steps == 0 { initial } else { path.pieces[steps - 1].last() };
        let states: Vec<f64> = path.outputs.iter().flat_map(row).copied().collect();
        // The shape holds by construction: whole rows are collected.
        let shape = (path.outputs.len(), initial.len());
        let states = Array2::from_shape_vec(shape, states).unwrap_or_else(|_| Array2::zeros(shape));
        Ok(NonlinearSolution {
            states,
            status,
            info,
            dynamics,
            theta: theta.to_vec(),
            tableau,
            tolerance: self.tolerance.clone(),
            initial: initial.to_vec(),
            start_time: times[0],
            path,
        })
    }

    fn check(
        &self,
        dynamics: &dyn Dynamics,
        theta: &[f64],
        initial: &[f64],
        times: &[f64],
    ) -> Result<(), NonlinearError> {
        check_vector("theta", "parameters", theta, dynamics.parameters())?;
        check_vector("initial", "dimensions", initial, dynamics.dims())?;
        check_times("times", times)?;
        self.tolerance.check(initial.len())?;
        let at_least_one = "at least 1";
        let settings = [
            ("dims", dynamics.dims() as f64, dynamics.dims() >= 1, at_least_one),
            ("max_steps", self.max_steps as f64, self.max_steps >= 1, at_least_one),
            ("window", self.window as f64, self.window >= 1, at_least_one),
            ("max_step", self.max_step, self.max_step > 0.0, "positive"),
            ("newton.tolerance", self.newton.tolerance, (0.0..=0.1).contains(&self.newton.tolerance), "0 to 0.1"),
            ("newton.max_iterations", self.newton.max_iterations as f64, self.newton.max_iterations >= 1, at_least_one),
        ];
        match settings.into_iter().find(|(_, _, is_valid, _)| !is_valid) {
            Some((name, value, _, expected)) => Err(NonlinearError::Setting { name, value, expected }),
            None => Ok(()),
        }
    }
}

/// Checks states given at `points` times.
pub(super) fn check_states(
    input: &'static str,
    states: ArrayView2<'_, f64>,
    points: usize,
    dims: usize,
) -> Result<(), NonlinearError> {
    for (axis, (meaning, expected)) in [("points", points), ("dimensions", dims)].into_iter().enumerate() {
        if states.shape()[axis] != expected {
            let found = states.shape()[axis];
            return Err(NonlinearError::shape(input, axis, meaning, expected.to_string(), found));
        }
    }
    check_finite(input, &states.iter().copied().collect::<Vec<_>>())
}
