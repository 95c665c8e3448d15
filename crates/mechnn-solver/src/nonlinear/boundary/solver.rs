//! Boundary value problems: settings, and refinement of the mesh until the error is small enough.

use ndarray::{Array2, ArrayView2};

use super::conditions::LinearConditions;
use super::damped::Problem;
use super::mesh;
use super::solution::BoundarySolution;
use super::status::{BoundaryInfo, BoundaryStatus};
use super::trajectory::Trajectory;
use crate::dynamics::Dynamics;
use crate::nonlinear::error::{NonlinearError, check_states, check_times, check_vector};
use crate::nonlinear::step::{CollocationRule, Equations, Newton, Tableau, Tolerance};

/// Solves `x' = f(t, x, θ)`, `B_0 x(t_0) + B_1 x(t_{N-1}) = β` from a guess.
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `rule` | `HermiteSimpson` | collocation rule; symmetric in time, as growing and decaying parts ask for | |
/// | `tolerance` | relative 1e-6, absolute 1e-9 | error, relative to the largest states | see [`Tolerance`] |
/// | `max_steps` | 20 000 | steps of the finest mesh | at least 2 |
/// | `newton` | tolerance 1e-3, 50 iterations a mesh | convergence of the collocation equations | |
///
/// # References
/// Ascher, Mattheij & Russell 1995, chapters 5 and 8; Bellman & Kalaba 1965.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundarySolver {
    /// Collocation rule.
    pub rule: CollocationRule,
    /// Accepted error.
    pub tolerance: Tolerance,
    /// Most steps.
    pub max_steps: usize,
    /// Convergence of the collocation equations.
    pub newton: Newton,
}

impl Default for BoundarySolver {
    fn default() -> Self {
        Self {
            rule: CollocationRule::HermiteSimpson,
            tolerance: Tolerance::default(),
            max_steps: 20_000,
            newton: Newton { tolerance: 1e-3, max_iterations: 50 },
        }
    }
}

/// Steps of the first mesh, at least.
const FIRST_STEPS: usize = 16;

/// Meshes on which Newton's method is tried from the guess: on a coarse one there may be no solution.
const FIRST_MESHES: usize = 3;

/// Meshes that the error is given to fall below the tolerance.
const MAX_MESHES: usize = 20;

impl BoundarySolver {
    /// The defaults with another tolerance.
    pub fn with_tolerance(relative: f64, absolute: f64) -> Self {
        Self { tolerance: Tolerance::new(relative, absolute), ..Self::default() }
    }

