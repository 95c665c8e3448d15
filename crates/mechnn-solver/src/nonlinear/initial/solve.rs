//! The three ways to solve.

use ndarray::{Array2, ArrayView2};

use super::adaptive::Adaptive;
use super::info::{NonlinearInfo, Start};
use super::path::{Path, Task};
use super::solution::NonlinearSolution;
use super::solver::NonlinearSolver;
use super::status::Status;
use super::{fixed, warm};
use crate::dynamics::Dynamics;
use crate::nonlinear::error::{NonlinearError, check_states};
use crate::nonlinear::step::{Equations, Tableau};

impl NonlinearSolver {
    /// Solves from the initial values alone, with steps chosen by the estimated error. Steps end at every requested
    /// time.
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

    /// Solves all of `times` at once by Newton's method from states guessed there, then splits steps until the
    /// estimated error satisfies the tolerance (coarse to fine). If that leads nowhere, solves from the initial values
    /// alone; [`NonlinearInfo::start`] tells. The guess may be noisy data or a solution for other parameters.
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
    /// initial values, which differences and optimisers need. `Converged` then speaks of the collocation equations
    /// only; [`NonlinearInfo::largest_error`] has the estimated local error. The mesh of a solution is
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
        let row = |steps: usize| if steps == 0 { initial } else { path.pieces[steps - 1].last() };
        let states = Array2::from_shape_fn((path.outputs.len(), initial.len()), |(n, d)| row(path.outputs[n])[d]);
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
}
