//! Initial value problems of nonlinear ODEs: the settings.

use crate::dynamics::Dynamics;
use crate::nonlinear::error::{NonlinearError, check_times, check_vector};
use crate::nonlinear::step::{CollocationRule, Newton, Tolerance};

/// Solves `x' = f(t, x, θ)`, `x(t_0) = x_0` by Newton's method on the collocation equations of several steps at a
/// time.
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
/// A window of one step is cheapest: every step starts from converged states. Longer windows need two to four times
/// more evaluations, but linearise 16 and more steps on all threads, which may pay for expensive right-hand sides
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

impl NonlinearSolver {
    /// The defaults with another tolerance.
    pub fn with_tolerance(relative: f64, absolute: f64) -> Self {
        Self { tolerance: Tolerance::new(relative, absolute), ..Self::default() }
    }

    pub(super) fn check(
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
            (
                "newton.max_iterations",
                self.newton.max_iterations as f64,
                self.newton.max_iterations >= 1,
                at_least_one,
            ),
        ];
        match settings.into_iter().find(|(_, _, is_valid, _)| !is_valid) {
            Some((name, value, _, expected)) => Err(NonlinearError::Setting { name, value, expected }),
            None => Ok(()),
        }
    }
}
