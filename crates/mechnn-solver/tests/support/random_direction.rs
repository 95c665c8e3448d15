//! Random directions in the space of a problem's inputs.

use mechnn_solver::{OdeGradient, OdeProblem};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::parts::parts_mut;

/// Every number uniform in (-1, 1).
pub(crate) fn random_direction(problem: &OdeProblem, rng: &mut ChaCha8Rng) -> OdeGradient {
    let mut direction = OdeGradient::zeros(problem);
    parts_mut(&mut direction).into_iter().flatten().for_each(|number| *number = rng.random_range(-1.0..1.0));
    direction
}