    /// Solves with a mesh that follows the error. Steps end at every requested time.
    ///
    /// # Shapes
    /// - `theta`: `[P]`
    /// - `times`: `[N]`, N >= 2, strictly increasing; conditions hold at the first and the last
    /// - `guess`: `[N, D]`, joined by straight lines
    ///
    /// # Errors
    /// [`NonlinearError`] for inputs that do not fit. What happens on the way is a [`BoundaryStatus`] of the solution.
    pub fn solve<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        conditions: &LinearConditions,
        times: &[f64],
        guess: ArrayView2<'_, f64>,
    ) -> Result<BoundarySolution<'a>, NonlinearError> {
        self.run(dynamics, theta, conditions, times, guess, |problem, info| self.adapt(problem, times, guess, info))
    }

    /// Solves on the steps between `mesh`, without error control: a smooth function of parameters and conditions.
    /// `Converged` then speaks of the collocation equations only.
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
        conditions: &LinearConditions,
        mesh: &[f64],
        guess: ArrayView2<'_, f64>,
    ) -> Result<BoundarySolution<'a>, NonlinearError> {
        self.run(dynamics, theta, conditions, mesh, guess, |problem, info| {
            let mut trajectory = Trajectory::read(mesh, problem.equations.tableau, |t| interpolated(mesh, guess, t));
            let status = match problem.solve(&mut trajectory, info) {
                Ok(()) => BoundaryStatus::Converged,
                Err(status) => status,
            };
            (trajectory, status)
        })
    }

    fn run<'a>(
        &self,
        dynamics: &'a dyn Dynamics,
        theta: &[f64],
        conditions: &LinearConditions,
        times: &[f64],
        guess: ArrayView2<'_, f64>,
        solve: impl FnOnce(&Problem<'_>, &mut BoundaryInfo) -> (Trajectory, BoundaryStatus),
    ) -> Result<BoundarySolution<'a>, NonlinearError> {
        let dims = dynamics.dims();
        self.check(dynamics, theta, times)?;
        conditions.check(dims)?;
        check_states("guess", guess, times.len(), dims)?;
        let tableau = Tableau::new(self.rule);
        let equations = Equations { dynamics, theta, tableau: &tableau, tolerance: &self.tolerance };
        let problem = Problem { equations, conditions, newton: self.newton };
        let mut info = BoundaryInfo { smallest_damping: 1.0, largest_error: f64::INFINITY, ..BoundaryInfo::default() };
        let (trajectory, status) = solve(&problem, &mut info);
        info.steps = trajectory.pieces.len();
        let mesh = trajectory.mesh();
        // Requested times are ends of steps, exactly.
        let rows: Vec<usize> = times.iter().map(|&t| mesh.partition_point(|&end| end < t)).collect();
        let mut states = Array2::zeros((times.len(), dims));
        for (mut row, &e) in states.outer_iter_mut().zip(&rows) {
            row.iter_mut().zip(trajectory.at_end(e)).for_each(|(target, x)| *target = *x);
        }
        Ok(BoundarySolution {
            states,
            status,
            info,
            dynamics,
            theta: theta.to_vec(),
            conditions: conditions.clone(),
            tolerance: self.tolerance.clone(),
            tableau,
            trajectory,
            rows,
        })
    }

    /// Solves on a mesh and on the one with halved steps; the difference is the error. Then spreads it evenly.
    fn adapt(
        &self,
        problem: &Problem<'_>,
        times: &[f64],
        guess: ArrayView2<'_, f64>,
        info: &mut BoundaryInfo,
    ) -> (Trajectory, BoundaryStatus) {
        let tableau = problem.equations.tableau;
        let order = self.rule.order() as f64;
        let mut steps = FIRST_STEPS.min(self.max_steps / 2);
        let mut first = 0;
        let mut coarse = loop {
            let mesh = mesh::initial(times, steps);
            let mut trajectory = Trajectory::read(&mesh, tableau, |t| interpolated(times, guess, t));
            first += 1;
            match problem.solve(&mut trajectory, info) {
                Ok(()) => break trajectory,
                Err(status) if first == FIRST_MESHES || 8 * steps > self.max_steps => return (trajectory, status),
                Err(_) => steps *= 4,
            }
        };
        for _ in 0..MAX_MESHES {
            let needed = 2 * coarse.pieces.len();
            if needed > self.max_steps {
                return (coarse, BoundaryStatus::StepBudget { needed });
            }
            let mut fine = Trajectory::read(&mesh::halved(&coarse.mesh()), tableau, |t| coarse.at(t, tableau));
            if let Err(status) = problem.solve(&mut fine, info) {
                return (fine, status);
            }
            let scales = fine.scales(&self.tolerance);
            let difference = |a: &[f64], b: &[f64]| {
                let sizes = a.iter().zip(b).zip(&scales).map(|((a, b), scale)| ((a - b) / scale).abs());
                sizes.fold(0.0, f64::max)
            };
            let of_ends = (0..=coarse.pieces.len()).map(|e| difference(coarse.at_end(e), fine.at_end(2 * e)));
            // Halving divides the error by 2^order: this is what is left in the fine solution.
            let error = of_ends.fold(0.0, f64::max) / (order.exp2() - 1.0);
            info.largest_error = error;
            if error <= 1.0 {
                return (fine, BoundaryStatus::Converged);
            }
            // Within a step, where the polynomial is of lower order, errors show where they arise.
            let of_steps: Vec<f64> = (0..coarse.pieces.len())
                .map(|e| {
                    let middle = fine.at_end(2 * e + 1);
                    let piece = &coarse.pieces[e];
                    difference(&piece.at(0.5 * (piece.time + piece.end), tableau), middle).max(1e-300)
                })
                .collect();
            let growth = (1.2 * error.powf(1.0 / order)).clamp(1.3, 6.0);
            let steps = (growth * coarse.pieces.len() as f64).ceil() as usize;
            let within = (tableau.stages + 2) as f64;
            let next = mesh::equidistributed(times, &coarse.mesh(), &of_steps, within, steps);
            if 2 * (next.len() - 1) > self.max_steps {
                return (fine, BoundaryStatus::StepBudget { needed: 2 * (next.len() - 1) });
            }
            coarse = Trajectory::read(&next, tableau, |t| fine.at(t, tableau));
            if let Err(status) = problem.solve(&mut coarse, info) {
                return (coarse, status);
            }
        }
        let needed = 2 * coarse.pieces.len();
        (coarse, BoundaryStatus::StepBudget { needed })
    }

    fn check(&self, dynamics: &dyn Dynamics, theta: &[f64], times: &[f64]) -> Result<(), NonlinearError> {
        check_vector("theta", "parameters", theta, dynamics.parameters())?;
        check_times("times", times)?;
        self.tolerance.check(dynamics.dims())?;
        let settings = [
            ("dims", dynamics.dims(), 1, "at least 1"),
            ("max_steps", self.max_steps, 2, "at least 2"),
            ("newton.max_iterations", self.newton.max_iterations, 1, "at least 1"),
        ];
        for (name, value, least, expected) in settings {
            if value < least {
                return Err(NonlinearError::Setting { name, value: value as f64, expected });
            }
        }
        if !(0.0..=0.1).contains(&self.newton.tolerance) {
            let value = self.newton.tolerance;
            return Err(NonlinearError::Setting { name: "newton.tolerance", value, expected: "0 to 0.1" });
        }
        Ok(())
    }
}

/// Straight lines between the rows of a guess.
fn interpolated(times: &[f64], guess: ArrayView2<'_, f64>, t: f64) -> Vec<f64> {
    let n = times.partition_point(|&time| time <= t).clamp(1, times.len() - 1) - 1;
    let fraction = (t - times[n]) / (times[n + 1] - times[n]);
    guess.row(n).iter().zip(guess.row(n + 1)).map(|(a, b)| a + fraction * (b - a)).collect()
}
