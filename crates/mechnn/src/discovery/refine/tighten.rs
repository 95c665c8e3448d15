//! The model error taken away.

use mechnn_solver::smoother::GaussNewton;

use crate::discovery::fit::{Criterion, Estimator, Fit};
use crate::discovery::structure::Problem;

/// Levels of model error that follow the one at which structures are compared.
const LEVELS: [f64; 6] = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5];

/// The fraction by which the sum of squares may rise when the model error is taken away: it had followed the noise a
/// little, as every further freedom does.
const RISE: f64 = 0.03;

pub(super) const PATIENT: GaussNewton = GaussNewton { max_iterations: 60, tolerance: 1e-6, corrects: true };

/// The fit at the smallest level of model error that the data bear, and that level.
///
/// While a small model error is allowed, each piece of a trajectory tells of the coefficients on its own. Without it
/// the whole trajectory does, and where it is chaotic, that determines them far better than the pieces: errors grow
/// exponentially, so small ones show. A model that is wrong in detail cannot follow; it keeps the level it can.
pub(super) fn tightened(problem: &Problem<'_>, first: Fit) -> (Fit, f64) {
    let (estimator, criterion) = (Estimator::new(*problem), Criterion::new(*problem));
    let tolerated = RISE * problem.data.all_observations();
    let reference = criterion.deviance(&first);
    let (mut best, mut reached) = (first, problem.tuning.tight);
    for level in LEVELS.into_iter().filter(|level| *level < problem.tuning.tight) {
        match estimator.improve(&best, level, PATIENT) {
            Ok(fit) if criterion.deviance(&fit) < reference + tolerated => (best, reached) = (fit, level),
            _ => break,
        }
    }
    (best, reached)
}
