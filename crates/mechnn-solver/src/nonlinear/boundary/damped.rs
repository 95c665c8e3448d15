//! Newton's method with damping, for guesses that are far from the solution.
//!
//! A step of length λ is accepted if the next correction *by the same factors* is smaller: the natural monotonicity
//! test, which does not depend on the units of the equations. Reference: Deuflhard, *Newton Methods for Nonlinear
//! Problems*, 2004, section 3.3 (NLEQ-ERR); Ascher, Mattheij & Russell 1995, section 8.1.

use super::conditions::LinearConditions;
use super::linearized::Linearized;
use super::status::{BoundaryInfo, BoundaryStatus};
use super::trajectory::{Correction, Trajectory};
use crate::nonlinear::step::{Equations, Newton};

/// Shorter steps lead nowhere.
const SMALLEST_DAMPING: f64 = 1e-4;

/// Corrections no smaller than this many roundings of the states are rounding.
const ROUNDINGS: f64 = 100.0;

/// What does not change during the iteration.
#[derive(Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) equations: Equations<'a>,
    pub(super) conditions: &'a LinearConditions,
    pub(super) newton: Newton,
}

impl Problem<'_> {
    /// Moves the trajectory to a solution of the collocation equations on its mesh.
    pub(super) fn solve(&self, trajectory: &mut Trajectory, info: &mut BoundaryInfo) -> Result<(), BoundaryStatus> {
        info.meshes += 1;
        let tolerance = self.equations.tolerance;
        let sufficient = self.newton.tolerance.max(ROUNDINGS * f64::EPSILON / tolerance.relative);
        let mut damping: f64 = 1.0;
        let mut last = f64::INFINITY;
        for _ in 0..self.newton.max_iterations {
            info.iterations += 1;
            let scales = trajectory.scales(tolerance);
            let linearized = Linearized::new(trajectory, &self.equations, self.conditions, &scales)?;
            let correction = self.correction(&linearized, trajectory).ok_or(BoundaryStatus::NotFinite)?;
            let (size, largest) = (correction.size(&scales), correction.largest(&scales));
            last = largest;
            if largest <= sufficient {
                *trajectory = trajectory.moved(&correction, 1.0);
                return Ok(());
            }
            loop {
                let trial = trajectory.moved(&correction, damping);
                let next = self.correction(&linearized, &trial).map(|next| (next.size(&scales), next));
                match next {
                    // Written so that a NaN is refused.
                    Some((next_size, next)) if next_size <= (1.0 - damping / 4.0) * size => {
                        *trajectory = trial;
                        if damping == 1.0 && next.largest(&scales) <= sufficient {
                            *trajectory = trajectory.moved(&next, 1.0);
                            return Ok(());
                        }
                        damping =
                            if next_size <= 0.5 * size || damping < 1.0 { (2.0 * damping).min(1.0) } else { damping };
                        break;
                    }
                    _ if damping <= SMALLEST_DAMPING => {
                        return Err(BoundaryStatus::NoSolution { correction: largest });
                    }
                    _ => damping *= 0.5,
                }
                info.smallest_damping = info.smallest_damping.min(damping);
            }
        }
        Err(BoundaryStatus::NoSolution { correction: last })
    }

    /// `None` where the right-hand side is not finite.
    fn correction(&self, linearized: &Linearized, trajectory: &Trajectory) -> Option<Correction> {
        let defects = trajectory.defects(&self.equations);
        let missing = self.conditions.residual(trajectory.first(), trajectory.last());
        let correction = linearized.correction(&self.equations, &defects, &missing);
        correction.ends.iter().chain(&correction.stages).all(|x| x.is_finite()).then_some(correction)
    }
}
